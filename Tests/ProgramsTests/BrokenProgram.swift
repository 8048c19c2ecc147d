/// Faults above the journey.
let brokenProgram = #"""
  - filters:
  + filtres:
  ! program.yaml:24:38: unknown field "filtres" in join; did you mean "filters"?

  - class: marketing
  + class: marketting
  ! program.yaml:3:8: class cannot be "marketting"; did you mean "marketing"?

  - id: sample
  + id: Sample!
  ! program.yaml:1:5: id "Sample!" is not a name; use letters, digits, - and _, a letter
      first, at most 64 bytes
  ! program.yaml:1:5: id "Sample!" differs from the folder's name "sample"; rename one of them

  - id: sample
  + id: other
  ! program.yaml:1:5: id "other" differs from the folder's name "sample"; rename one of them

  - title: A sample
  + titel: A sample
  ! program.yaml:1:1: the program has no "title"; add it
  ! program.yaml:2:1: unknown field "titel" in the program; did you mean "title"?

  - title: A sample
  + title: A sample\nid: again
  ! program.yaml:1:1: the key "id" stands more than once in this mapping; keep one of them

  - title: A sample
  + title: A sample\ncosts: {email: 0.0001, emial: 1}
  ! program.yaml:3:16: the cost of email cannot be "0.0001"; write minor units with at most
      three decimals, such as 4.5
  ! program.yaml:3:24: costs names "emial", which is no channel and no action of the journey;
      did you mean "email"?

  - params: {limit: 100
  + params: {limit: 1_000
  ! program.yaml:4:17: param "limit": the number 1_000 can be read in more ways than one;
      write it as 5000, -1.5 or 2e3, or quote it if it is a text

  - params: {limit: 100
  + params: {limit: 007
  ! program.yaml:4:17: param "limit": the number 007 can be read in more ways than one; write
      it as 5000, -1.5 or 2e3, or quote it if it is a text

  - JP: {params: {limit: 200}}
  + JP: {params: {limitt: 200}}
  ! program.yaml:6:17: marketplace "JP" sets the param "limitt", which params does not have;
      did you mean "limit"?

  - JP: {params: {limit: 200}}
  + JP: {enable: false}
  ! program.yaml:6:8: unknown field "enable" in marketplace "JP"; did you mean "enabled"?

  - JP: {params: {limit: 200}}
  + JP: {enabled: no, threshold: much}
  ! program.yaml:6:17: "enabled" of marketplace "JP" must be true or false, not "no"
  ! program.yaml:6:32: the threshold of marketplace "JP" must be a number, not "much"; write it
      as 5000, -1.5 or 2e3

  - JP: {params: {limit: 200}}
  + JP: {holdout: {percent: 101}, quietHours: {from: "21:00"}}
  ! program.yaml:6:27: the holdout's percent cannot be "101"; write a number from 0 to 100 with
      at most two decimals, such as 5 or 12.25
  ! program.yaml:6:45: the quiet hours of marketplace "JP" has no "to"; add it

  - JP: {params: {limit: 200}}
  + JP: {templates: {helo: hello, hello: hallo}}
  ! program.yaml:6:20: marketplace "JP" replaces the template "helo", which has no file; did you
      mean "hello"?
  ! program.yaml:6:40: the template "hallo" has no file templates/hallo.yaml; did you mean
      "hello"?

  - JP: {params: {limit: 200}}
  + JP: {params: {limit: many}}
  ! program.yaml:6:24: param "limit" of marketplace "JP" is a string, in params a int; use
      the same type

  - points: {type: int, default: 3}
  + points: {type: integer}
  ! program.yaml:8:18: the type of trait "points" cannot be "integer"; known: string, bool,
      int, double

  - points: {type: int, default: 3}
  + email: {type: string}
  ! program.yaml:8:3: trait "email" is a standard trait; use it without declaring it

  - cart: {key: event.cartId}
  + params: {key: event.cartId}
  ! program.yaml:10:3: entity "params" has the name of a variable or function of expressions;
      use another name
  ! program.yaml:15:3: features of the undeclared entity "cart"; known: customer, params
  ! program.yaml:19:42: derive 1 names the unknown entity "cart"; known: params
  ! program.yaml:20:11: "when" of derive 1: undeclared function 'cart'
  ! program.yaml:21:41: data of derive 1.nested.value: undeclared function 'cart'
  ! program.yaml:26:23: "pass" of filter "worth": undeclared function 'cart'

  - orders: {count: order.placed}
  + orders: {counts: order.placed}
  ! program.yaml:13:13: feature "orders" says nothing to fold; use count, sum, avg, min, max,
      first, last, distinct, exists, collect, hours
  ! program.yaml:13:14: unknown field "counts" in feature "orders"; did you mean "count"?

  - orders: {count: order.placed}
  + orders: {count: order.placed, value: event.total}
  ! program.yaml:13:35: "count" of feature "orders" takes no "value"; remove it, or use
      another kind

  - spent: {sum: order.placed, value: event.total}
  + spent: {sum: order.placed}
  ! program.yaml:14:12: feature "spent" has no "value" to fold; add it

  - spent: {sum: order.placed, value: event.total}
  + spent: {sum: order.placed, value: event.total, window: 7x}
  ! program.yaml:14:60: the window of feature "spent": duration '7x' has the unknown unit
      'x': use w, d, h, m, s, ms or us (for example 30m, 1h30m or 7d)

  - spent: {sum: order.placed, value: event.total}
  + spent: {sum: order.placed, value: '"a"'}
  ! program.yaml:14:40: "value" of feature "spent" must give a number, not string

  - spent: {sum: order.placed, value: event.total}
  + email: {sum: order.placed, value: event.total}
  ! program.yaml:14:5: feature "email" has the name of a trait of the customer; rename it
  ! program.yaml:32:21: the score's features.spent: no such field 'spent' in customer

  - spent: {sum: order.placed, value: event.total}
  + spent: {sum: order.placed, value: line.total, each: event.lines}
  ! program.yaml:14:39: "value" of feature "spent": undeclared reference to 'line'
  ! program.yaml:14:51: feature "spent" has "each" without "as"; add it

  - count: order.placed}
  + count: order placed}
  ! program.yaml:13:21: "order placed" in "count" of feature "orders" is not an event type;
      use letters, digits and . - _ : /, such as cart.updated

  - including: current}
  + including: later}
  ! program.yaml:16:76: "including" of feature "value" can only be "current"

  - entity: cart, for
  + entity: crat, for
  ! program.yaml:19:42: derive 1 names the unknown entity "crat"; did you mean "cart"?

  - for: 30m}
  + for: 0s}
  ! program.yaml:19:53: the silence of derive 1 must be longer than nothing

  - when: cart(key).value > 0
  + when: cart(key).valeu > 0
  ! program.yaml:20:21: "when" of derive 1: no such field 'valeu' in cart; did you mean
      'value'?

  - trigger: {event: cart.abandoned, key: event.cartId}
  + trigger: {event: cart.abandoned}
  ! program.yaml:22:10: the trigger has no "key"; add it

  - pass: cart(run.key).value >= params.limit}
  + pass: cart(run.key).value >= params.limt}
  ! program.yaml:26:53: "pass" of filter "worth": no such field 'limt' in params; did you
      mean 'limit'?

  - pass: cart(run.key).value >= params.limit}
  + pass: params.limit + 1}
  ! program.yaml:26:23: "pass" of filter "worth" must give true or false, not int

  - pass: cart(run.key).value >= params.limit}
  + pass: event.value >= params.limit, again: true}
  ! program.yaml:26:23: filter "worth" is asked again before each send, when "event" is a
      timer; read run, customer or an entity instead

  - pass: cart(run.key).value >= params.limit}
  + pass: "customer.staus == \\"x\\""}
  ! program.yaml:26:33: "pass" of filter "worth": no such field 'staus' in customer; did you
      mean 'status'?

  - pass: cart(run.key).value >= params.limit}
  + pass: score.value > 0.5}
  ! program.yaml:26:23: "pass" of filter "worth": undeclared reference to 'score'

  - {id: cap,
  + {id: worth,
  ! program.yaml:27:10: the filter id "worth" is used twice; give each filter its own id

  - channel: email, max: 2
  + channel: mail, max: 2
  ! program.yaml:27:30: the channel of filter "cap" cannot be "mail"; did you mean "email"?

  - max: 2, per
  + max: two, per
  ! program.yaml:27:42: "max" of filter "cap" must be a whole number, not "two"; write it
      with digits only

  - model: risk
  + model: riks
  ! program.yaml:29:10: the model "riks" has no file models/riks.yaml; did you mean "risk"?

  -     orders: customer.orders\n
  + 
  ! program.yaml:31:5: the score gives no "orders", which the model "risk" needs; add it

  -     spent: customer.spent
  +     spend: customer.spent\n    spent: customer.spent
  ! program.yaml:32:5: the model "risk" has no feature "spend"; did you mean "spent"?

  - percent: 2.5
  + percent: 2.505
  ! program.yaml:36:20: the holdout's percent cannot be "2.505"; write a number from 0 to 100
      with at most two decimals, such as 5 or 12.25

  - percent: 2.5
  + percent: 120
  ! program.yaml:36:20: the holdout's percent cannot be "120"; write a number from 0 to 100
      with at most two decimals, such as 5 or 12.25

  - channels: [email]
  + channels: email
  ! program.yaml:35:32: the candidate's channels must be a list, not a single value; write it
      in [ ], or with - in front of each element

  - offers: [{when: score.value < 0.5, discount: 20}, {discount: 10}]
  + offers: [{discount: 20}, {discount: 10}]
  ! program.yaml:34:10: offer 1 has no "when", so that no offer after it is ever made

  - variables: {discount:
  + variables: {rebate:
  ! templates/hello.yaml:1:11: the variable "discount" is not given by the send at
      program.yaml:48:13; known: rebate
  ! templates/hello.yaml:4:3: the variable "discount" is not given by the send at
      program.yaml:48:13; known: rebate

  - dedupe: {within: 7d}
  + dedupe: {within: [7d]}
  ! program.yaml:23:18: "within" of dedupe must be a duration such as 30m or 7d, not a list

  - title: A sample
  + title: [A\n sample
  ! program.yaml:4:6: not YAML: did not find expected ',' or ']'; quote texts that hold ": ",
      " #", or begin with a sign of YAML's own

  - title: A sample
  + title: &a [*b]\nx: &b 1
  ! program.yaml:3:4: the anchor &b is used by an alias; aliases are not part of the format:
      write the value where it is used

  - trigger: {event: cart.abandoned,
  + trigger: {event: [cart.abandoned, cart.abandoned],
  ! program.yaml:22:35: "event" of the trigger names "cart.abandoned" twice

  - dedupe: {within: 7d}
  + dedupe: {within: 7d, key: run.active}
  ! program.yaml:23:27: the key of dedupe must give a text or a list of texts, not bool

  - dedupe: {within: 7d}
  + dedupe: {within: 40000d}
  ! program.yaml:23:18: "within" of dedupe is 40000d; at most 36500d are allowed

  - levels: {high: 0.8, low: 0.2}
  + levels: {high: much}
  ! program.yaml:33:16: level "high" must be a number, not "much"; write it as 5000, -1.5 or
      2e3

  - levels: {high: 0.8, low: 0.2}
  + threshold: low
  ! program.yaml:33:12: threshold must be a number, not "low"; write it as 5000, -1.5 or 2e3

  - title: A sample
  + title: "A sample"\ntraitUpdates: [{on: x, trait: emial, value: event.x}]
  ! program.yaml:3:31: trait update 1 writes the unknown trait "emial"; did you mean "email"?

  - title: A sample
  + title: "A sample"\ntraitUpdates: [{on: x, trait: email, value: event.x, as: y}]
  ! program.yaml:3:54: trait update 1 has "as" without "each"; add it

  - - event: cart.abandoned\n    silence
  + - event: cart.abandoned\n    data: key\n    silence
  ! program.yaml:19:5: the key "data" stands more than once in this mapping; keep one of them

  - title: A sample
  + title:\t"A sample"\n\tx: 1
  ! program.yaml:3:1: not YAML: found character that cannot start any token; quote texts that
      hold ": ", " #", or begin with a sign of YAML's own

  - title: A sample
  + title: !name A
  ! program.yaml:2:8: anchors, aliases and tags are not part of the format; write the value
      where it is used

  - cart(run.key).value >=
  + cart(run.key).value = 
  ! program.yaml:26:43: "pass" of filter "worth": unexpected '='; write '==' to compare

  - cart(run.key).value >=
  + cart(run.kye).value >=
  ! program.yaml:26:32: "pass" of filter "worth": no such field 'kye' in run; did you mean
      'key'?

  - data: {cartId: key, nested: {value: cart(key).value}}
  + data: {cartId: key, nested: {value: [1, cart(key).vlaue]}}
  ! program.yaml:21:55: data of derive 1.nested.value: no such field 'vlaue' in cart; did you
      mean 'value'?

  - pass: cart(run.key).value >= params.limit}
  + pass: "event.a.all(a, a.b.all(b, b.c.all(c, c.d.all(d, d > 0))))"}
  ! program.yaml:26:24: "pass" of filter "worth": the expression may cost 67907778 steps, more
      than the limit of 10000000; nest fewer comprehensions, or raise the limit

  - pass: cart(run.key).value >= params.limit}
  + pass: ""}
  ! program.yaml:26:23: "pass" of filter "worth" is empty; write an expression, or leave the
      field out

  - pass: cart(run.key).value >= params.limit}
  + cap: {channel: email, max: 2, per: 7d}, pass: true}
  ! program.yaml:26:5: filter "worth" has both "pass" and "cap"; make two filters of it

  - pass: cart(run.key).value >= params.limit}
  + again: yes}
  ! program.yaml:26:5: filter "worth" asks nothing; add one of pass, cap, cooldown,
      suppression, topic, quietHours
  ! program.yaml:26:24: "again" of filter "worth" must be true or false, not "yes"

  - trigger: {event
  + runs: customers\ntrigger: {event
  ! program.yaml:22:7: runs cannot be "customers"; did you mean "customer"?

  - filters:\n  - {id: worth
  + filters: worth\nx:\n  - {id: worth
  ! program.yaml:25:10: filters must be a list, not a single value; write it in [ ], or with
      - in front of each element
  ! program.yaml:26:1: unknown field "x" in the program; known: id, title, class, params,
      marketplaces, traits, traitUpdates, entities, references, features, derive, trigger,
      schedule, population, runs, dedupe, join, filters, score, scores, …
  """#
