package import Engine

/// Where a definition stands: which event brought it, and its place among what that one brought.
package struct DefinitionRow: TableRow {
  /// Position of `program.activated`, of a model of items also of `model.registered`.
  package var activation: UInt64
  package var index: UInt32

  package init(activation: UInt64, index: UInt32) {
    self.activation = activation
    self.index = index
  }

  package init(from reader: inout ByteReader) {
    activation = reader.unsigned()
    index = UInt32(reader.unsigned())
  }

  package func write(to writer: inout ByteWriter) {
    writer.unsigned(activation)
    writer.unsigned(UInt64(index))
  }
}
