import CBOR

/// A list of CBOR items that is written as its items come.
struct EncodedList {
  private(set) var count = 0
  private var items = CBOREncoder()

  init() {}

  /// The elements of a list; of anything else none.
  init(_ list: CBORView?) {
    list?.forEachElement { element in append { $0.raw(element) } }
  }

  var isEmpty: Bool { count == 0 }

  /// Adds the item that `write` writes.
  mutating func append<Result>(_ write: (inout CBOREncoder) -> Result) -> Result {
    count += 1
    return write(&items)
  }

  /// Writes the list.
  func encode(into encoder: inout CBOREncoder) {
    encoder.arrayHeader(count)
    encoder.raw(items.bytes)
  }

  /// The list as a value, for paths that are not hot.
  var cborValue: CBORValue {
    var encoder = CBOREncoder()
    encode(into: &encoder)
    return CBORView(storage: encoder.bytes).value
  }
}

/// Writes a map whose entries come in the order of their encoded keys: shorter keys first, those of
/// one length by their bytes.
struct OrderedMapWriter {
  private var count = 0
  private var entries: CBOREncoder

  /// - Parameter capacity: Bytes for which no further allocation is needed.
  init(capacity: Int) {
    entries = CBOREncoder(capacity: capacity)
  }

  mutating func field(_ key: borrowing CBORKey, _ write: (inout CBOREncoder) -> Void) {
    count += 1
    entries.text(key)
    write(&entries)
  }

  mutating func field(_ key: borrowing CBORKey, _ text: String) {
    field(key) { $0.text(text) }
  }

  /// The map.
  func bytes() -> [UInt8] {
    var encoder = CBOREncoder(capacity: entries.bytes.count + 3)
    encoder.mapHeader(count)
    encoder.raw(entries.bytes)
    return encoder.bytes
  }
}
