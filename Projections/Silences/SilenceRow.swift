package import Engine

/// A key whose silence is waited for, or was.
package struct SilenceRow: TableRow {
  package var program: String
  /// The type of the event that silence brings about.
  package var eventType: String
  package var key: String
  /// The number of the last event's subject.
  package var subject: UInt32
  /// Ledger time of the last event with the key.
  package var since: Int64
  /// When the silence is long enough; 0: it is not waited for.
  package var due: Int64
  /// Position of the event that set the timer, and its place among those which that event set.
  package var setBy: UInt64
  package var ordinal: UInt32

  package init(program: String, eventType: String, key: String) {
    self.program = program
    self.eventType = eventType
    self.key = key
    subject = 0
    since = 0
    due = 0
    setBy = 0
    ordinal = 0
  }

  package init(from reader: inout ByteReader) {
    program = reader.text()
    eventType = reader.text()
    key = reader.text()
    subject = UInt32(reader.unsigned())
    since = reader.signed()
    due = reader.signed()
    setBy = reader.unsigned()
    ordinal = UInt32(reader.unsigned())
  }

  package func write(to writer: inout ByteWriter) {
    writer.text(program)
    writer.text(eventType)
    writer.text(key)
    writer.unsigned(UInt64(subject))
    writer.signed(since)
    writer.signed(due)
    writer.unsigned(setBy)
    writer.unsigned(UInt64(ordinal))
  }
}
