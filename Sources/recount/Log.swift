import ArgumentParser
import CBOR
import CivilTime
import Explaining
import Host
import JSON
import Ledger

/// `recount log`.
struct Log: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print the events of the ledger, in order.",
    discussion: """
      With --json one object a line: position, kind, type, subject, source, id, program, \
      recordedAt, occurredAt, cause, root, data.
      """)

  @OptionGroup var data: DataOptions
  @Option(help: "Only events of this type, such as decision.made; may be given several times.")
  var type: [String] = []
  @Option(help: "Only this kind: input, decision, timer, effect, outcome or control.")
  var kind: String?
  @Option(help: "Only events about this subject, usually a customer id.")
  var subject: String?
  @Option(help: "Only events of this program.")
  var program: String?
  @Option(help: "First position.")
  var from: UInt64 = 1
  @Option(help: "Last position.")
  var to: UInt64?
  @Option(help: "How many events at most.")
  var limit: Int?

  func validate() throws {
    if let kind, EventKind(name: kind) == nil {
      throw ValidationError(
        "there is no kind \"\(kind)\": it is one of "
          + EventKind.allCases.map(\.name).joined(separator: ", "))
    }
    if let to, to < from { throw ValidationError("--from \(from) is after --to \(to)") }
    if let limit, limit < 0 { throw ValidationError("--limit must not be negative") }
  }

  func run() throws {
    try DirectoryLock.requireLedger(directory: data.data)
    var options = LedgerOptions()
    options.readOnly = true
    let ledger = try Ledger(directory: data.data + "/ledger", options: options)
    defer { ledger.close() }
    let names = try ledger.names()
    noteUnknown(names)
    let wanted = EventFilter(
      types: Set(type.compactMap { names.number(.type, $0) }), filtersTypes: !type.isEmpty,
      kind: kind.flatMap { EventKind(name: $0) }, subject: subject.map { Array($0.utf8) },
      program: program.map { names.number(.program, $0) ?? .max })
    var rest = limit ?? .max
    var printer = EventPrinter(names: names, json: data.json)
    guard rest > 0 else { return }
    let take: (Event) -> Bool = { event in
      guard wanted.matches(event) else { return true }
      printer.print(event)
      rest -= 1
      return rest > 0
    }
    if let subject = wanted.subject {
      let index = SubjectIndexFile(data: data.data)
      defer { index.close() }
      try SubjectScan(ledger, subject: subject, index: index.index)
        .forEach(from: from, through: to, take)
    } else {
      try ledger.forEachEvent(from: from, through: to, take)
    }
    printer.flush()
  }
}

extension Log {
  /// Tells of names that no event has: an empty answer may be a misspelt question.
  private func noteUnknown(_ names: Names) {
    let types = (1...names.count(.type)).compactMap { names.name(.type, UInt32($0)) }
    for name in type where names.number(.type, name) == nil {
      Output.note("no event has the type \"\(name)\"\(Self.hint(name, types))")
    }
    if let program, names.number(.program, program) == nil {
      Output.note(
        "no event has the program \"\(program)\"\(Self.hint(program, names.programs))")
    }
  }

  private static func hint(_ name: String, _ known: [String]) -> String {
    NearName.nearest(to: name, among: known).map { ": did you mean \($0)?" } ?? ""
  }
}

/// Which events are wanted.
struct EventFilter {
  var types: Set<UInt32>
  var filtersTypes: Bool
  var kind: EventKind?
  var subject: [UInt8]?
  var program: UInt32?

  func matches(_ event: Event) -> Bool {
    if filtersTypes && !types.contains(event.type) { return false }
    if let kind, event.kind != kind { return false }
    if let program, event.header.program != program { return false }
    if let subject {
      return event.record.rawSpan.matches(event.subjectRange, subject.rawSpan)
    }
    return true
  }
}

/// Prints events, as JSON lines or for people.
struct EventPrinter {
  let names: Names
  let json: Bool
  private var writer = JSONWriter()

  init(names: Names, json: Bool) {
    self.names = names
    self.json = json
  }

  mutating func print(_ event: Event) {
    if json {
      write(event)
      writer.newline()
    } else {
      Output.line(text(event))
    }
    if writer.bytes.count > 1 << 16 { flush() }
  }

  mutating func flush() {
    Output.write(writer.bytes, to: 1)
    writer.removeAll()
  }

  private mutating func write(_ event: Event) {
    let header = event.header
    let externalID = event.externalID
    let names = names
    writer.object { object in
      object.field("position", event.position)
      object.field("kind", event.kind.name)
      object.field("type", names.name(.type, event.type) ?? "")
      object.field("subject", event.subject)
      object.field("source", event.source)
      object.field("id", externalID.isEmpty ? header.id.hex : externalID)
      object.field("program", names.name(.program, header.program) ?? "")
      object.field("recordedAt", RFC3339.string(microseconds: header.recordedAt))
      object.field("occurredAt", RFC3339.string(microseconds: header.occurredAt))
      object.field("cause", header.cause)
      object.field("root", header.root)
      object.field("data", event.payload)
    }
  }

  private func text(_ event: Event) -> String {
    let type = names.name(.type, event.type) ?? "?"
    let program = names.name(.program, event.header.program).map { " [\($0)]" } ?? ""
    return "\(event.position)  \(RFC3339.string(microseconds: event.recordedAt))  "
      + "\(event.kind.name) \(type)\(program)  \(event.subject)  \(shown(event.payload.value).diagnostic)"
  }

  /// A batch's slice without its bytes: how many there are.
  private func shown(_ value: CBORValue) -> CBORValue {
    guard let entries = value.entries else { return value }
    return .object(
      entries.map { entry in
        let bytes = entry.value.byteString
        return (entry.key.string ?? "", bytes.map { .text("\($0.count) bytes") } ?? entry.value)
      })
  }
}
