/// Faults in models and templates.
let brokenFiles = #"""
  @ models/risk.yaml
  - kind: scorecard
  + kind: forest
  ! models/risk.yaml:2:7: the model's kind cannot be "forest"; known: scorecard, logistic,
      trees, bg-nbd, mbg-nbd, item-similarity

  @ models/risk.yaml
  - intercept: 0
  + intercept: none
  ! models/risk.yaml:3:12: the model's intercept must be a number, not "none"; write it as
      5000, -1.5 or 2e3

  @ models/risk.yaml
  - intercept: 0
  + link: sigmoid
  ! models/risk.yaml:3:7: the link "sigmoid" is unknown; write one of logistic, clipped,
      identity

  @ models/risk.yaml
  - id: risk
  + id: risky
  ! models/risk.yaml:1:5: the model's id "risky" differs from its file's name "risk"; rename
      one of them

  @ models/risk.yaml
  - {from: 1, points: 1}
  + {from: 0, points: 1}
  ! models/risk.yaml:8:9: [0.0, inf) overlaps [-inf, 1.0); let it begin at 1.0

  @ models/risk.yaml
  - {from: 1, points: 1}
  + {from: 1, point: 1}
  ! models/risk.yaml:8:9: a bin of feature "orders" of the model has no "points"; add it
  ! models/risk.yaml:8:19: unknown field "point" in a bin of feature "orders" of the model;
      did you mean "points"?

  @ models/risk.yaml
  - name: spent
  + name: orders
  ! models/risk.yaml:9:5: the name comes twice; join the two or rename one

  @ models/risk.yaml
  - {from: 0, points: 0.5}
  + {from: 0, equals: a, points: 0.5}
  ! models/risk.yaml:10:12: the bin has an interval and a category; keep one of them

  @ templates/hello.yaml
  - subject: "{{discount}}% off"
  + subject: "{{discount}% off"
  ! templates/hello.yaml:1:11: a tag is opened by {{ and never closed by }}

  @ templates/hello.yaml
  - subject: "{{discount}}% off"\n
  + 
  ! templates/hello.yaml:1:7: the template "hello" has no subject, but the send at
      program.yaml:48:13 is an e-mail; add one

  @ templates/hello.yaml
  - Hello,
  + Hello {{#name}},
  ! templates/hello.yaml:3:9: section name is not closed by {{/name}}

  @ templates/hello.yaml
  - Hello,
  + Hello {{>name}},
  ! templates/hello.yaml:3:9: {{>name}} is not supported: templates have variables, sections
      and comments

  @ templates/hello.yaml
  - Hello,
  + Hello {{/name}},
  ! templates/hello.yaml:3:9: {{/name}} closes no section

  @ templates/hello.yaml
  - Hello,
  + Hello "there" {{nme}},
  ! templates/hello.yaml:3:17: the variable "nme" is not given by the send at
      program.yaml:48:13; known: discount

  @ templates/hello.yaml
  - text: |
  + txt: |
  ! templates/hello.yaml:1:1: the template has no "text"; add it
  ! templates/hello.yaml:2:1: unknown field "txt" in the template; did you mean "text"?

  @ templates/hello.yaml
  - text: |\n
  + text: "a \\"quoted\\" {{discont}}"\nrest: |\n
  ! templates/hello.yaml:2:21: the variable "discont" is not given by the send at
      program.yaml:48:13; did you mean "discount"?
  ! templates/hello.yaml:3:1: unknown field "rest" in the template; known: subject, text

  @ templates/hello.yaml
  - text: |\n
  + text: >-\n  folded text\n  goes on {{discont}}\nrest: |\n
  ! templates/hello.yaml:4:11: the variable "discont" is not given by the send at
      program.yaml:48:13; did you mean "discount"?
  ! templates/hello.yaml:5:1: unknown field "rest" in the template; known: subject, text
  """#
