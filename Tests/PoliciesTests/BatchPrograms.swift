import Programs

/// Programs with populations, as small as they can be.
enum BatchPrograms {
  /// A program from its text, with a template `note`.
  static func program(
    _ text: String, _ overrides: [ProgramOverride] = [], files more: [String: [UInt8]] = [:]
  ) throws(ProgramProblems) -> Program {
    let files = [
      "program.yaml": text, "templates/note.yaml": "subject: Hello\ntext: \"{{why}}\"\n",
    ]
    do {
      return try Program(
        body: ProgramBody(files: files.mapValues { Array($0.utf8) }.merging(more) { $1 }),
        overrides: overrides)
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

  /// Wishes for a product that is there again, the heaviest first, as many as there are pieces.
  static let restocked = """
    id: restocked
    title: Restocked
    entities:
      wish: {key: event.wishId}
    features:
      wish:
        owner: {last: wish.added, value: event.subject}
        product: {last: wish.added, value: event.productId, default: ""}
        weight: {last: wish.added, value: event.weight, default: 0}
    trigger: {event: product.restocked, when: "!has(event.quantity) || event.quantity > 0"}
    population:
      of: wish
      customer: wish(key).owner
      where: wish(key).product == event.productId
      data: {wishId: key, weight: wish(key).weight}
      key: key + "@" + event.productId
      rank: event.weight
      limit: event.quantity
    filters:
      - {id: trust, pass: customer.status == "active" && event.productId == "lamp"}
    journey:
      set: {wish: event.wishId, product: event.productId}
      start: told
      exits: {done: {}}
      states:
        told:
          send: {channel: email, template: note, variables: {why: run.wish + run.product}}
          after: {1h: done}

    """

  /// Pages of random histories, ranked, at most so many, for whoever read them last.
  static let sweep = """
    id: sweep
    title: Sweep
    entities:
      page: {key: event.page}
    features:
      customer:
        views: {count: page.viewed, window: 2d}
      page:
        reader: {last: page.viewed, value: event.subject, including: current}
        longest: {max: page.viewed, value: event.seconds, default: 0}
    schedule: {cron: "17 */7 * * *", timeZone: America/New_York, missed: once}
    population:
      of: page
      since: 20h
      customer: page(key).reader
      where: page(key).longest > 10
      data: {page: key, longest: page(key).longest}
      key: key
      rank: event.longest
      limit: 2
      perCustomer: 1
    dedupe: {within: 9h}
    filters:
      - {id: trust, pass: customer.status == "active"}
      - {id: reads, pass: "customer.views > 0 && !run.active"}
    holdout: {percent: 20}
    journey:
      start: told
      # What other readers of the page do.
      watch: {page: run.key}
      on:
        page.left: {set: {leftBy: event.subject}}
      exits:
        seen: {on: page.pinged}
        done: {}
      states:
        told:
          send: {channel: email, template: note, variables: {why: event.page}}
          after: {2h: done}

    """

  /// Customers of random histories, whenever one looks at a cart; in one phase.
  static let flash = """
    id: flash
    title: Flash
    features:
      customer:
        changes: {count: account.changed}
    trigger: {event: cart.viewed, when: has(event.cartId)}
    population:
      of: customers
      where: customer.changes > 0
      data: {changes: customer.changes}
    dedupe: {within: 30m}
    filters:
      - {id: trust, pass: customer.status == "active"}
      - {id: few, pass: event.changes < 6}
      - {id: cap, cap: {channel: sms, max: 3, per: 4h}, again: true}
    journey:
      set: {cart: event.cartId}
      start: told
      exits: {done: {}}
      states:
        told:
          send: {channel: sms, template: note, variables: {why: run.cart}}
          after: {1h: done}

    """
}
