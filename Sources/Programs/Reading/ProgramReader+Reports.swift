internal import Expressions

extension ProgramReader {
  /// `reports`.
  func reports(_ node: YAMLNode?, _ body: ProgramBody) -> [Program.Report] {
    guard let node, !node.isNull else { return [] }
    var reports: [Program.Report] = []
    for element in elements(node, "reports", limit: ProgramLimits.reports) {
      guard let report = report(element, body) else { continue }
      if reports.contains(where: { $0.id == report.id }) {
        self.report(element.place, "the report \"\(report.id)\" stands twice", mend: "rename one")
      }
      reports.append(report)
    }
    return reports
  }

  private func report(_ node: YAMLNode, _ body: ProgramBody) -> Program.Report? {
    guard let fields = fields(node, "a report", ProgramFormat.report) else { return nil }
    let id = name(fields["id"], "the id of a report")
    let what = "report \"\(id)\""
    let of = text(fields["of"], "\"of\" of \(what)")
    let entity = entities.firstIndex { $0.name == of }
    if entity == nil, of != "customers", let place = fields["of"]?.place {
      self.report(
        place, "\(what) is of \"\(of)\", which is no entity",
        mend: NearestName.mend(for: of, among: ["customers"] + entities.map(\.name)))
    }
    let scope = Scope.report(ofCustomers: entity == nil)
    let data = namedExpressions(
      fields["data"], "the data of \(what)", scope, limit: ProgramLimits.parameters)
    if data.isEmpty, let place = fields["data"]?.place {
      self.report(place, "\(what) tells nothing of its items", mend: "add data")
    }
    let filter = optionalExpression(fields["where"], "\"where\" of \(what)", scope, .guardian)
    let rank = optionalExpression(fields["rank"], "the rank of \(what)", scope, .number)
    let limit = fields["limit"].map {
      integer($0, "the limit of \(what)", in: 1...ProgramLimits.reportRows)
    }
    guard let schedule = schedule(fields["schedule"], body) else { return nil }
    if schedule.usesLedgerZone, let place = fields["schedule"]?.place {
      self.report(
        place, "the schedule of \(what) goes by \(schedule.timeZone), whose rules the folder lacks",
        mend: "copy them to zones/\(schedule.timeZone), or use UTC")
    }
    return Program.Report(
      id: id, schedule: schedule, entity: entity, filter: filter, data: data, rank: rank,
      limit: limit ?? ProgramLimits.usualReportRows)
  }
}
