/// A program with scores of every kind: its files as texts.
package enum ScoresProgram {
  package static let files = [
    "program.yaml": """
    id: scored
    title: Scored
    class: marketing
    features:
      customer:
        visits: {count: shop.visited, window: 30d}
        seconds: {sum: shop.visited, value: event.seconds, window: 30d, default: 0}
        firstAt: {first: order.placed, value: int(event.time)}
        lastAt: {last: order.placed, value: int(event.time)}
        orders: {count: order.placed}
    trigger: {event: shop.visited, key: string(event.position)}
    scores:
      intent:
        model: intent
        features: {visits: customer.visits, seconds: customer.seconds}
        fallback: 0.5
        levels: {keen: 0.6, cool: 0}
      churn:
        model: churn
        features:
          visits: customer.visits
          member: "has(event.member) ? dyn(event.member) : dyn(null)"
          intent: scores.intent.value
      again:
        model: again
        features:
          frequency: customer.orders - 1
          recency: (customer.lastAt - customer.firstAt) / 86400
          age: (int(now) - customer.firstAt) / 86400
        fallback: 0
      affinity:
        model: affinity
        features: {item: event.product}
        fallback: 0
      newest:
        model: {registered: newest}
        features: {visits: customer.visits, seconds: customer.seconds}
        fallback: 0.25
    score:
      combine: >-
        0.5 * scores.intent.value + 0.3 * scores.affinity.value
        + 0.1 * scores.newest.value + 0.1 * scores.churn.value
      fallback: 0.1
    levels: {high: 0.4, low: 0}
    offers:
      - {when: scores.again.fallback, gift: '"voucher"'}
      - {when: scores.intent.level == "keen", gift: '"sticker"'}
      - {gift: '"none"'}
    journey:
      set: {intent: scores.intent.value}
      start: waiting
      exits: {over: {fromStart: 2h}}
      states:
        waiting: {after: {1h: {to: later, when: scores.newest.value > 0.2}}}
        later: {set: {kept: scores.churn.value}}

    """,
    "models/intent.yaml": """
    id: intent
    kind: trees
    file: models/intent.json
    features: [visits, seconds]
    calibration: {points: [[0, 0], [0.5, 0.4], [1, 1]]}

    """,
    "models/intent.json": stump,
    "models/churn.yaml": """
    id: churn
    kind: logistic
    intercept: -1
    calibration: {interpolation: step, points: [[0, 0.1], [0.5, 0.9]]}
    features:
      - {name: visits, weight: -0.5, mean: 3, deviation: 2, maximum: 20}
      - name: member
        bins: [{equals: gold, points: -1}, {equals: none, points: 0.5}]
        otherwise: 0
      - {name: intent, weight: -2, missing: 0.1}

    """,
    "models/again.yaml": """
    id: again
    kind: mbg-nbd
    parameters: {r: 0.5248, alpha: 6.1830, a: 0.8914, b: 1.6140}
    unitsPerPeriod: 7
    horizon: 13
    outcome: purchase-probability

    """,
    "models/affinity.yaml": """
    id: affinity
    kind: item-similarity
    event: [order.placed, product.viewed]
    each: "has(event.items) ? event.items : [event.product]"
    as: product
    where: product != ""
    item: product
    shrinkage: 1
    capacity: 4
    itemsOfCustomer: 6

    """,
  ]

  /// The model that is registered for the program: a scorecard of the same features.
  package static func newest(points: Int) -> [String: [UInt8]] {
    let text = """
      id: newest
      kind: scorecard
      link: clipped
      features:
        - name: visits
          bins: [{to: 2, points: 0.1}, {from: 2, points: 0.\(points)}]

      """
    return ["models/newest.yaml": Array(text.utf8)]
  }

  /// A file of XGBoost's save_model: one tree that asks whether the first feature is below 3.
  private static let stump = """
    {"learner":{"attributes":{},"feature_names":[],"feature_types":[],"gradient_booster":{
    "model":{"gbtree_model_param":{"num_parallel_tree":"1","num_trees":"1"},"tree_info":[0],
    "trees":[{"base_weights":[0,-1,1],"categories":[],"categories_nodes":[],
    "categories_segments":[],"categories_sizes":[],"default_left":[1,0,0],"id":0,
    "left_children":[1,-1,-1],"loss_changes":[1,0,0],"parents":[2147483647,0,0],
    "right_children":[2,-1,-1],"split_conditions":[3,-1,1],"split_indices":[0,0,0],
    "split_type":[0,0,0],"sum_hessian":[2,1,1],"tree_param":{"num_deleted":"0",
    "num_feature":"2","num_nodes":"3","size_leaf_vector":"1"}}]},"name":"gbtree"},
    "learner_model_param":{"base_score":"5E-1","boost_from_average":"0","num_class":"0",
    "num_feature":"2","num_target":"1"},"objective":{"name":"binary:logistic",
    "reg_loss_param":{"scale_pos_weight":"1"}}},"version":[3,2,0]}
    """
}
