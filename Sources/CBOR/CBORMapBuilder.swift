/// Collects the entries of a map in any order and writes them sorted.
///
/// Values are encoded into a buffer of the builder as they come; `finish` orders the entries by
/// their encoded keys and copies them. Where the order is known beforehand,
/// `CBOREncoder.mapHeader` writes without that copy.
public struct CBORMapBuilder {
  /// Where an entry lies in the buffer.
  private struct Entry {
    var key: Range<Int>
    var end: Int
  }

  private var entries: [Entry] = []
  private var encoder = CBOREncoder()

  /// Creates a builder without entries.
  public init() {}

  /// How many entries were added.
  public var count: Int { entries.count }

  /// Adds an entry.
  /// - Parameter value: Writes exactly one item.
  public mutating func add<E: Error>(
    _ key: borrowing CBORKey, _ value: (inout CBOREncoder) throws(E) -> Void
  ) throws(E) {
    let start = encoder.bytes.count
    encoder.text(key)
    try close(start, value)
  }

  /// Adds an entry whose key is not known beforehand.
  /// - Parameter value: Writes exactly one item.
  public mutating func add<E: Error>(
    text key: borrowing String, _ value: (inout CBOREncoder) throws(E) -> Void
  ) throws(E) {
    let start = encoder.bytes.count
    encoder.text(key)
    try close(start, value)
  }

  /// Adds an entry with any item as its key.
  /// - Parameter key: Deterministic CBOR of one item.
  /// - Parameter value: Writes exactly one item.
  public mutating func add<E: Error>(
    encodedKey key: RawSpan, _ value: (inout CBOREncoder) throws(E) -> Void
  ) throws(E) {
    let start = encoder.bytes.count
    encoder.raw(key)
    try close(start, value)
  }

  private mutating func close<E: Error>(
    _ start: Int, _ value: (inout CBOREncoder) throws(E) -> Void
  ) throws(E) {
    let keyEnd = encoder.bytes.count
    try value(&encoder)
    let end = encoder.bytes.count
    assert(CBORWalk.end(encoder.bytes.rawSpan, of: keyEnd) == end, "one item is one value")
    entries.append(Entry(key: start..<keyEnd, end: end))
  }

  /// Writes the map, sorted, and empties the builder, which keeps its allocations.
  /// - Throws: `.duplicateKey` with the ordinal of the second entry as the offset; nothing is
  ///   written then.
  public mutating func finish(into target: inout CBOREncoder) throws(CBORError) {
    defer {
      entries.removeAll(keepingCapacity: true)
      encoder.removeAll()
    }
    let bytes = encoder.bytes.rawSpan
    let order = entries.indices.sorted {
      bytes.compare(entries[$0].key, with: entries[$1].key) < 0
    }
    for (left, right) in zip(order, order.dropFirst())
    where bytes.compare(entries[left].key, with: entries[right].key) == 0 {
      throw CBORError(.duplicateKey, at: max(left, right))
    }
    target.mapHeader(entries.count)
    for index in order {
      let entry = entries[index]
      target.raw(bytes.extracting(entry.key.lowerBound..<entry.end))
    }
  }
}

extension CBOREncoder {
  /// Writes a map whose entries `body` adds in any order.
  /// - Throws: `.duplicateKey` where two entries have the same key; nothing is written then.
  public mutating func map(_ body: (inout CBORMapBuilder) -> Void) throws(CBORError) {
    var builder = CBORMapBuilder()
    body(&builder)
    try builder.finish(into: &self)
  }
}
