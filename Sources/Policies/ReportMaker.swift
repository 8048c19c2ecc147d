import Batches
import Binding
import CBOR
import CivilTime
import Engine
import Expressions
import Facts
import Features
import Ledger
import Programs

/// Makes the next part of a report, or all of it: looks at its items one by one, and keeps the best.
struct ReportMaker {
  /// Bytes of rows that one event holds, so that it keeps the bound of payloads.
  static let rowBytes = Limits.payloadBytes - 8_192

  let context: FoldContext
  let scope: Scope
  let features: Features
  let reports: Reports
  let binding: ProgramBinding
  /// The timer.
  let event: Event
  /// Items that one part looks at.
  let partItems: UInt64

  /// The event that the timer brings about.
  func emission() -> Emission? {
    let data = event.payload
    let id = data.text("report")
    guard let report = binding.program.reports.first(where: { $0.id == id }),
      let row = reports.row(binding.program.id, id)
    else { return nil }
    let due = (try? RFC3339.microseconds(parsing: data.text(Field.due))) ?? event.recordedAt
    if data.view(forKey: "next") != nil {
      return part(report, due: row.madeDue, from: row.next, through: row.end, row.lines, row.found)
    }
    if row.isBeingMade { return skipped(report, due, "running") }
    let isMissed = event.recordedAt - due > BatchStart.missedAfterMicroseconds
    if isMissed, report.schedule.missed == .none { return skipped(report, due, "missed") }
    return part(report, due: due, from: 0, through: end(report), [], 0)
  }

  private func end(_ report: Program.Report) -> UInt64 {
    guard report.entity != nil else { return UInt64(context.subjects.count) }
    return UInt64(kind(of: report).map { features.entityCount(kind: $0) } ?? 0)
  }

  /// The kind of entity that a report is about; nil: customers.
  private func kind(of report: Program.Report) -> UInt32? {
    report.entity.flatMap { features.kind(of: binding.program.entities[$0]) }
  }

  private func skipped(_ report: Program.Report, _ due: Int64, _ reason: String) -> Emission {
    emission(EventType.reportSkipped, report, due, [("reason", .text(reason))])
  }

  private func part(
    _ report: Program.Report, due: Int64, from first: UInt64, through end: UInt64,
    _ earlier: [ReportLine], _ count: UInt64
  ) -> Emission {
    let kind = kind(of: report)
    let next = min(end, first + partItems)
    var lines: [(line: ReportLine, item: UInt64)] = []
    for item in first..<next {
      if let line = line(of: item, report, kind) { lines.append((line, item)) }
    }
    lines.sort { $0.line.rank != $1.line.rank ? $0.line.rank > $1.line.rank : $0.item < $1.item }
    let found = count + UInt64(lines.count)
    let best = Self.fitting(
      ReportLine.best(earlier, lines.map(\.line), limit: report.limit))
    var fields: [(String, CBORValue)] = [
      ("of", .text(report.entity.map { binding.program.entities[$0].name } ?? "customers")),
      ("items", .unsigned(end)), ("found", .unsigned(found)),
      ("rows", .array(best.map { CBORView(storage: $0.data).value })),
    ]
    guard next < end else {
      fields.append(("leftOut", .unsigned(found - UInt64(best.count))))
      return emission(EventType.reportMade, report, due, fields)
    }
    fields.append(("ranks", .array(best.map { .double($0.rank) })))
    fields.append(("next", .unsigned(next)))
    return emission(EventType.reportSliced, report, due, fields)
  }

  /// The first lines, as many as one event holds.
  private static func fitting(_ lines: [ReportLine]) -> [ReportLine] {
    var bytes = 0
    return Array(
      lines.prefix { line in
        bytes += line.data.count + 9
        return bytes <= rowBytes
      })
  }

  /// What is told of an item; nil: it is not told of.
  private func line(
    of item: UInt64, _ report: Program.Report, _ kind: UInt32?
  ) -> ReportLine? {
    if let kind {
      let key = features.key(ofEntity: features.entity(kind: kind, at: Int(item)))
      scope.begin(reportItem: key, binding, timer: event, customer: 0, now: event.recordedAt)
    } else {
      // Number 0 is the empty subject, of events about nobody.
      guard item > 0 else { return nil }
      let customer = UInt32(item)
      scope.begin(
        reportItem: context.subjects.text(of: customer), binding, timer: event, customer: customer,
        now: event.recordedAt)
    }
    guard scope.holds(report.filter) else { return nil }
    var rank = 0.0
    if let expression = report.rank {
      guard let value = scope.optional(expression)?.number, !value.isNaN else { return nil }
      rank = value
    }
    let data = report.data.map { ($0.name, (scope.optional($0.value) ?? .null).cborValue) }
    return ReportLine(rank: rank, data: CBORValue.object(data).encoded())
  }

  private func emission(
    _ type: String, _ report: Program.Report, _ due: Int64, _ fields: [(String, CBORValue)]
  ) -> Emission {
    let identity: [(String, CBORValue)] = [
      ("program", .text(binding.program.id)), ("version", .text(binding.version)),
      ("report", .text(report.id)), ("due", .time(due)),
    ]
    return Emission(
      kind: .decision, type: type, program: binding.program.id, subject: [],
      payload: CBORValue.object(identity + fields).encoded())
  }
}
