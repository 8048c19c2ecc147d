/// The files that `recount programs new` begins a program with. They pass the check.
package struct ProgramSkeleton: Sendable {
  /// The bytes of each file by its name in the program's folder.
  package let files: [String: [UInt8]]

  /// The skeleton of a program with this id, which the check has yet to approve.
  package init(id: String) {
    files = [
      "program.yaml": Array(Self.program.replacing("THE-ID", with: id).utf8),
      "models/interest.yaml": Array(Self.model.utf8),
      "templates/first-email.yaml": Array(Self.template.utf8),
    ]
  }

  private static let program = """
    # yaml-language-server: $schema=../program.schema.json
    # The format is described in Projections/Programs/README.md. Try a value without editing:
    #   recount ingest FILE --set THE-ID.params.minimumValue=9000
    id: THE-ID
    title: What people call it
    class: marketing            # or transactional, security: what opt-out does to its messages

    # Numbers and texts that people tune; expressions read params.NAME.
    params:
      minimumValue: 5000        # minor units: 50.00

    # What is remembered of the customer; expressions read customer.NAME.
    features:
      customer:
        orders: {count: order.placed}
        spent: {sum: order.placed, value: event.total}

    # An event of this type is decided about, once a key and 30 days.
    trigger:
      event: product.viewed
      key: event.productId
      when: customer.status != "closed"
    dedupe: {within: 30d}

    # Asked in this order; the first that is not true rejects, and the decision says which.
    filters:
      - {id: value, pass: event.price >= params.minimumValue}
      - {id: opted-in, pass: "!customer.optedOut", again: true}     # again: also before each send
      - {id: cap, cap: {channel: email, max: 2, per: 7d}, again: true}

    # The score of models/interest.yaml: 0 to 1.
    score:
      model: interest
      features: {orders: customer.orders, price: event.price}
      fallback: 0.5             # where the model has no answer
    threshold: 0.2              # lower: below-threshold

    # The first whose "when" is true is made; expressions read offer.NAME.
    offers:
      - {when: score.value < 0.5, discount: 10}
      - {discount: 5}

    # What candidates lists while the run is on, at most three days.
    candidate: {ttl: 3d, channels: [email]}

    # These customers are left alone on purpose, so that the effect can be measured.
    holdout: {percent: 5}

    # What happens after the decision: a statechart.
    journey:
      start: waiting
      exits:
        converted: {on: order.placed, revenue: event.total}
        expired: {fromStart: 3d}
      states:
        waiting:
          after: {1h: writing}
        writing:
          send:
            - channel: email
              template: first-email
              variables: {discount: offer.discount, product: run.key}

    """

  private static let model = """
    # Points in log-odds, by judgement, until a model is fitted to outcomes.
    id: interest
    kind: scorecard
    link: logistic
    intercept: -0.5
    reasons: 2
    features:
      - name: orders
        missing: 0
        bins:
          - {to: 1, points: -0.3}
          - {from: 1, to: 5, points: 0.2}
          - {from: 5, points: 0.5}
      - name: price
        missing: 0
        bins:
          - {to: 10000, points: 0.1}
          - {from: 10000, points: -0.2}

    """

  private static let template = """
    subject: "{{discount}}% off {{product}}"
    text: |
      Hello,

      you looked at {{product}}. Today it costs {{discount}}% less.

    """
}
