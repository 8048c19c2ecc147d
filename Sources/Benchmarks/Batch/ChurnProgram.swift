import Programs

/// A churn program of the usual make: signals against the customer's own habit, five filters, a
/// scorecard, a threshold and a limit. It is due when no shipped program is.
enum ChurnProgram {
  static let id = "churn"

  /// - Parameter limit: How many are decided in full.
  static func program(limit: Int) throws -> Program {
    let files = ["program.yaml": text, "models/churn.yaml": model, "templates/stay.yaml": template]
    return try Program(
      body: ProgramBody(files: files.mapValues { Array($0.utf8) }), folder: "churn",
      overrides: [ProgramOverride(path: "params.limit", value: "\(limit)")])
  }

  private static let template = "subject: Stay\ntext: \"{{discount}}% off\"\n"

  private static let text = """
    id: churn
    title: Churn
    params: {limit: 25000}
    features:
      customer:
        logins: {count: session.started, window: 30d}
        loginsBefore: {count: session.started, window: 90d}
        spent: {sum: order.placed, value: event.total, default: 0}
        lastOrder: {last: order.placed, value: int(event.time), default: 0}
    schedule: {cron: "0 5 * * TUE", missed: none}
    population:
      of: customers
      where: customer.spent > 0
      limit: params.limit
    dedupe: {within: 90d}
    filters:
      - {id: trust, pass: customer.status == "active"}
      - id: signals
        pass: >-
          (customer.logins * 3 < customer.loginsBefore ? 1 : 0)
          + (customer.logins == 0 ? 1 : 0)
          + (int(now) - customer.lastOrder > 5184000 ? 1 : 0) >= 2
      - {id: value, pass: customer.lifetimeValue >= 50000.0 && customer.tier != "basic"}
      - {id: eligible, pass: "!customer.optedOut"}
      - {id: cap, cap: {channel: email, max: 1, per: 90d}}
    score:
      model: churn
      features:
        logins: customer.logins
        spent: customer.spent
        silence: int(now) - customer.lastOrder
    levels: {critical: 0.8, high: 0.6, medium: 0.4}
    threshold: 0.4
    offers:
      - {when: score.level == "critical", discount: 50}
      - {discount: 15}
    candidate: {ttl: 30d}
    holdout: {percent: 5}
    journey:
      start: offering
      exits:
        retained: {on: order.placed}
        expired: {fromStart: 30d}
      states:
        offering: {after: {8h: mailed}}
        mailed:
          send: {channel: email, template: stay, variables: {discount: offer.discount}}

    """

  private static let model = """
    id: churn
    kind: scorecard
    intercept: 0
    features:
      - name: logins
        bins: [{to: 1, points: 1.2}, {from: 1, to: 4, points: 0.3}, {from: 4, points: -1}]
      - name: spent
        bins: [{to: 20000, points: 0.4}, {from: 20000, points: -0.2}]
      - name: silence
        bins: [{to: 2592000, points: -0.8}, {from: 2592000, points: 0.6}]

    """
}
