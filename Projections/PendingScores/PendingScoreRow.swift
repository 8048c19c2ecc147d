package import Engine

/// A request to a remote scorer and what became of it.
package struct PendingScoreRow: TableRow {
  /// How far a request has come.
  package enum Stage: UInt8, Sendable {
    case requested, answered, timedOut
  }

  /// The request's id, 32 hex digits.
  package var id: String
  package var program: String
  /// The program's version, 64 hex digits.
  package var version: String
  /// The subject's number.
  package var subject: UInt32
  /// The key of the run that is to begin.
  package var key: String
  /// Positions of the trigger and of the request.
  package var trigger: UInt64
  package var request: UInt64
  /// The number of the scorer.
  package var scorer: UInt32
  /// When the fallback is taken.
  package var due: Int64
  package var stage: Stage
  /// Position of the answer or timer that ended the request; 0: none has.
  package var endedBy: UInt64

  package var isPending: Bool { stage == .requested }

  package init(
    id: String, program: String, version: String, subject: UInt32, key: String, trigger: UInt64,
    request: UInt64, scorer: UInt32, due: Int64
  ) {
    self.id = id
    self.program = program
    self.version = version
    self.subject = subject
    self.key = key
    self.trigger = trigger
    self.request = request
    self.scorer = scorer
    self.due = due
    stage = .requested
    endedBy = 0
  }

  package init(from reader: inout ByteReader) {
    id = reader.text()
    program = reader.text()
    version = reader.text()
    subject = UInt32(reader.unsigned())
    key = reader.text()
    trigger = reader.unsigned()
    request = reader.unsigned()
    scorer = UInt32(reader.unsigned())
    due = reader.signed()
    stage = Stage(rawValue: UInt8(reader.unsigned())) ?? .timedOut
    endedBy = reader.unsigned()
  }

  package func write(to writer: inout ByteWriter) {
    writer.text(id)
    writer.text(program)
    writer.text(version)
    writer.unsigned(UInt64(subject))
    writer.text(key)
    writer.unsigned(trigger)
    writer.unsigned(request)
    writer.unsigned(UInt64(scorer))
    writer.signed(due)
    writer.unsigned(UInt64(stage.rawValue))
    writer.unsigned(endedBy)
  }
}

/// Whether a scorer answers: its circuit breaker.
///
/// ``failureLimit`` failures in a row open it for ``openMicroseconds``: nobody asks the scorer
/// meanwhile. After that requests go out again; the next failure opens it anew, an answer closes it.
package struct ScorerRow: TableRow {
  /// Failures in a row that open the breaker.
  package static let failureLimit: UInt64 = 5
  /// How long it stays open.
  package static let openMicroseconds: Int64 = 30_000_000

  /// Time-outs and errors since the last answer.
  package var failures: UInt64 = 0
  /// When the last of them was.
  package var lastFailureAt: Int64 = 0

  package init() {}

  /// Whether nobody may ask at `now`.
  package func isOpen(at now: Int64) -> Bool {
    failures >= Self.failureLimit && now < lastFailureAt + Self.openMicroseconds
  }

  package init(from reader: inout ByteReader) {
    failures = reader.unsigned()
    lastFailureAt = reader.signed()
  }

  package func write(to writer: inout ByteWriter) {
    writer.unsigned(failures)
    writer.signed(lastFailureAt)
  }
}
