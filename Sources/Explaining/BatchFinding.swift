import CBOR
import Ledger

/// What a batch found about one item: read from its slices, which have a byte for each.
package struct BatchFinding: Sendable {
  /// `batch.started`.
  package let started: NamedEvent
  /// `batch.sliced`, in which the item was screened.
  package let slice: NamedEvent
  /// The item's number in the batch.
  package let item: UInt64
  /// The item's key; nil: only the views know it, and they were not there.
  package var key: String?
  package let verdict: Verdict
  /// The rank of an item that passed, where the batch ranks.
  package var rank: Double?
  /// Position of the slice that decided it in full; nil: none has.
  package var decidedIn: UInt64?
  /// The lowest rank that was chosen so far; nil: none was.
  package var lowestChosen: Double?

  /// The number of the kind of entity that the items are; nil: customers.
  var kind: UInt32? {
    started.data.view(forKey: Field.kind)?.uint64.flatMap { UInt32(exactly: $0) }
  }

  package enum Verdict: Sendable, Equatable {
    case outside, passed, belowThreshold, duplicate, failed
    /// Rejected by a filter, with what it asks.
    case rejected(filter: String, pass: String)

    /// The word for it.
    package var word: String {
      switch self {
      case .outside: "outside"
      case .passed: "passed"
      case .belowThreshold: "below-threshold"
      case .duplicate: "duplicate"
      case .failed: "failed"
      case .rejected: "rejected"
      }
    }
  }
}

extension Explainer {
  /// What the batches of a program found about the items of a customer, in order.
  ///
  /// - Parameters:
  ///   - number: The customer's number among the subjects; nil: it is counted in the ledger.
  /// - Throws: ``ExplanationError`` for a program that the ledger does not know. Cost: the events of all
  ///   batches.
  package func batchFindings(
    about subject: String, program: String, number: UInt32? = nil
  ) throws -> [BatchFinding] {
    try require(program)
    var reader: BatchReader?
    try scan([]).forEach(from: 1) { event in
      let event = NamedEvent(event, names)
      guard event.program == program, event.event.kind == .decision else { return true }
      if reader == nil {
        let found = try number ?? self.number(of: Array(subject.utf8))
        guard let found else { return false }
        reader = BatchReader(customer: found)
      }
      reader?.take(event)
      return true
    }
    var findings = reader?.findings ?? []
    try addKeys(to: &findings, customer: subject)
    return findings
  }

  /// Adds the keys of the items.
  private func addKeys(to findings: inout [BatchFinding], customer: String) throws {
    var places: [UInt32: Set<UInt64>] = [:]
    for finding in findings {
      if let kind = finding.kind { places[kind, default: []].insert(finding.item) }
    }
    var keys: [UInt32: [UInt64: String]] = [:]
    for (kind, places) in places {
      keys[kind] = try index?.entityKeys(ofKind: kind, at: places)
    }
    for place in findings.indices {
      let finding = findings[place]
      findings[place].key = finding.kind.map { keys[$0]?[finding.item] } ?? customer
    }
  }

  /// The number of a subject: how many others came first; nil: it never came.
  private func number(of subject: [UInt8]) throws -> UInt32? {
    var seen: Set<[UInt8]> = []
    var found: UInt32?
    try ledger.forEachEvent(from: 1) { (event) -> Bool in
      let other = Array(event.record[event.subjectRange])
      if other == subject {
        found = UInt32(seen.count)
        return false
      }
      seen.insert(other)
      return true
    }
    return found
  }
}

/// Reads the events of batches, for the items of one customer.
struct BatchReader {
  let customer: UInt32
  private(set) var findings: [BatchFinding] = []
  private var started: [String: NamedEvent] = [:]

  init(customer: UInt32) {
    self.customer = customer
  }

  mutating func take(_ event: NamedEvent) {
    let batch = event.text(Field.batch)
    switch event.type {
    case EventType.batchStarted: started[batch] = event
    case EventType.batchSliced where event.text(Field.phase) == "decide": choose(event, batch)
    case EventType.batchSliced: screen(event, batch)
    default: break
    }
  }

  private mutating func screen(_ slice: NamedEvent, _ batch: String) {
    guard let start = started[batch], let verdicts = bytes(slice, Field.verdicts),
      let first = slice.data.view(forKey: Field.from)?.uint64
    else { return }
    let ranks = ranks(slice, Field.passed)
    func add(_ offset: Int) {
      let item = first + UInt64(offset)
      var finding = BatchFinding(
        started: start, slice: slice, item: item, verdict: verdict(verdicts[offset], start))
      finding.rank = ranks.first { $0.item == item }?.rank
      // Without ranks what passed is decided in full at once.
      let isRanked = start.data.view(forKey: Field.ranked)?.bool ?? false
      if finding.verdict == .passed, !isRanked { finding.decidedIn = slice.position }
      findings.append(finding)
    }
    guard start.text(Field.of) != "customers" else {
      let offset = UInt64(customer).subtractingReportingOverflow(first)
      if !offset.overflow, offset.partialValue < UInt64(verdicts.count) {
        add(Int(offset.partialValue))
      }
      return
    }
    guard let customers = bytes(slice, Field.customers) else { return }
    var place = 0
    for offset in verdicts.indices where verdicts[offset] != 0 && place + 4 <= customers.count {
      let owner = customers.rawSpan.littleEndian(at: place, as: UInt32.self)
      place += 4
      if owner == customer { add(offset) }
    }
  }

  private mutating func choose(_ slice: NamedEvent, _ batch: String) {
    let chosen = ranks(slice, Field.items)
    for index in findings.indices where findings[index].started.text(Field.batch) == batch {
      if chosen.contains(where: { $0.item == findings[index].item }) {
        findings[index].decidedIn = slice.position
      }
      if let last = chosen.last { findings[index].lowestChosen = last.rank }
    }
  }

  /// Items with their ranks: twelve bytes each.
  private func ranks(_ slice: NamedEvent, _ key: CBORKey) -> [(item: UInt64, rank: Double)] {
    guard let bytes = bytes(slice, key) else { return [] }
    return (0..<bytes.count / 12).map { index in
      let item = bytes.rawSpan.littleEndian(at: index * 12, as: UInt32.self)
      let bits = bytes.rawSpan.littleEndian(at: index * 12 + 4, as: UInt64.self)
      return (UInt64(item), Double(bitPattern: bits))
    }
  }

  private func bytes(_ event: NamedEvent, _ key: CBORKey) -> [UInt8]? {
    event.data.view(forKey: key)?.byteString
  }

  private func verdict(_ byte: UInt8, _ start: NamedEvent) -> BatchFinding.Verdict {
    switch byte {
    case 0: return .outside
    case 1: return .passed
    case 2: return .belowThreshold
    case 3: return .duplicate
    case 16...:
      var filters: [CBORView] = []
      start.data.view(forKey: Field.filters)?.forEachElement { filters.append($0) }
      guard Int(byte) - 16 < filters.count else { return .failed }
      let filter = filters[Int(byte) - 16]
      return .rejected(
        filter: filter.view(forKey: Field.id)?.string ?? "",
        pass: filter.view(forKey: "pass")?.string ?? "")
    default: return .failed
    }
  }
}
