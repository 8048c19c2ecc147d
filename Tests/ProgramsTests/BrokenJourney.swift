/// Faults in the journey.
let brokenJourney = #"""
  - start: waiting
  + start: watiing
  ! program.yaml:39:10: the journey starts in the unknown state "watiing"; did you mean
      "waiting"?

  - when: event.cartId == run.key, revenue
  + when: event.cartId == run.kee, revenue
  ! program.yaml:41:61: "when" of exit "converted": no such field 'kee' in run; did you mean
      'key'?

  - after: {1h: email}
  + after: {1h: emial}
  ! program.yaml:45:19: "after 1h" of state "waiting" leads to the unknown state or exit
      "emial"; did you mean "email"?

  - after: {1h: email}
  + after: {one hour: email}
  ! program.yaml:45:15: "after" of state "waiting": duration 'one hour' needs a whole number
      before each unit (for example 30m, 1h30m or 7d)

  - after: {1h: email}
  + after: {1h: expired}
  ! program.yaml:46:5: state "email" cannot be reached from "waiting"; lead a transition to
      it, or remove it

  - after: {1h: email}
  + after: {0s: email}\n      always: [{to: email}]\n    loop:\n      always: [{when:
      run.touches == 1, to: waiting}]
  ! program.yaml:47:5: state "loop" cannot be reached from "waiting"; lead a transition to
      it, or remove it

  - template: hello
  + template: helo
  ! program.yaml:48:40: the template "helo" has no file templates/helo.yaml; did you mean
      "hello"?

  - moment: run.startedAt + duration("24h")
  + moment: run.touches == 1
  ! program.yaml:50:21: the moment of "at" of state "email" must give a timestamp, not bool

  - set: {touches: 0}
  + set: {key: 0}
  ! program.yaml:38:9: the variable "key" has the name of a field that run has anyway; use
      another name

  - set: {touches: run.touches + 1}
  + set: {touches: run.touchs + 1}
  ! program.yaml:47:26: "set" of state "email": touches: no such field 'touchs' in run; did
      you mean 'touches'?

  - expired: {fromStart: 7d}
  + expired: {fromStart: 7d}\n    waiting: {fromStart: 8d}
  ! program.yaml:43:5: "waiting" is a state and an exit; rename one of them

  - expired: {fromStart: 7d}
  + expired: {fromStart: 7d}\n    unused: {}
  ! program.yaml:43:5: nothing leads to exit "unused"; give it "on" or "fromStart", or lead a
      transition to it

  - channel: email, template
  + channel: email, class: urgent, template
  ! program.yaml:48:37: the class of the send by email of state "email" cannot be "urgent";
      known: marketing, transactional, security

  - send: {channel
  + sent: {channel
  ! program.yaml:48:7: unknown field "sent" in state "email"; did you mean "set"?

  - converted: {on: order.placed, when: event.cartId == run.key, revenue: event.total}\n   
      expired: {fromStart: 7d}
  + {}
  ! program.yaml:41:5: the journey has no exit; add one such as expired: {fromStart: 30d}
  ! program.yaml:49:58: "at" of state "email" leads to the unknown state or exit "expired";
      known: waiting, email

  - revenue: event.total}\n    expired: {fromStart: 7d}
  + revenue: '"much"'}\n    expired: {fromStart: 7d}
  ! program.yaml:41:76: the revenue of exit "converted" must give a number, not string

  - after: {1h: email}
  + after: {1h: email}\n      fromStart: {0s: email}
  ! program.yaml:46:19: "fromStart" of state "waiting" must be longer than nothing

  - converted: {on: order.placed, when: event.cartId == run.key, revenue: event.total}\n   
      expired: {fromStart: 7d}\n  states:\n    waiting:\n      after: {1h: email}
  + expired: {}\n  states:\n    waiting:\n      after: {1h: email, 2h: stuck}\n    stuck: {}
  ! program.yaml:45:5: no way leads from state "stuck" to an exit; add a transition, or an
      exit with "fromStart"

  - on: {joined: waiting}
  + always: [{when: run.touches > 3, to: email}]
  ! program.yaml:49:44: this way leads round from "email" to "email" without delay; put an
      "on" or a longer "after" into it

  - on: {joined: waiting}
  + always: {to: later}\n    later:\n      after: {0s: {when: run.touches > 1, to: email}}\n      on: {x: expired}
  ! program.yaml:49:20: this way leads round from "email" to "email" without delay; put an
      "on" or a longer "after" into it
  ! program.yaml:51:47: this way leads round from "later" to "later" without delay; put an
      "on" or a longer "after" into it

  - on: {joined: waiting}
  + always: [{set: {touches: 1}}]
  ! program.yaml:49:16: an "always" without "when" and "to" would be taken for ever; give it
      a "when" that it makes false

  - after: {1h: email}
  + after: {1h: email, 60m: email}
  ! program.yaml:45:26: "after" of state "waiting" has 60m twice; join them

  - after: {1h: email}
  + after: {1h: [{to: email}, {to: expired}]}
  ! program.yaml:45:20: transition 1 of "after 1h" of state "waiting" has no "when", so that
      none after it is ever taken; put it last, or give it a "when"

  - after: {1h: email}
  + after: {1h: {to: email, late: 5x}}
  ! program.yaml:45:37: "late" of "after 1h" of state "waiting": duration '5x' has the
      unknown unit 'x': use w, d, h, m, s, ms or us (for example 30m, 1h30m or 7d)

  - on: {joined: waiting}
  + on: {joined: {to: waiting, late: 1h}}
  ! program.yaml:49:34: unknown field "late" in a transition of "joined" of state "email";
      known: to, when, set, act, send, reason

  - on: {joined: waiting}
  + on: {"order placed": waiting}
  ! program.yaml:49:12: "order placed" in "on" of state "email" is not an event type; use
      letters, digits and . - _ : /, such as cart.updated

  - on: {joined: waiting}
  + on: {joined: {}}
  ! program.yaml:49:20: a transition of "joined" of state "email" does nothing; give it a "to"

  - expired: {fromStart: 7d}
  + expired: {fromStart: 7d, when: run.touches > 1}
  ! program.yaml:42:30: exit "expired" has "when" without "on"; say on which events it is
      asked, or on: "*"

  - set: {touches: 0}
  + set: {touches: now}
  ! program.yaml:38:18: "set" of the journey: touches must give what can be kept (of times the
      text: string(x), read by timestamp(text)), not google.protobuf.Timestamp

  - set: {touches: 0}
  + set: {if: 0}
  ! program.yaml:38:9: variable "if" is a reserved word of expressions; use another name

  -   email:\n      set
  +   e-mail!:\n      set
  ! program.yaml:45:19: "after 1h" of state "waiting" leads to the unknown state or exit
      "email"; known: waiting, e-mail!, converted, expired
  ! program.yaml:46:5: state "e-mail!" is not a name; use letters, digits, - and _, a letter
      first, at most 64 bytes

  - send: {channel: email, template: hello,
  + act: {action: call, with: [1]}\n      send: {channel: email, template: hello,
  ! program.yaml:48:33: "with" of the act "call" of state "email" must be a mapping, not a
      list

  - send: {channel: email,
  + send: {channel: email, to: run.touches > 1,
  ! program.yaml:48:34: "to" of the send by email of state "email" must give a text, not bool

  - send: {channel: email,
  + send: {channel: email, step: one, when: 5,
  ! program.yaml:48:47: "when" of the send by email of state "email" must give true or false,
      not int

  - journey:
  + journy:
  ! program.yaml:1:1: the program has no "journey"; add it
  ! program.yaml:37:1: unknown field "journy" in the program; did you mean "journey"?

  - exits:\n
  + exit:\n
  ! program.yaml:38:3: the journey has no "exits"; add it
  ! program.yaml:40:3: unknown field "exit" in the journey; did you mean "exits"?
  ! program.yaml:50:58: "at" of state "email" leads to the unknown state or exit "expired";
      known: waiting, email
  """#
