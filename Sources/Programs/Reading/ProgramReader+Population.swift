internal import CivilTime
internal import Expressions

extension ProgramReader {
  /// `schedule`.
  func schedule(_ node: YAMLNode?, _ body: ProgramBody) -> Program.Schedule? {
    guard let node else { return nil }
    let fields = fields(node, "the schedule", ProgramFormat.schedule)
    let zoneName = fields?["timeZone"].map { self.zoneName($0, "the schedule's timeZone") } ?? "UTC"
    let missed = choice(
      fields?["missed"], "\"missed\" of the schedule", default: Program.MissedMoment.once)
    guard let cron = fields?["cron"].flatMap(cron) else { return nil }
    return Program.Schedule(
      cron: cron, timeZone: zoneName,
      zone: zone(zoneName, body), missed: missed)
  }

  private func cron(_ node: YAMLNode) -> CronExpression? {
    do {
      return try CronExpression(parsing: text(node, "the schedule's cron"))
    } catch {
      report(
        node.place, "\(error)",
        mend: "write minute hour day month weekday, such as \"0 2 * * MON\" or \"0 2 * * 1#1\"")
      return nil
    }
  }

  /// The rules of a zone that are part of the program; nil: UTC, or the zone goes by the ledger's,
  /// which activating the program sees to. No machine's own enter a decision.
  private func zone(_ name: String, _ body: ProgramBody) -> TimeZoneTable? {
    if name == "UTC" { return nil }
    usedZones.insert(name)
    guard let bytes = body.files["zones/\(name)"] else {
      usesTimeZones = true
      return nil
    }
    do {
      return try TimeZoneTable(tzif: bytes)
    } catch {
      report(
        Place(file: "zones/\(name)", line: 1, column: 1), "\(error)",
        mend: "copy it anew from /usr/share/zoneinfo/\(name)")
      return nil
    }
  }

  /// Whether a file holds the rules of a zone that the program names.
  func isUsedZone(_ file: String) -> Bool {
    file.hasPrefix("zones/") && usedZones.contains(String(file.dropFirst(6)))
  }

  /// `population`.
  func population(_ node: YAMLNode?) -> Program.Population? {
    guard let node else { return nil }
    let fields = fields(node, "the population", ProgramFormat.population)
    let of = text(fields?["of"], "\"of\" of the population")
    let entity = entities.firstIndex { $0.name == of }
    if entity == nil, of != "customers", let place = fields?["of"]?.place {
      report(
        place, "the population is of \"\(of)\", which is no entity",
        mend: NearestName.mend(for: of, among: ["customers"] + entities.map(\.name)))
    }
    if entity != nil, fields?["customer"] == nil {
      report(
        node.place, "the population of \"\(of)\" does not say whose an item is",
        mend: "add customer, such as customer: \(of)(key).customer")
    } else if entity == nil, of == "customers", let customer = fields?["customer"] {
      report(
        customer.place, "a population of customers needs no \"customer\"", mend: "remove it")
    }
    return Program.Population(
      entity: entity, since: lookBack(fields?["since"], isOfCustomers: of == "customers"),
      customer: optionalExpression(
        fields?["customer"], "the customer of the population", .item, .address),
      key: optionalExpression(fields?["key"], "the key of the population", .population, .key),
      filter: optionalExpression(
        fields?["where"], "\"where\" of the population", .population, .guardian),
      data: namedExpressions(
        fields?["data"], "the data of the population", .population,
        limit: ProgramLimits.parameters),
      rank: optionalExpression(fields?["rank"], "the rank of the population", .offer, .number),
      limit: optionalExpression(fields?["limit"], "the limit of the population", .batch, .number),
      perCustomer: fields?["perCustomer"].map {
        integer($0, "\"perCustomer\" of the population", in: 1...ProgramLimits.keptValues)
      })
  }

  /// How far a population of an entity looks back.
  private func lookBack(_ node: YAMLNode?, isOfCustomers: Bool) -> Int64? {
    guard let node else { return nil }
    if isOfCustomers {
      report(
        node.place, "a population of customers does not look back with \"since\"",
        mend: "remove it, and say in \"where\" what the customers have done lately")
    }
    let since = duration(node, "\"since\" of the population")
    if since > ProgramLimits.lookBackMicroseconds {
      report(
        node.place, "\"since\" of the population is longer than 31d",
        mend: "shorten it, or remove it and have all keys looked at")
    }
    return since
  }

  /// What starts runs: a trigger, a schedule, or both.
  func checkStart(_ top: Fields) {
    let trigger = top["trigger"]
    if trigger == nil, top["schedule"] == nil {
      report(
        top.place, "the program has neither \"trigger\" nor \"schedule\"", mend: "add one of them")
    }
    if let schedule = top["schedule"], top["population"] == nil {
      report(
        schedule.place, "the schedule starts no population",
        mend: "say with \"population\" whom it is about, such as population: {of: customers}")
    }
    if let trigger, trigger.entries != nil, trigger["key"] == nil, top["population"] == nil {
      report(trigger.place, "the trigger has no \"key\"", mend: "add it")
    }
    if let population = top["population"], top["schedule"] == nil, trigger?["key"] != nil {
      report(
        population.place, "nothing starts the population",
        mend: "add a schedule, or remove the trigger's \"key\" (a population has its own)")
    }
  }
}
