/// Faults in scores and in models of every kind.
let brokenModels = #"""
  @ models/intent.yaml
  - kind: trees
  + kind: forest
  ! models/intent.yaml:2:7: the model's kind cannot be "forest"; known: scorecard, logistic,
      trees, bg-nbd, mbg-nbd, item-similarity

  @ models/intent.yaml
  - file: models/intent.json
  + file: intent.txt
  ! models/intent.yaml:3:7: the model's file cannot be "intent.txt"; name a file of
      XGBoost's save_model, models/intent.ubj or models/intent.json

  @ models/intent.yaml
  - file: models/intent.json
  + file: models/intend.json
  ! models/intent.yaml:3:7: there is no file models/intend.json; did you mean
      "models/intent.json"?

  @ models/intent.yaml
  - file: models/intent.json\n
  + 
  ! models/intent.yaml:1:1: the model has no "file"; add it

  @ models/intent.yaml
  - [visits, seconds]
  + [visits]
  ! models/intent.yaml:4:11: features: there are 1 names for 2 features; name each feature,
      in the order of the training data

  @ models/intent.yaml
  - [visits, seconds]
  + [visits, visits]
  ! models/intent.yaml:4:11: features[1]: visits comes twice; give each feature a name of
      its own

  @ models/intent.yaml
  - [[0, 0], [0.5, 0.4], [1, 1]]
  + [[0, 0], [0.5, 0.4], [0.5, 1]]
  ! models/intent.yaml:5:44: the calibration: the score 0.5 is not above 0.5; put the points
      in ascending order, each score once

  @ models/intent.yaml
  - [[0, 0], [0.5, 0.4], [1, 1]]
  + [[0, 0], 0.5]
  ! models/intent.yaml:5:32: a point of the calibration must be a pair; write [score, value]

  @ models/intent.yaml
  - {points:
  + {interpolation: cubic, points:
  ! models/intent.yaml:5:30: the interpolation of the calibration cannot be "cubic"; known:
      step, linear

  @ models/intent.yaml
  - calibration:
  + categories: {visits: [a, b]}\ncalibration:
  ! models/intent.yaml:5:13: categories.visits: the feature is numeric; leave the texts out

  @ models/intent.json
  - "name":"gbtree"
  + "name":"dart"
  ! models/intent.json:1:1: learner.gradient_booster.name: the booster is dart; train with
      booster gbtree

  @ models/intent.json
  - "left_children":[1,
  + "left_children":[0,
  ! models/intent.json:1:1: learner.gradient_booster.model.trees[0].left_children[0]: the
      children 0 and 2 are no two neighbouring nodes; save the model with XGBoost's save_model

  @ models/churn.yaml
  - weight: -0.5, mean: 3
  + weigth: -0.5, mean: 3
  ! models/churn.yaml:6:5: feature "visits" of the model has neither "weight" nor "bins";
      add one
  ! models/churn.yaml:6:20: unknown field "weigth" in a feature of the model; did you mean
      "weight"?

  @ models/churn.yaml
  - deviation: 2
  + deviation: 0
  ! models/churn.yaml:6:5: the deviation is 0.0; write a finite number above 0, or leave it
      out

  @ models/churn.yaml
  - {name: intent,
  + {name: visits,
  ! models/churn.yaml:10:5: the name is empty or comes twice; give each feature a name of
      its own

  @ models/churn.yaml
  - otherwise: 0
  + otherwise: 0\n    weight: 1
  ! models/churn.yaml:10:5: feature "member" of the model has both "bins" and "weight"; keep
      one of them

  @ models/churn.yaml
  - weight: -2, missing: 0.1
  + weight: -2, neutral: 1
  ! models/churn.yaml:10:32: "neutral" of feature "intent" of the model belongs to bins; add
      bins, or remove it

  @ models/churn.yaml
  - points: -1}
  + points: -1, from: 2}
  ! models/churn.yaml:8:12: the bin has an interval and a category; keep one of them

  @ models/again.yaml
  - r: 0.5248, 
  + 
  ! models/again.yaml:3:13: the model's parameters has no "r"; add it

  @ models/again.yaml
  - r: 0.5248
  + r: 0
  ! models/again.yaml:3:17: "r" of the model: 0.0 is not between 1e-9 and 1e9; fit the model
      anew, or measure time in another period

  @ models/again.yaml
  - horizon: 13
  + horizon: 0
  ! models/again.yaml:5:10: "horizon" of the model: 0.0 is not above 0 and finite; write a
      number of periods

  @ models/again.yaml
  - unitsPerPeriod: 7
  + unitsPerPeriod: 0.5
  ! models/again.yaml:4:17: the model's unitsPerPeriod must be a whole number, not "0.5";
      write it with digits only

  @ models/again.yaml
  - outcome: purchase-probability
  + outcome: expected-spend
  ! models/again.yaml:6:10: "outcome" of the model: expected-spend wants a model of spend;
      add one, or write expected-purchases

  @ models/again.yaml
  - outcome: purchase-probability
  + outcome: purchases
  ! models/again.yaml:6:10: the model's outcome cannot be "purchases"; known:
      expected-purchases, expected-spend, purchase-probability, probability-alive

  @ models/again.yaml
  - outcome: purchase-probability
  + spend: {p: 6, q: 0.5, gamma: 15}
  ! models/again.yaml:6:18: "spend.q" of the model: the mean spend does not exist for q =
      0.5; fit the model of spend to more customers

  @ models/affinity.yaml
  - shrinkage: 1
  + measure: jaccard
  ! models/affinity.yaml:8:10: the model's measure cannot be "jaccard"; known: cosine,
      conditional

  @ models/affinity.yaml
  - item: product
  + item: product + 1.5
  ! models/affinity.yaml:7:7: "item" of the model must give a text or a whole number, not
      double

  @ models/affinity.yaml
  - as: product\n
  + 
  ! models/affinity.yaml:4:1: the model has "each" without "as"; add it
  ! models/affinity.yaml:5:8: "where" of the model: undeclared reference to 'product'
  ! models/affinity.yaml:6:7: "item" of the model: undeclared reference to 'product'

  @ models/affinity.yaml
  - capacity: 4
  + capacity: 0
  ! models/affinity.yaml:9:11: the model's capacity is 0, but must be from 1 to 1024

  @ models/affinity.yaml
  - item: product\n
  + item: produkt\n
  ! models/affinity.yaml:7:7: "item" of the model: undeclared reference to 'produkt'; did
      you mean 'product'?

  - model: intent\n
  + model: intend\n
  ! program.yaml:14:12: the model "intend" has no file models/intend.yaml; did you mean
      "intent"?

  - seconds: customer.seconds}\n    fallback: 0.5
  + second: customer.seconds}\n    fallback: 0.5
  ! program.yaml:15:15: the score gives no "seconds", which the model "intent" needs; add it
  ! program.yaml:15:41: the model "intent" has no feature "second"; did you mean "seconds"?

  - model: {registered: newest}
  + model: {registred: newest}
  ! program.yaml:36:13: unknown field "registred" in the model of score "newest"; did you
      mean "registered"?

  - model: {registered: newest}
  + model: {registered: newest, hash: abc}
  ! program.yaml:36:12: the model of score "newest" must say "registered" or "hash"; keep
      one of them

  - model: {registered: newest}
  + model: {hash: abc}
  ! program.yaml:36:19: the hash of the model of score "newest" is not one; write the 64 hex
      digits that recount models list shows

  -     fallback: 0.25\n
  + 
  ! program.yaml:36:5: score "newest" has no "fallback", but a registered model may be
      missing; add the score that is taken then

  -   intent:\n    model
  +   in-tent:\n    model
  ! program.yaml:13:3: score "in-tent" cannot be used in expressions; use letters, digits
      and _, a letter first, at most 64 bytes
  ! program.yaml:23:22: the features of score "churn".intent: no such field 'intent' in
      scores; did you mean 'in-tent'?
  ! program.yaml:41:18: "combine" of the score: no such field 'intent' in scores; did you
      mean 'in-tent'?
  ! program.yaml:47:19: "when" of offer 2: no such field 'intent' in scores; did you mean
      'in-tent'?
  ! program.yaml:50:24: "set" of the journey: intent: no such field 'intent' in scores; did
      you mean 'in-tent'?

  - intent: scores.intent.value\n
  + intent: scores.newest.value\n
  ! program.yaml:21:7: "intent" of score "churn" reads scores.newest, which is computed
      later; put "newest" before it

  - intent: scores.intent.value\n
  + intent: scores.intend.value\n
  ! program.yaml:23:22: the features of score "churn".intent: no such field 'intend' in
      scores; did you mean 'intent'?

  - scores.intent.level == "keen"
  + scores.intent.lvel == "keen"
  ! program.yaml:47:26: "when" of offer 2: no such field 'lvel' in a score; did you mean
      'level'?

  - score:\n  combine
  + score:\n  main: intent\n  combine
  ! program.yaml:40:3: with scores, the score has either "main" or "combine"; write score:
      {main: NAME} or score: {combine: EXPRESSION}

  -   combine: >-\n    0.5 * scores.intent.value + 0.3 * scores.affinity.value\n    + 0.1 * scores.newest.value + 0.1 * scores.churn.value\n  fallback: 0.1\n
  +   main: intend\n
  ! program.yaml:40:9: there is no score "intend"; did you mean "intent"?

  -   combine: >-\n    0.5 * scores.intent.value + 0.3 * scores.affinity.value\n    + 0.1 * scores.newest.value + 0.1 * scores.churn.value\n  fallback: 0.1\n
  +   {main: intent, fallback: 0.5}\n
  ! program.yaml:40:18: "fallback" belongs to the score that "main" names; move it there

  - score:\n  combine: >-\n    0.5 * scores.intent.value + 0.3 * scores.affinity.value\n    + 0.1 * scores.newest.value + 0.1 * scores.churn.value\n  fallback: 0.1\n
  + 
  ! program.yaml:13:3: nothing says which of the scores counts; add score: {main: NAME} or
      score: {combine: EXPRESSION}

  -   combine: >-\n    0.5 * scores.intent.value + 0.3 * scores.affinity.value\n    + 0.1 * scores.newest.value + 0.1 * scores.churn.value\n  fallback: 0.1\n
  +   combine: scores.intent.level\n
  ! program.yaml:40:12: "combine" of the score must give a number, not string

  @ models/intent.yaml
  - kind: trees\nfile: models/intent.json\nfeatures: [visits, seconds]\ncalibration: {points: [[0, 0], [0.5, 0.4], [1, 1]]}\n
  + kind: scorecard\nfeatures: [{name: visits, bins: [{points: 1}]}, {name: seconds, bins: [{points: 1}]}]\n
  ! models/intent.json:1:1: no model names the file; name it in a model of kind trees, or
      remove it

  - levels: {keen: 0.6, cool: 0}
  + levels: {keen: much}
  ! program.yaml:17:20: level "keen" must be a number, not "much"; write it as 5000, -1.5 or
      2e3

  - score:\n  combine
  + score:\n  model: intent\n  combine
  ! program.yaml:40:3: unknown field "model" in the score; known: main, combine, fallback
  """#
