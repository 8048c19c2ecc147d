import CBOR

/// A row of the table `names`: what a `name.interned` event says, by space and number.
struct NameEntry: Sendable {
  let key: [UInt8]
  /// UTF-8.
  let name: [UInt8]

  /// The row of an event of type ``Names/internedType``, whose payload is valid CBOR; nil where
  /// fields are missing or are none.
  init?(_ event: Event) {
    let data = event.payload
    guard data.kind == .map, let space = data.view(forKey: Field.space)?.string,
      let wide = data.view(forKey: Field.number)?.uint64, let number = UInt32(exactly: wide),
      let name = data.view(forKey: Field.name)?.string
    else { return nil }
    let tag: Names.Space = space == Names.Space.type.text ? .type : .program
    key = [tag.rawValue] + BigEndian.bytes(number)
    self.name = Array(name.utf8)
  }

  /// The row of a stored record; nil where it names nothing.
  /// - Throws: Where a record that ought to name something does not.
  static func of(_ record: RawSpan, at position: UInt64) throws(RecordError) -> NameEntry? {
    guard record.byteCount >= EventHeader.byteCount,
      record.littleEndian(at: 4, as: UInt32.self) == Names.internedType
    else { return nil }
    let event = try Event(position: position, record: record.array(0..<record.byteCount))
    do {
      try CBORScanner.validate(record.extracting(event.payloadRange))
    } catch {
      throw RecordError("the payload of a name.interned event is no CBOR: \(error)")
    }
    guard let entry = NameEntry(event) else {
      throw RecordError("a name.interned event lacks a field")
    }
    return entry
  }
}
