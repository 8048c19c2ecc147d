import Programs

/// A small program without problems, and ways to spoil it.
enum Sample {
  static let files = [
    "program.yaml": """
    id: sample
    title: A sample
    class: marketing
    params: {limit: 100, rate: 0.5, code: "A"}
    marketplaces:
      JP: {params: {limit: 200}}
    traits:
      points: {type: int, default: 3}
    entities:
      cart: {key: event.cartId}
    features:
      customer:
        orders: {count: order.placed}
        spent: {sum: order.placed, value: event.total}
      cart:
        value: {last: cart.updated, value: event.value, default: 0, including: current}
    derive:
      - event: cart.abandoned
        silence: {key: event.cartId, entity: cart, for: 30m}
        when: cart(key).value > 0
        data: {cartId: key, nested: {value: cart(key).value}}
    trigger: {event: cart.abandoned, key: event.cartId}
    dedupe: {within: 7d}
    join: {when: run.state == "waiting", filters: again}
    filters:
      - {id: worth, pass: cart(run.key).value >= params.limit}
      - {id: cap, cap: {channel: email, max: 2, per: 7d}, again: true}
    score:
      model: risk
      features:
        orders: customer.orders
        spent: customer.spent
    levels: {high: 0.8, low: 0.2}
    offers: [{when: score.value < 0.5, discount: 20}, {discount: 10}]
    candidate: {ttl: 7d, channels: [email]}
    holdout: {percent: 2.5}
    journey:
      set: {touches: 0}
      start: waiting
      exits:
        converted: {on: order.placed, when: event.cartId == run.key, revenue: event.total}
        expired: {fromStart: 7d}
      states:
        waiting:
          after: {1h: email}
        email:
          set: {touches: run.touches + 1}
          send: {channel: email, template: hello, variables: {discount: offer.discount}}
          on: {joined: waiting}
          at: [{moment: run.startedAt + duration("24h"), to: expired}]

    """,
    "models/risk.yaml": """
    id: risk
    kind: scorecard
    intercept: 0
    features:
      - name: orders
        bins:
          - {to: 1, points: -1}
          - {from: 1, points: 1}
      - name: spent
        bins: [{from: 0, points: 0.5}]
        otherwise: 0

    """,
    "templates/hello.yaml": """
    subject: "{{discount}}% off"
    text: |
      Hello,
      {{discount}}% off for you.

    """,
  ]

  static func body(_ files: [String: String] = files) throws -> ProgramBody {
    try ProgramBody(files: files.mapValues { Array($0.utf8) })
  }

  /// What the check prints for the sample with `old` replaced by `new`, in `file`.
  static func problems(
    _ old: String, _ new: String, in file: String = "program.yaml",
    overrides: [ProgramOverride] = []
  ) throws -> [String] {
    var files = files
    if !old.isEmpty {
      guard let text = files[file], let range = text.firstRange(of: old) else {
        throw SampleError(missing: old)
      }
      files[file] = text.replacingCharacters(in: range, with: new)
    }
    return try problems(of: files, overrides: overrides)
  }

  static func problems(
    of files: [String: String], overrides: [ProgramOverride] = [], folder: String = "sample"
  ) throws -> [String] {
    let body = try body(files)
    do {
      _ = try Program(body: body, folder: folder, overrides: overrides)
      return []
    } catch {
      return error.problems.map(\.description)
    }
  }
}

/// A test that wants to replace what is not there.
struct SampleError: Error {
  var missing: String
}

extension String {
  func replacingCharacters(in range: Range<String.Index>, with text: String) -> String {
    String(self[..<range.lowerBound]) + text + String(self[range.upperBound...])
  }
}
