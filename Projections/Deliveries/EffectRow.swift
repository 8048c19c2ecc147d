package import Engine

/// How far an effect has come. Later stages replace earlier ones, never the other way round.
package enum EffectStage: UInt8, Sendable {
  /// In the ledger; nobody has answered yet.
  case requested = 0
  /// Could not be carried out for good.
  case failed = 1
  case bounced = 2
  /// The provider took it; for an action: it was done.
  case sent = 3
  case delivered = 4
  case opened = 5
  case clicked = 6
  case complained = 7
}

/// A delivery or an action, and what came of it.
package struct EffectRow: TableRow {
  package var isDelivery: Bool
  /// Position of the request.
  package var position: UInt64
  package var requestedAt: Int64
  /// The subject's number.
  package var subject: UInt32
  package var program: String
  package var run: String
  package var step: String
  /// The channel of a delivery, the name of an action.
  package var target: String
  package var stage: EffectStage
  /// Ledger time of the last outcome; 0: none.
  package var answeredAt: Int64

  package init(
    isDelivery: Bool, position: UInt64, requestedAt: Int64, subject: UInt32, program: String,
    run: String, step: String, target: String
  ) {
    self.isDelivery = isDelivery
    self.position = position
    self.requestedAt = requestedAt
    self.subject = subject
    self.program = program
    self.run = run
    self.step = step
    self.target = target
    stage = .requested
    answeredAt = 0
  }

  package init(from reader: inout ByteReader) {
    isDelivery = reader.bool()
    position = reader.unsigned()
    requestedAt = reader.signed()
    subject = UInt32(reader.unsigned())
    program = reader.text()
    run = reader.text()
    step = reader.text()
    target = reader.text()
    stage = EffectStage(rawValue: UInt8(reader.unsigned())) ?? .requested
    answeredAt = reader.signed()
  }

  package func write(to writer: inout ByteWriter) {
    writer.bool(isDelivery)
    writer.unsigned(position)
    writer.signed(requestedAt)
    writer.unsigned(UInt64(subject))
    writer.text(program)
    writer.text(run)
    writer.text(step)
    writer.text(target)
    writer.unsigned(UInt64(stage.rawValue))
    writer.signed(answeredAt)
  }
}

/// One message that was requested for a subject; caps count these.
package struct SentMessage: Equatable, Sendable {
  package var requestedAt: Int64
  package var program: UInt32
  package var channel: String
}

/// The last messages that were requested for a subject, in order of time.
package struct SentMessages: TableRow {
  /// How many are kept: more than any cap may count.
  package static let limit = 256
  package var messages: [SentMessage] = []

  package init() {}

  package init(from reader: inout ByteReader) {
    for _ in 0..<reader.count() {
      messages.append(
        SentMessage(
          requestedAt: reader.signed(), program: UInt32(reader.unsigned()),
          channel: reader.text()))
    }
  }

  package func write(to writer: inout ByteWriter) {
    writer.count(messages.count)
    for message in messages {
      writer.signed(message.requestedAt)
      writer.unsigned(UInt64(message.program))
      writer.text(message.channel)
    }
  }
}
