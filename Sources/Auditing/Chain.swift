import Ledger

/// What holds between events: time, names, causes, and the ids that follow from causes. Takes the
/// blocks in order.
struct Chain: ~Copyable {
  private var recordedAt = Int64.min
  private var recent: RecentEvents
  private var emissions: EmissionCount
  /// The names given so far.
  let names = Names()

  init(_ ledger: Ledger) {
    recent = RecentEvents(ledger)
    emissions = EmissionCount(ledger)
  }

  /// Checks the headers of the next block.
  /// - Throws: Where an older event that is asked for cannot be read.
  mutating func follow(
    _ findings: BlockFindings, _ report: inout AuditReport
  ) throws(LedgerError) {
    var givenNames = findings.names[...]
    for (offset, header) in findings.headers.enumerated() {
      let position = findings.first + UInt64(offset)
      if header.recordedAt < recordedAt {
        report.add(
          Difference(
            position, "the ledger time", is: "\(header.recordedAt)",
            but: "that of the position before is \(recordedAt), and time never goes back"))
      }
      recordedAt = max(recordedAt, header.recordedAt)
      checkNumbers(header, position, &report)
      if header.cause > 0, header.cause < position {
        try checkCause(header, position, findings.haveSource[offset], &report)
      } else if !findings.haveSource[offset] {
        report.add(
          Difference(
            position, "the source", is: "missing",
            but: "an event that no other caused comes from somewhere"))
      }
      recent.append(header)
      if let given = givenNames.first, given.position == position {
        take(given, &report)
        givenNames.removeFirst()
      }
    }
  }

  private func checkNumbers(
    _ header: EventHeader, _ position: UInt64, _ report: inout AuditReport
  ) {
    if names.name(.type, header.type) == nil {
      report.add(
        Difference(
          position, "the type", is: "number \(header.type)", but: "no name was given to it before"))
    }
    if header.program != 0, names.name(.program, header.program) == nil {
      report.add(
        Difference(
          position, "the program", is: "number \(header.program)",
          but: "no name was given to it before"))
    }
  }

  private mutating func checkCause(
    _ header: EventHeader, _ position: UInt64, _ hasSource: Bool, _ report: inout AuditReport
  ) throws(LedgerError) {
    guard let cause = try recent.link(at: header.cause) else { return }
    if header.root != cause.root {
      report.add(
        Difference(
          position, "the root", is: "\(header.root)",
          but: "that of its cause \(header.cause) is \(cause.root)"))
    }
    if hasSource { return }
    let ordinal = try emissions.ordinal(
      cause: header.cause, program: header.program, at: position)
    let program = names.name(.program, header.program) ?? ""
    let id = EventID(
      emittedBecauseOf: cause.id, program: Array(program.utf8), ordinal: ordinal)
    if id != header.id {
      report.add(
        Difference(
          position, "the id", is: header.id.hex,
          but: "cause \(header.cause), program \"\(program)\" and ordinal \(ordinal) give \(id.hex)"
        ))
    }
  }

  private func take(_ given: GivenName, _ report: inout AuditReport) {
    guard let space = given.space, !given.name.isEmpty else {
      report.add(
        Difference(
          given.position, "the name given", is: "without space, number or name",
          but: "name.interned has all three"))
      return
    }
    let expected = UInt64(names.count(space) + 1)
    if given.number != expected || names.number(space, given.name) != nil {
      report.add(
        Difference(
          given.position, "the name given", is: "\(given.name), \(space.text) \(given.number)",
          but: "the next new name of a \(space.text) has the number \(expected)"))
    }
    _ = names.add(space, given.name)
  }

  /// Compares the names that events gave with the table that repeats them. The table may have
  /// later ones.
  func compare(with table: Names, end: UInt64, _ report: inout AuditReport) {
    for space in [Names.Space.type, .program] {
      for number in 1...UInt32(max(1, names.count(space))) {
        let given = names.name(space, number)
        let stored = table.name(space, number)
        guard let given, given != stored else { continue }
        report.add(
          Difference(
            end, "the table of names",
            is: "\(stored ?? "without a name") for \(space.text) \(number)",
            but: "the events call it \(given)"))
      }
    }
  }
}

extension EventID {
  /// As `init(cause:program:ordinal:)`, with the quicker hash.
  fileprivate init(emittedBecauseOf cause: EventID, program: [UInt8], ordinal: UInt32) {
    var message: [UInt8] = []
    message.reserveCapacity(21 + program.count)
    message.append(littleEndian: cause.high.byteSwapped)
    message.append(littleEndian: cause.low.byteSwapped)
    message += program
    message.append(0)
    message.append(littleEndian: ordinal)
    self.init(quicklyHashing: message)
  }
}
