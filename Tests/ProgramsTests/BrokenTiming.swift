/// Faults in what depends on clocks, consent and chance.
let brokenTiming = #"""
  - at: [{moment: run.startedAt + duration("24h"), to: expired}]
  + at: [{local: "25:00", to: expired}]
  ! program.yaml:50:20: "local" of "at" of state "email" cannot be "25:00"; write a time of day
      as "08:00" or "21:30:15", in quotes

  - at: [{moment: run.startedAt + duration("24h"), to: expired}]
  + at: [{local: "10:00", on: [mondy], to: expired}]
  ! program.yaml:50:34: "at" of state "email" names the unknown day "mondy"; did you mean
      "monday"?

  - at: [{moment: run.startedAt + duration("24h"), to: expired}]
  + at: [{local: "10:00", moment: now, to: expired}]
  ! program.yaml:50:12: "at" of state "email" has both "moment" and "local"; make two of it
  ! program.yaml:50:29: unknown field "moment" in a transition of "at" of state "email"; known:
      to, when, set, act, send, reason, late, local, on, after

  - at: [{moment: run.startedAt + duration("24h"), to: expired}]
  + at: [{to: expired}]
  ! program.yaml:50:12: "at" of state "email" has neither "moment" nor "local"; add one of them

  - orders: {count: order.placed}
  + orders: {count: order.placed, key: event.cartId}
  ! program.yaml:13:35: only "collect" has a "key", feature "orders" is a "count"

  - orders: {count: order.placed}
  + orders: {count: order.placed}\n    open: {collect: a, value: event.v, remove: b}
  ! program.yaml:14:40: feature "open" has "remove" without "key"; say which value goes

  - class: marketing
  + class: marketing\nquietHours: {from: "21:00", to: "21:00"}
  ! program.yaml:4:13: the quiet hours begin and end at 21:00; leave them out, or mend one

  - class: marketing
  + class: marketing\nquietHours: {from: "21:00", to: "8"}
  ! program.yaml:4:33: "to" of the quiet hours cannot be "8"; write a time of day as "08:00" or
      "21:30:15", in quotes

  - class: marketing
  + class: marketing\nquietHours: {from: "21:00", to: "08:00", mode: later}
  ! program.yaml:4:48: the mode of the quiet hours cannot be "later"; known: delay, earlier,
      withhold

  - class: marketing
  + class: marketing\ntimeZone: Europe Berlin
  ! program.yaml:4:11: timeZone "Europe Berlin" is not the name of a zone; use a name of the
      IANA database, such as Europe/Berlin

  - class: marketing
  + class: marketing\ntopic: {nam: news}
  ! program.yaml:4:8: topic has no "name"; add it
  ! program.yaml:4:9: unknown field "nam" in topic; did you mean "name"?

  - pass: cart(run.key).value >= params.limit}
  + cooldown: {per: 7d, of: message}}
  ! program.yaml:26:41: "of" of the cooldown of filter "worth" cannot be "message"; known: run,
      delivery

  - pass: cart(run.key).value >= params.limit}
  + cooldown: {per: 7d}, again: true}
  ! program.yaml:26:5: filter "worth" is asked again before each send, which would stop the
      run's own; use a cap for sends

  - pass: cart(run.key).value >= params.limit}
  + suppression: mail}
  ! program.yaml:26:30: the suppression of filter "worth" cannot be "mail"; did you mean
      "email"?

  - pass: cart(run.key).value >= params.limit}
  + topic: {name: news}}
  ! program.yaml:26:24: the topic of filter "worth" has no "channel"; add it

  - holdout: {percent: 2.5}
  + experiments: [{id: a, variants: [{name: x, percent: 50}, {name: y, percent: 49.95}]}]
  ! program.yaml:36:33: the percentages of experiment "a" sum to 99.95, not to 100; give every
      customer one variant

  - holdout: {percent: 2.5}
  + experiments: [{id: a, variants: [{name: x, percent: 100}]}]
  ! program.yaml:36:33: experiment "a" has 1 variants; an experiment has at least two; give
      every customer one variant

  - holdout: {percent: 2.5}
  + experiments: [{id: a, variants: [{name: x, percent: 50, params: {limt: 1}}, {name: y,
      percent: 50, params: {limit: "1"}}]}]
  ! program.yaml:36:66: variant "x" of experiment "a" sets the param "limt", which params does
      not have; did you mean "limit"?
  ! program.yaml:36:116: param "limit" of variant "y" of experiment "a" is a string, in params
      a int; use the same type

  - holdout: {percent: 2.5}
  + experiments: [{id: a, variants: [{name: x, percent: 50}, {name: x, percent: 50}]}]
  ! program.yaml:36:58: experiment "a" has the variant "x" twice; rename one

  - pass: cart(run.key).value >= params.limit}
  + pass: variant.tone == "loud"}
  ! program.yaml:26:23: "pass" of filter "worth": undeclared reference to 'variant'

  - offers: [{when: score.value < 0.5, discount: 20}
  + segments: {big: "score.valu > 1"}\noffers: [{when: segment == "big", discount: 20}
  ! program.yaml:34:24: segment "big": no such field 'valu' in score; did you mean 'value'?

  - title: A sample
  + title: A sample\nattribution: {window: 0s, touch: viewed, last: 1}
  ! program.yaml:3:23: the window of attribution must be longer than nothing
  ! program.yaml:3:34: the touch of attribution cannot be "viewed"; known: sent, delivered,
      opened, clicked
  ! program.yaml:3:42: unknown field "last" in attribution; known: window, touch

  - title: A sample
  + title: A sample\nreports: [{id: daily, schedule: {cron: "0 3 * * *", missed: never}, of: carts,
      data: {v: event.x}, limit: 2000}]
  ! program.yaml:3:61: "missed" of the schedule cannot be "never"; known: once, all, none
  ! program.yaml:3:73: report "daily" is of "carts", which is no entity; did you mean "cart"?
  ! program.yaml:3:90: the data of report "daily".v: undeclared reference to 'event'
  ! program.yaml:3:107: the limit of report "daily" is 2000, but must be from 1 to 1000

  - title: A sample
  + title: A sample\nreports: [{id: daily, schedule: {cron: "0 3 * * *"}, of: cart, data: {v:
      cart(key).value}}, {id: daily, schedule: {cron: "0 3 * * *"}, of: cart, data: {}, where:
      customer.orders > 0}]
  ! program.yaml:3:93: the report "daily" stands twice; rename one
  ! program.yaml:3:152: report "daily" tells nothing of its items; add data
  ! program.yaml:3:163: "where" of report "daily": undeclared reference to 'customer'
  """#
