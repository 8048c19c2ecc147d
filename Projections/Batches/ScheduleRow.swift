package import Engine

/// When a program's schedule is due next.
package struct ScheduleRow: TableRow, Equatable {
  package var program: String
  /// Position of the activation that it follows from; 0: the program is not active.
  package var activation: UInt64
  /// Ledger time; 0: never any more.
  package var due: Int64
  /// Position of the event that set the timer; 0: none was set, as there was no time yet.
  package var setBy: UInt64

  /// Whether it waits for the ledger's first time.
  package var isUnarmed: Bool { activation != 0 && setBy == 0 }

  package init(program: String, activation: UInt64, due: Int64, setBy: UInt64) {
    self.program = program
    self.activation = activation
    self.due = due
    self.setBy = setBy
  }

  package init(from reader: inout ByteReader) {
    program = reader.text()
    activation = reader.unsigned()
    due = reader.signed()
    setBy = reader.unsigned()
  }

  package func write(to writer: inout ByteWriter) {
    writer.text(program)
    writer.unsigned(activation)
    writer.signed(due)
    writer.unsigned(setBy)
  }
}
