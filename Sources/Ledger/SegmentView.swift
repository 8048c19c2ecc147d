import CBOR

/// A stored segment, its headers readable in place: see ``Segment`` for the layout.
package struct SegmentView: ~Escapable {
  package let first: UInt64
  package let count: Int
  private let bytes: RawSpan
  private let columns: InlineArray<14, Placed>
  let strings: Stream
  let payloads: Stream

  /// A column and where its values begin.
  private struct Placed {
    var base: Int64 = 0
    var mask: UInt64 = 0
    var offset = 0
    var width = 0
  }

  /// A compressed part of the segment.
  struct Stream {
    /// Bytes when it is inflated.
    let count: Int
    let range: Range<Int>

    /// Whether so many bytes can be in the stream: deflate packs 1,032 bytes into one at most.
    var canBeWhole: Bool { count <= 1_032 * range.count }
  }

  /// Cost: a checksum over the headers, 1 µs.
  /// - Parameter first: The position that the key gives.
  /// - Throws: Where version, checksum, lengths or position do not fit.
  @_lifetime(copy bytes)
  package init(_ bytes: RawSpan, first: UInt64) throws(RecordError) {
    guard bytes.byteCount >= Segment.idsOffset else {
      throw RecordError("a segment of \(bytes.byteCount) bytes is shorter than its header")
    }
    guard bytes.byte(at: 0) == Segment.version else {
      throw RecordError("segment version \(bytes.byte(at: 0)) is not known; this binary reads 1")
    }
    let count = Int(bytes.littleEndian(at: 16, as: UInt32.self))
    guard count == Segment.recordCount else {
      throw RecordError("a segment counts \(count) records")
    }
    var columns = InlineArray<14, Placed>(repeating: Placed())
    var offset = Segment.idsOffset + 16 * count
    for index in 0..<SegmentColumn.count {
      let place = Segment.columnsOffset + Segment.columnBytes * index
      let width = Int(bytes.byte(at: place + 8))
      guard width <= 8 else { throw RecordError("column \(index) of a segment is \(width) wide") }
      let base = bytes.littleEndian(at: place, as: Int64.self)
      let mask = PackedColumn(base: base, width: width).mask
      columns[index] = Placed(base: base, mask: mask, offset: offset, width: width)
      offset += width * count
    }
    strings = Self.stream(bytes, lengthsAt: 20, from: offset)
    payloads = Self.stream(bytes, lengthsAt: 28, from: strings.range.upperBound)
    guard strings.range.count >= Segment.leastStreamBytes,
      payloads.range.count >= Segment.leastStreamBytes,
      payloads.range.upperBound == bytes.byteCount,
      strings.canBeWhole, payloads.canBeWhole
    else {
      throw RecordError(
        "a segment ends at \(payloads.range.upperBound) and has \(bytes.byteCount) bytes")
    }
    let checksum = Checksum.of(bytes.extracting(8..<offset))
    guard checksum == bytes.littleEndian(at: 4, as: UInt32.self) else {
      throw RecordError("the checksum of a segment's headers is wrong")
    }
    guard bytes.littleEndian(at: 8, as: UInt64.self) == first else {
      throw RecordError(
        "a segment of position \(bytes.littleEndian(at: 8, as: UInt64.self)) lies at \(first)")
    }
    self.first = first
    self.count = count
    self.columns = columns
    self.bytes = bytes
  }

  private static func stream(_ bytes: RawSpan, lengthsAt place: Int, from offset: Int) -> Stream {
    let compressed = Int(bytes.littleEndian(at: place + 4, as: UInt32.self))
    return Stream(
      count: Int(bytes.littleEndian(at: place, as: UInt32.self)),
      range: offset..<offset + compressed)
  }

  /// The value of a column in the record at an index.
  @inline(__always)
  private func value(_ column: SegmentColumn, _ index: Int) -> Int64 {
    let placed = columns[column.rawValue]
    // Eight bytes are there: streams of at least 16 bytes follow the columns.
    let stored = bytes.littleEndian(at: placed.offset &+ placed.width &* index, as: UInt64.self)
    return placed.base &+ Int64(bitPattern: stored & placed.mask)
  }

  /// The header of the record at an index, without inflating anything. Cost: about 20 ns.
  /// - Throws: Where the kind is none.
  package func header(at index: Int) throws(RecordError) -> EventHeader {
    let kindByte = UInt8(truncatingIfNeeded: value(.kind, index))
    guard let kind = EventKind(rawValue: kindByte) else {
      throw RecordError("byte 1: there is no event kind \(kindByte)")
    }
    let position = first + UInt64(index)
    let recordedAt = value(.recordedAt, index)
    let id = Segment.idsOffset + 16 * index
    return EventHeader(
      kind: kind,
      type: UInt32(truncatingIfNeeded: value(.type, index)),
      recordedAt: recordedAt,
      occurredAt: recordedAt &- value(.delay, index),
      cause: cause(value(.causeDistance, index), position),
      root: position &- UInt64(bitPattern: value(.rootDistance, index)),
      id: EventID(
        high: bytes.bigEndian(at: id, as: UInt64.self),
        low: bytes.bigEndian(at: id + 8, as: UInt64.self)),
      program: UInt32(truncatingIfNeeded: value(.program, index)))
  }

  private func cause(_ distance: Int64, _ position: UInt64) -> UInt64 {
    distance == 0 ? 0 : position &- UInt64(bitPattern: distance)
  }

  /// Appends the 72 bytes of the header at an index to `record`.
  /// - Returns: How many bytes of strings and of payload follow it.
  func appendHeader(
    at index: Int, to record: inout [UInt8]
  ) -> (strings: Int, payload: Int) {
    let position = first &+ UInt64(index)
    let recordedAt = value(.recordedAt, index)
    let lead =
      UInt64(truncatingIfNeeded: value(.version, index)) & 0xFF
      | (UInt64(truncatingIfNeeded: value(.kind, index)) & 0xFF) << 8
      | (UInt64(truncatingIfNeeded: value(.flags, index)) & 0xFFFF) << 16
      | UInt64(truncatingIfNeeded: value(.type, index)) << 32
    let subject = UInt64(truncatingIfNeeded: value(.subjectLength, index)) & 0xFFFF
    let source = UInt64(truncatingIfNeeded: value(.sourceLength, index)) & 0xFFFF
    let externalID = UInt64(truncatingIfNeeded: value(.externalIDLength, index)) & 0xFFFF
    let reserved = UInt64(truncatingIfNeeded: value(.reserved, index)) & 0xFFFF
    let payload = UInt64(truncatingIfNeeded: value(.payloadLength, index)) & 0xFFFF_FFFF
    let program = UInt64(truncatingIfNeeded: value(.program, index)) & 0xFFFF_FFFF
    let id = Segment.idsOffset &+ 16 &* index
    let words: InlineArray<9, UInt64> = [
      lead,
      UInt64(bitPattern: recordedAt),
      UInt64(bitPattern: recordedAt &- value(.delay, index)),
      cause(value(.causeDistance, index), position),
      position &- UInt64(bitPattern: value(.rootDistance, index)),
      bytes.littleEndian(at: id, as: UInt64.self),
      bytes.littleEndian(at: id &+ 8, as: UInt64.self),
      program | subject << 32 | source << 48,
      externalID | reserved << 16 | payload << 32,
    ]
    // SAFETY: nine words of eight bytes without padding, copied within the closure.
    unsafe withUnsafeBytes(of: words) { unsafe record.append(contentsOf: $0) }
    return (Int(subject &+ source &+ externalID), Int(payload))
  }

  /// The compressed bytes of a stream.
  @_lifetime(copy self)
  func compressed(_ stream: Stream) -> RawSpan { bytes.extracting(stream.range) }
}
