import Programs

/// Programs with populations, as small as they can be.
enum BatchPrograms {
  /// A program from its text, with a template `note`.
  static func program(
    _ text: String, _ overrides: [ProgramOverride] = []
  ) throws(ProgramProblems) -> Program {
    let files = [
      "program.yaml": text, "templates/note.yaml": "subject: Hello\ntext: \"{{why}}\"\n",
    ]
    do {
      return try Program(
        body: ProgramBody(files: files.mapValues { Array($0.utf8) }), overrides: overrides)
    } catch let problems as ProgramProblems {
      throw problems
    } catch {
      preconditionFailure("\(error)")
    }
  }

  /// Customers who have spent something, every Monday, without a rank: one phase.
  static let weekly = """
    id: weekly
    title: Weekly
    features:
      customer:
        spent: {sum: order.placed, value: event.total, default: 0}
    schedule: {cron: "0 2 * * MON"}
    population:
      of: customers
      where: customer.spent > 0
      data: {spent: customer.spent, twice: customer.spent * 2}
    dedupe: {within: 20d}
    filters:
      - {id: trust, pass: customer.status == "active"}
      - {id: worth, pass: event.spent >= 100 && event.twice == 2 * event.spent}
      - {id: opted, pass: "!customer.optedOut"}
    candidate: {ttl: 3d, item: '"offer"'}
    journey:
      set: {spent: event.spent}
      start: offering
      exits:
        bought: {on: order.placed, revenue: event.total}
        expired: {fromStart: 3d}
      states:
        offering: {after: {8h: mailed}}
        mailed:
          send: {channel: email, template: note, variables: {why: string(run.spent)}}

    """

  /// The orders of yesterday, ranked, at most so many, one a customer.
  static let ranked = """
    id: ranked
    title: Ranked
    params: {most: 3}
    entities:
      order: {key: event.orderId}
    features:
      order:
        owner: {last: order.placed, value: event.subject, including: current}
        total: {last: order.placed, value: event.total, default: 0, including: current}
        late: {last: order.delivered, value: event.late, default: false}
    schedule: {cron: "0 3 * * *"}
    population:
      of: order
      customer: order(key).owner
      where: order(key).late
      data: {orderId: key, total: order(key).total}
      key: key
      rank: event.total
      limit: params.most
      perCustomer: 1
    dedupe: {within: 30d}
    filters:
      - {id: trust, pass: customer.status == "active"}
      - {id: worth, pass: event.total >= 10}
    journey:
      start: told
      exits:
        done: {}
      states:
        told:
          send: {channel: email, template: note, variables: {why: event.orderId}}
          after: {1d: done}

    """
}
