import CBOR
import Ledger
import Proofs
import TestSupport

/// Events that keep every rule of the format, made by hand: names, inputs, what a policy emits in
/// reaction, timers.
struct History {
  private(set) var events: [Event] = []
  private var time: Int64 = 1_700_000_000_000_000
  private var types: UInt32 = 1
  private var programs: UInt32 = 0
  private var inputs = 0

  /// A history of at least `count` events.
  static func random(seed: UInt64, count: Int) -> History {
    var random = SplitMix64(seed: seed)
    var history = History()
    for name in ["order.placed", "decision.made", "delivery.requested", "timer.fired"] {
      history.intern("type", name)
    }
    history.intern("program", "abandoned-cart")
    while history.events.count < count {
      history.time += Int64(random.next() % 1_000)
      let input = history.input(subject: "c-\(random.next() % 50)")
      for program in 0..<history.programs where random.next() % 2 == 0 {
        for _ in 0..<random.next() % 3 { history.emit(because: input, program: program + 1) }
      }
      if random.next() % 4 == 0 {
        let place = Int(random.next() % UInt64(history.events.count))
        history.timer(because: history.events[place])
      }
      if random.next() % 100 == 0 { history.intern("program", "p\(history.programs)") }
    }
    return history
  }

  private var next: UInt64 { UInt64(events.count) + 1 }

  mutating func append(
    _ kind: EventKind, type: UInt32, cause: Event? = nil, id: EventID, program: UInt32 = 0,
    subject: String = "", source: String = "", externalID: String = "", payload: CBORValue = [:]
  ) {
    let header = EventHeader(
      kind: kind, type: type, recordedAt: time, occurredAt: time, cause: cause?.position ?? 0,
      root: cause?.header.root ?? next, id: id, program: program)
    events.append(
      Event(
        position: next, header: header, subject: Array(subject.utf8), source: Array(source.utf8),
        externalID: Array(externalID.utf8), payload: payload.encoded()))
  }

  private mutating func intern(_ space: String, _ name: String) {
    if space == "type" { types += 1 } else { programs += 1 }
    let number = space == "type" ? types : programs
    let externalID = "\(space)/\(name)/\(number)"
    append(
      .control, type: 1, id: Self.id("recount:control", externalID), source: "recount:control",
      externalID: externalID,
      payload: [
        "space": .text(space), "number": .unsigned(UInt64(number)), "name": .text(name),
      ])
  }

  @discardableResult
  private mutating func input(subject: String) -> Event {
    inputs += 1
    append(
      .input, type: 2, id: Self.id("//shop", "e\(inputs)"), subject: subject, source: "//shop",
      externalID: "e\(inputs)", payload: ["n": .unsigned(UInt64(inputs)), "text": .text("äöü")])
    return events[events.count - 1]
  }

  private mutating func emit(because cause: Event, program: UInt32) {
    let name = program == 1 ? "abandoned-cart" : "p\(program - 1)"
    let ordinal = events.count {
      $0.header.cause == cause.position && $0.header.program == program && $0.kind != .timer
    }
    append(
      ordinal == 0 ? .decision : .effect, type: ordinal == 0 ? 3 : 4, cause: cause,
      id: EventID(cause: cause.header.id, program: Array(name.utf8), ordinal: UInt32(ordinal)),
      program: program, subject: cause.subject, payload: ["program": .text(name)])
  }

  private mutating func timer(because cause: Event) {
    let externalID = "run/\(next)"
    append(
      .timer, type: 5, cause: cause, id: Self.id("recount:timer", externalID),
      subject: cause.subject, source: "recount:timer", externalID: externalID)
  }

  private static func id(_ source: String, _ externalID: String) -> EventID {
    EventID(source: Array(source.utf8), externalID: Array(externalID.utf8))
  }

  /// The tree's root by the definition.
  var root: MerkleHash { Merkle.root(events.map { Merkle.leaf($0.record.span.rawSpan) }) }

  /// Puts another event in the place of one.
  mutating func replace(_ position: UInt64, _ change: (Event) -> Event) {
    events[Int(position) - 1] = change(events[Int(position) - 1])
  }
}

extension Event {
  /// The same event with another header or other parts.
  func with(
    header change: (EventHeader) -> EventHeader = { $0 }, subject: [UInt8]? = nil,
    payload: [UInt8]? = nil
  ) -> Event {
    Event(
      position: position, header: change(header),
      subject: subject ?? Array(record[subjectRange]), source: Array(record[sourceRange]),
      externalID: Array(record[externalIDRange]), payload: payload ?? payloadBytes)
  }
}

extension EventHeader {
  func with(
    type: UInt32? = nil, recordedAt: Int64? = nil, occurredAt: Int64? = nil,
    cause: UInt64? = nil, root: UInt64? = nil, id: EventID? = nil, program: UInt32? = nil
  ) -> EventHeader {
    EventHeader(
      kind: kind, type: type ?? self.type, recordedAt: recordedAt ?? self.recordedAt,
      occurredAt: occurredAt ?? self.occurredAt, cause: cause ?? self.cause,
      root: root ?? self.root, id: id ?? self.id, program: program ?? self.program)
  }
}

/// A ledger on disk with a history in it.
struct StoredHistory {
  let directory = TemporaryDirectory()
  let history: History

  /// - Parameter hotRecords: How many records stay unsealed; nil: all.
  init(_ history: History, hotRecords: UInt64? = nil) throws {
    self.history = history
    var options = LedgerOptions()
    options.growAheadBytes = 0
    options.seals = hotRecords != nil
    options.hotRecords = hotRecords ?? 0
    options.sealingPauseMilliseconds = 1
    let ledger = try Ledger(directory: directory.path, options: options)
    var rest = history.events[...]
    while !rest.isEmpty {
      try ledger.append(Array(rest.prefix(300)))
      rest = rest.dropFirst(300)
    }
    if let hotRecords {
      let end = UInt64(history.events.count)
      let sealable = end < hotRecords ? 0 : (end - hotRecords) / 256 * 256
      while try ledger.sealedThrough < sealable {
        if let failure = ledger.sealingFailure { throw failure }
        _ = ledger.wait(past: end, milliseconds: 2)
      }
    }
    ledger.close()
  }

  /// Opens it to read.
  func read<Result>(_ body: (Ledger) throws -> Result) throws -> Result {
    var options = LedgerOptions()
    options.readOnly = true
    let ledger = try Ledger(directory: directory.path, options: options)
    defer { ledger.close() }
    return try body(ledger)
  }
}
