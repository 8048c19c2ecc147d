import Auditing
import CBOR
import Ledger
import Proofs
import TestSupport
import Testing

@Suite("Walking a ledger")
struct LedgerAuditTests {
  @Test(
    "A ledger that keeps the rules shows no difference, sealed or not, and has the tree's root",
    arguments: [
      (0, nil), (1, nil), (255, nil), (256, 0), (257, 0), (1_500, nil), (1_500, 0), (3_000, 700),
    ] as [(Int, UInt64?)])
  func whole(count: Int, hot: UInt64?) throws {
    let history = count == 0 ? History() : History.random(seed: UInt64(count), count: count)
    let stored = try StoredHistory(history, hotRecords: hot)
    let report = try stored.read { try LedgerAudit($0).run() }
    #expect(report.differences == [])
    #expect(report.differenceCount == 0)
    #expect(report.events == UInt64(history.events.count))
    #expect(report.size == report.events)
    #expect(report.root == history.root)
  }

  @Test("Random histories show no difference", arguments: 0..<12 as Range<UInt64>)
  func random(seed: UInt64) throws {
    let history = History.random(seed: seed, count: 900)
    let stored = try StoredHistory(history, hotRecords: seed % 3 == 0 ? nil : 100 * seed)
    #expect(try stored.read { try LedgerAudit($0).run() }.differences == [])
  }

  /// One way in which a record can be wrong.
  enum Fault: CaseIterable, CustomTestStringConvertible {
    case id, emittedID, root, rootOfFirst, cause, type, program, occurrence, subject, payload
    case payloadNoMap

    var testDescription: String { "\(self)" }

    var what: String {
      switch self {
      case .id, .emittedID: "the id"
      case .root, .rootOfFirst: "the root"
      case .cause: "the cause"
      case .type: "the type"
      case .program: "the program"
      case .occurrence: "the time of occurrence"
      case .subject: "the subject"
      case .payload, .payloadNoMap: "the payload"
      }
    }

    /// What the event must be for the fault to be one.
    func fits(_ event: Event) -> Bool {
      switch self {
      case .id, .rootOfFirst: event.kind == .input
      case .type, .program: event.kind == .input
      case .emittedID, .root, .occurrence: event.kind == .decision
      case .cause, .subject, .payload, .payloadNoMap: event.kind == .effect
      }
    }

    func spoil(_ event: Event) -> Event {
      switch self {
      case .id, .emittedID:
        event.with { $0.with(id: EventID(high: $0.id.high ^ 1, low: $0.id.low)) }
      case .root, .rootOfFirst: event.with { $0.with(root: $0.root - 1) }
      case .cause: event.with { $0.with(cause: event.position + 1) }
      case .type: event.with { $0.with(type: 6) }
      case .program: event.with { $0.with(program: 60_000) }
      case .occurrence: event.with { $0.with(occurredAt: $0.occurredAt - 1) }
      case .subject: event.with(subject: [0x63, 0x80])
      case .payload: event.with(payload: [0xa1, 0x61, 0x6e, 0x18, 0x01])
      case .payloadNoMap: event.with(payload: [0x80])
      }
    }
  }

  @Test("A record that is wrong is named with both sides", arguments: Fault.allCases, [nil, 0])
  func fault(fault: Fault, hot: UInt64?) throws {
    var history = History.random(seed: 5, count: 800)
    // Behind the first block, and before the last one.
    let spoilt = try #require(
      history.events.first { $0.position > 300 && fault.fits($0) }?.position)
    history.replace(spoilt) { fault.spoil($0) }
    let stored = try StoredHistory(history, hotRecords: hot)
    let report = try stored.read { try LedgerAudit($0).run() }
    let first = try #require(report.differences.first { $0.position == spoilt })
    #expect(first.what == fault.what)
    #expect(first.stored != first.expected)
    #expect("\(first)".hasPrefix("position \(spoilt): \(fault.what) is "))
    // The walk goes on, and the tree is that of what is there.
    #expect(report.events == UInt64(history.events.count))
    #expect(report.root == history.root)
  }

  @Test("A name given twice, or out of turn, is a difference")
  func names() throws {
    var history = History.random(seed: 6, count: 40)
    for payload: CBORValue in [
      ["space": "type", "number": 2, "name": "late"],
      ["space": "type", "number": 6, "name": "order.placed"],
    ] {
      let externalID = "x\(history.events.count)"
      history.append(
        .control, type: 1,
        id: EventID(source: Array("s".utf8), externalID: Array(externalID.utf8)), source: "s",
        externalID: externalID, payload: payload)
    }
    let stored = try StoredHistory(history)
    let report = try stored.read { try LedgerAudit($0).run() }
    let found = report.differences.filter { $0.what == "the name given" }
    #expect(
      found.map(\.position) == [UInt64(history.events.count) - 1, UInt64(history.events.count)])
  }

  @Test("Many differences are counted, and the first twenty kept")
  func many() throws {
    var history = History.random(seed: 7, count: 600)
    let inputs = history.events.filter { $0.kind == .input }.map(\.position)
    for position in inputs { history.replace(position) { LedgerAuditTests.Fault.id.spoil($0) } }
    let stored = try StoredHistory(history)
    let report = try stored.read { try LedgerAudit($0).run() }
    // What was emitted in reaction has ids that follow from the right ones.
    #expect(report.differenceCount > inputs.count)
    #expect(report.differences.count == AuditReport.keptDifferences)
    #expect(report.differences.first?.position == inputs.first)
  }

  @Test("An emission whose cause comes back later is counted on", arguments: [false, true])
  func returningCause(isWrong: Bool) throws {
    var history = History.random(seed: 8, count: 500)
    let old = try #require(history.events.last { $0.kind == .decision && $0.position < 200 })
    let cause = history.events[Int(old.header.cause) - 1]
    let earlier = history.events.count {
      $0.header.cause == cause.position && $0.header.program == 1 && $0.kind != .timer
    }
    for ordinal in 0..<3 {
      let number = UInt32(earlier + ordinal + (isWrong && ordinal == 1 ? 1 : 0))
      history.append(
        .decision, type: 3, cause: cause,
        id: EventID(
          cause: cause.header.id, program: Array("abandoned-cart".utf8), ordinal: number),
        program: 1)
    }
    let stored = try StoredHistory(history)
    let report = try stored.read { try LedgerAudit($0).run() }
    let wrong = report.differences.map(\.position)
    #expect(wrong == (isWrong ? [UInt64(history.events.count) - 1] : []))
  }

  @Test("Progress is told in order, to the end")
  func progress() throws {
    let stored = try StoredHistory(History.random(seed: 9, count: 1_000), hotRecords: 300)
    var told: [UInt64] = []
    let report = try stored.read { try LedgerAudit($0).run { told.append($0) } }
    #expect(told == told.sorted())
    #expect(told.last == report.size)
  }
}
