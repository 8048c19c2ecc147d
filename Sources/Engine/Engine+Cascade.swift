import CBOR
import CivilTime
import Ledger

extension Engine {
  /// Projects each event of the turn that was not yet, lets the policies react, and goes on with
  /// what they emitted, in order. Emissions beyond the depth limit are refused, each by a decision
  /// to which nobody reacts.
  func cascade() {
    while cursor < pending.count {
      let event = pending[cursor]
      let depth = depths[cursor]
      cursor += 1
      bySubject.insert(event)
      let subject = subjectNumber(of: event)
      let shown = project(event, subject)
      emissions.removeAll()
      if Int(depth) <= Limits.cascadeDepth {
        for policy in policies {
          policy.react(to: event, subject: subject, emitting: &emissions)
        }
      }
      for index in shown { projections[index].settle(event, subject: subject) }
      if !emissions.list.isEmpty { append(emissions.list, causedBy: event, depth: depth) }
    }
  }

  /// Shows the event to the projections that it concerns.
  /// - Returns: Which they are.
  func project(_ event: Event, _ subject: UInt32) -> [Int] {
    let indexes = concernedIndexes(type: event.type)
    for index in indexes { projections[index].project(event, subject: subject) }
    noteChangedConcerns()
    return indexes
  }

  /// Asks all projections anew where one of them has changed what concerns it.
  func noteChangedConcerns() {
    guard context.concernsChanged else { return }
    context.concernsChanged = false
    concerned.removeAll(keepingCapacity: true)
  }

  /// The number of the event's subject; events without one share number 0, the empty subject.
  func subjectNumber(of event: Event) -> UInt32 {
    context.subjects.intern(event.record, in: event.subjectRange)
  }

  /// The projections that are shown events of this type.
  func concernedIndexes(type: UInt32) -> [Int] {
    let index = Int(type)
    while concerned.count <= index { concerned.append(nil) }
    if let known = concerned[index] { return known }
    let name = context.names.name(.type, type) ?? ""
    let found = projections.indices.filter { projections[$0].concerns(type: name) }
    concerned[index] = found
    return found
  }

  private func append(_ list: [Emission], causedBy cause: Event, depth: UInt8) {
    // The slices of sliced work, and their steps, have the first ordinals of these causes.
    let first = isPartOfWork(cause) ? Self.firstReaction : 0
    var ordinals: [String: UInt32] = [:]
    if first > 0 {
      for emission in list { ordinals[emission.program] = first }
    }
    append(list, causedBy: cause, depth: depth, ordinals: &ordinals)
  }

  /// The ordinal of the first reaction to an event that begins sliced work, or is a slice of it.
  private static let firstReaction: UInt32 = 1 << 24

  private func isPartOfWork(_ event: Event) -> Bool {
    guard event.kind == .decision, let type = context.names.name(.type, event.type) else {
      return false
    }
    return type == EventType.batchStarted || type == EventType.batchSliced
  }

  /// - Parameter ordinals: By program, how much `cause` has caused already.
  func append(
    _ list: [Emission], causedBy cause: Event, depth: UInt8, ordinals: inout [String: UInt32]
  ) {
    for emission in list {
      let ordinal = ordinals[emission.program, default: 0]
      ordinals[emission.program] = ordinal + 1
      if Int(depth) < Limits.cascadeDepth {
        append(emission, causedBy: cause, ordinal: ordinal, depth: depth + 1)
      } else {
        append(
          Self.refusal(of: emission, cause), causedBy: cause, ordinal: ordinal,
          depth: depth + 1)
      }
    }
  }

  /// The decision that an emission beyond the depth limit is refused with.
  private static func refusal(of emission: Emission, _ cause: Event) -> Emission {
    let payload: CBORValue = [
      "program": .text(emission.program), "trigger": .unsigned(cause.position),
      "outcome": "failed", "reason": "cascade-depth", "refused": .text(emission.type),
    ]
    return Emission(
      kind: .decision, type: EventType.decisionMade, program: emission.program,
      subject: emission.subject, payload: payload.encoded())
  }

  func append(
    _ emission: Emission, causedBy cause: Event, ordinal: UInt32, depth: UInt8
  ) {
    let type = typeNumber(of: emission.type)
    let program = emission.program.isEmpty ? 0 : programNumber(of: emission.program)
    let id = EventID(
      cause: cause.header.id, program: Array(emission.program.utf8), ordinal: ordinal)
    // The cause's own time, but for slices of work that began earlier.
    let time = ledgerTime
    append(
      header: { _ in
        EventHeader(
          kind: emission.kind, type: type, recordedAt: time, occurredAt: time,
          cause: cause.position, root: cause.header.root, id: id, program: program)
      }, subject: emission.subject, source: [], externalID: [], payload: emission.payload,
      depth: depth)
  }

  /// Gives an event the next position and puts it into the turn.
  func append(
    header: (UInt64) -> EventHeader, subject: [UInt8], source: [UInt8], externalID: [UInt8],
    payload: [UInt8], depth: UInt8
  ) {
    position += 1
    let event = Event(
      position: position, header: header(position), subject: subject, source: source,
      externalID: externalID, payload: payload)
    ledgerTime = max(ledgerTime, event.recordedAt)
    if isDecision(event) { decisionCount += 1 }
    if event.kind == .effect { requested.append(event) }
    pending.append(event)
    depths.append(depth)
  }

  // MARK: - Names

  /// The number of a type, given by a control event where it is new.
  func typeNumber(of name: String) -> UInt32 {
    context.names.number(.type, name) ?? intern(.type, name)
  }

  /// The number of a program, given by a control event where it is new.
  func programNumber(of name: String) -> UInt32 {
    context.names.number(.program, name) ?? intern(.program, name)
  }

  private func intern(_ space: Names.Space, _ name: String) -> UInt32 {
    let number = context.names.add(space, name)
    appendControl(
      payload: Names.payload(space, number: number, name: name).encoded(), count: number)
    return number
  }

  private func appendControl(payload: [UInt8], count: UInt32) {
    let source = Array(OwnSource.control.utf8)
    let externalID = Array("\(EventID(hashing: payload).hex)/\(count)".utf8)
    let id = EventID(source: source, externalID: externalID)
    let time = ledgerTime
    append(
      header: { position in
        EventHeader(
          kind: .control, type: Names.internedType, recordedAt: time, occurredAt: time, cause: 0,
          root: position, id: id, program: 0)
      }, subject: [], source: source, externalID: externalID, payload: payload, depth: 0)
    identities.insert(id, at: position)
  }
}
