package import Engine

/// A timer of a run: of its present state, or of the run itself.
package struct RunTimer: Equatable, Sendable {
  /// Slots from here on belong to the run: ``runLevel`` plus an exit's index. They stay through
  /// moves.
  package static let runLevel: UInt32 = 1 << 16
  /// Slots from here on are messages that wait for the end of quiet hours: ``waiting`` plus the
  /// send's index. They stay through moves that do not clear them.
  package static let waiting: UInt32 = 1 << 17

  /// Which of the run's timers it is: an index into the present state's timers, or a run's own.
  package var slot: UInt32
  /// Ledger time in microseconds.
  package var due: Int64
  /// Position of the event that set it, and its place among those which that event set.
  package var setBy: UInt64
  package var ordinal: UInt32
  /// The state or exit that it leads to.
  package var step: String

  package init(slot: UInt32, due: Int64, setBy: UInt64, ordinal: UInt32, step: String) {
    self.slot = slot
    self.due = due
    self.setBy = setBy
    self.ordinal = ordinal
    self.step = step
  }
}

/// How often a run has requested something in a step: a delivery on a channel, or an action.
package struct RequestCount: Equatable, Sendable {
  package var step: String
  /// The channel, or the action's name.
  package var target: String
  package var isDelivery: Bool
  package var count: UInt32
}

/// One subject's way through one journey.
package struct RunRow: TableRow, Equatable {
  /// 32 hex digits, from program, subject, key and the trigger's id.
  package var id: String
  package var program: String
  /// The version that it is pinned to, 64 hex digits.
  package var version: String
  /// The subject's number.
  package var subject: UInt32
  package var key: String
  /// Position of the trigger.
  package var trigger: UInt64
  package var startedAt: Int64
  /// The present state; the last one after an exit.
  package var state: String
  package var enteredAt: Int64
  package var requests: [RequestCount]
  /// The run's variables: one CBOR map.
  package var variables: [UInt8]
  package var score: Double
  package var level: String
  /// The named scores of the decision that began it: one CBOR map.
  package var scores: [UInt8]
  /// The offer: one CBOR map.
  package var offer: [UInt8]
  package var isHeldOut: Bool
  /// The variants by experiment: one CBOR map.
  package var variants: [UInt8]
  package var segment: String
  /// What it watches: one CBOR map of entity to keys.
  package var watching: [UInt8]
  package var timers: [RunTimer]
  /// The last step whose message was requested; empty: none.
  package var touch: String
  /// The exit taken; empty while the run is active.
  package var exit: String
  package var exitedAt: Int64

  package var isActive: Bool { exit.isEmpty }

  /// How often a delivery or action was requested in a step so far.
  package func requestCount(step: String, target: String, isDelivery: Bool) -> UInt32 {
    requests.first {
      $0.step == step && $0.target == target && $0.isDelivery == isDelivery
    }?.count ?? 0
  }

  /// Counts a request.
  package mutating func countRequest(step: String, target: String, isDelivery: Bool) {
    let index = requests.firstIndex {
      $0.step == step && $0.target == target && $0.isDelivery == isDelivery
    }
    if let index {
      requests[index].count += 1
    } else {
      requests.append(
        RequestCount(step: step, target: target, isDelivery: isDelivery, count: 1))
    }
  }

  package init(
    id: String, program: String, version: String, subject: UInt32, key: String, trigger: UInt64,
    startedAt: Int64
  ) {
    self.id = id
    self.program = program
    self.version = version
    self.subject = subject
    self.key = key
    self.trigger = trigger
    self.startedAt = startedAt
    state = ""
    enteredAt = startedAt
    requests = []
    variables = [0xa0]
    score = 0
    level = ""
    scores = [0xa0]
    offer = [0xa0]
    isHeldOut = false
    variants = [0xa0]
    segment = ""
    watching = [0xa0]
    timers = []
    touch = ""
    exit = ""
    exitedAt = 0
  }

  package init(from reader: inout ByteReader) {
    id = reader.text()
    program = reader.text()
    version = reader.text()
    subject = UInt32(reader.unsigned())
    key = reader.text()
    trigger = reader.unsigned()
    startedAt = reader.signed()
    state = reader.text()
    enteredAt = reader.signed()
    requests = []
    for _ in 0..<reader.count() {
      requests.append(
        RequestCount(
          step: reader.text(), target: reader.text(), isDelivery: reader.bool(),
          count: UInt32(reader.unsigned())))
    }
    variables = reader.blob()
    score = reader.double()
    level = reader.text()
    scores = reader.blob()
    offer = reader.blob()
    isHeldOut = reader.bool()
    variants = reader.blob()
    segment = reader.text()
    watching = reader.blob()
    timers = []
    for _ in 0..<reader.count() {
      timers.append(
        RunTimer(
          slot: UInt32(reader.unsigned()), due: reader.signed(), setBy: reader.unsigned(),
          ordinal: UInt32(reader.unsigned()), step: reader.text()))
    }
    touch = reader.text()
    exit = reader.text()
    exitedAt = reader.signed()
  }

  package func write(to writer: inout ByteWriter) {
    writer.text(id)
    writer.text(program)
    writer.text(version)
    writer.unsigned(UInt64(subject))
    writer.text(key)
    writer.unsigned(trigger)
    writer.signed(startedAt)
    writer.text(state)
    writer.signed(enteredAt)
    writer.count(requests.count)
    for request in requests {
      writer.text(request.step)
      writer.text(request.target)
      writer.bool(request.isDelivery)
      writer.unsigned(UInt64(request.count))
    }
    writer.blob(variables)
    writer.double(score)
    writer.text(level)
    writer.blob(scores)
    writer.blob(offer)
    writer.bool(isHeldOut)
    writer.blob(variants)
    writer.text(segment)
    writer.blob(watching)
    writer.count(timers.count)
    for timer in timers {
      writer.unsigned(UInt64(timer.slot))
      writer.signed(timer.due)
      writer.unsigned(timer.setBy)
      writer.unsigned(UInt64(timer.ordinal))
      writer.text(timer.step)
    }
    writer.text(touch)
    writer.text(exit)
    writer.signed(exitedAt)
  }
}
