package import CBOR

/// A key and its value in one call.
extension JSONWriter {
  /// Writes a field that holds a string.
  package mutating func field(_ name: String, _ value: String) {
    key(name)
    string(value)
  }

  /// Writes a field that holds an integer.
  package mutating func field(_ name: String, _ value: Int64) {
    key(name)
    int(value)
  }

  /// Writes a field that holds an integer.
  package mutating func field(_ name: String, _ value: UInt64) {
    key(name)
    uint(value)
  }

  /// Writes a field that holds an integer.
  package mutating func field(_ name: String, _ value: Int) {
    key(name)
    int(Int64(value))
  }

  /// Writes a field that holds a number; see `double`.
  package mutating func field(_ name: String, _ value: Double) {
    key(name)
    double(value)
  }

  /// Writes a field that holds true or false.
  package mutating func field(_ name: String, _ value: Bool) {
    key(name)
    bool(value)
  }

  /// Writes a field that holds a CBOR item.
  package mutating func field(_ name: String, _ value: borrowing CBORView) {
    key(name)
    item(value)
  }

  /// Writes a field that holds a CBOR item.
  package mutating func field(_ name: String, _ value: borrowing CBORCursor) {
    key(name)
    item(value)
  }

  /// Writes a field that holds a value.
  package mutating func field(_ name: String, _ value: CBORValue) {
    key(name)
    item(CBORView(storage: value.encoded()))
  }

  /// Writes an object whose fields `body` writes.
  package mutating func object<E: Error>(
    _ body: (inout JSONWriter) throws(E) -> Void
  ) throws(E) {
    beginObject()
    try body(&self)
    endObject()
  }

  /// Writes an array whose values `body` writes.
  package mutating func array<E: Error>(
    _ body: (inout JSONWriter) throws(E) -> Void
  ) throws(E) {
    beginArray()
    try body(&self)
    endArray()
  }
}
