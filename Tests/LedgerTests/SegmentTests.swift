import CBOR
import Ledger
import TestSupport
import Testing

@Suite("Segments")
struct SegmentTests {
  /// 256 records whose every field may hold anything.
  private static func records(seed: UInt64, first: UInt64) -> [[UInt8]] {
    var random = SplitMix64(seed: seed)
    // Narrow and wide columns: fields that are the same, close to each other, or anything.
    let spread = [UInt64(0), 3, 1_000, .max].randomElement(using: &random)!
    func field<T: FixedWidthInteger>(_ type: T.Type) -> T {
      T(truncatingIfNeeded: spread == 0 ? 1 : UInt64.random(in: 0...spread, using: &random))
    }
    return (0..<256).map { index in
      let lengths = (0..<4).map { _ in Int.random(in: 0..<40, using: &random) }
      let position = first + UInt64(index)
      var record: [UInt8] = [1, UInt8.random(in: 1...6, using: &random)]
      record.append(littleEndian: field(UInt16.self))
      record.append(littleEndian: field(UInt32.self))
      record.append(littleEndian: field(Int64.self))
      record.append(littleEndian: field(Int64.self))
      record.append(littleEndian: position &- min(position, field(UInt64.self)))
      record.append(littleEndian: field(UInt64.self))
      record += (0..<16).map { _ in UInt8.random(in: .min ... .max, using: &random) }
      record.append(littleEndian: field(UInt32.self))
      for length in lengths[..<3] { record.append(littleEndian: UInt16(length)) }
      record.append(littleEndian: field(UInt16.self))
      record.append(littleEndian: UInt32(lengths[3]))
      record += bytes(lengths.reduce(0, +), seed &+ UInt64(index))
      // A cause of its own position would read as none, and is none of the engine's.
      let isOwnCause = record[24..<32].elementsEqual(littleEndian(position))
      if isOwnCause { record.replaceSubrange(24..<32, with: littleEndian(UInt64(0))) }
      return record
    }
  }

  private static func littleEndian(_ value: UInt64) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(littleEndian: value)
    return bytes
  }

  private static func block(_ records: [[UInt8]], first: UInt64) -> RecordBlock {
    var ends: [Int] = []
    for record in records { ends.append((ends.last ?? 0) + record.count) }
    return RecordBlock(first: first, bytes: Array(records.joined()), ends: ends)
  }

  @Test("The exact records come back, and so do their headers", arguments: 0..<60 as Range<UInt64>)
  func exactness(seed: UInt64) throws {
    let firsts: [UInt64] = [1, 257, (1 << 40) + 1, UInt64.max - 511]
    let first = firsts[Int(seed % 4)]
    let block = Self.block(Self.records(seed: seed, first: first), first: first)
    let stored = try SegmentEncoder().encode(block)
    var decoder = SegmentDecoder()
    let view = try SegmentView(stored.rawSpan, first: first)
    let again = try decoder.decode(view)
    #expect(again.bytes == block.bytes)
    #expect(again.ends == block.ends)
    #expect(again.first == first && again.last == first + 255)
    for index in 0..<256 {
      let record = block[index]
      let event = try Event(
        position: first + UInt64(index), record: record.array(0..<record.byteCount))
      #expect(try view.header(at: index) == event.header)
    }
    #expect(try SegmentEncoder().encode(again) == stored, "the same records, the same segment")
  }

  @Test("Every changed bit of a segment is found", arguments: [3, 8] as [UInt64])
  func damage(seed: UInt64) throws {
    let block = Self.block(Self.records(seed: seed, first: 1), first: 1)
    let stored = try SegmentEncoder().encode(block)
    var decoder = SegmentDecoder()
    func read(_ bytes: [UInt8]) throws -> RecordBlock {
      try decoder.decode(SegmentView(bytes.rawSpan, first: 1))
    }
    for index in stored.indices where index < 1_500 || index % 7 == 0 {
      var bytes = stored
      bytes[index] ^= 1 << UInt8(index % 8)
      // Bytes 1 to 3 are reserved, and some bits of a zlib stream mean nothing.
      guard let found = try? read(bytes) else { continue }
      #expect(found.bytes == block.bytes && found.ends == block.ends, "byte \(index)")
    }
    for length in [0, 1, 7, 161, 162, 5_000, stored.count - 1] where length < stored.count {
      #expect(throws: RecordError.self) { _ = try read(Array(stored[..<length])) }
    }
    #expect(throws: RecordError.self) { _ = try read(stored + [0]) }
    #expect(throws: RecordError.self) {
      _ = try SegmentView(stored.rawSpan, first: 257)
    }
  }

  @Test("Bytes that are no segment are errors, never a crash", arguments: 0..<300 as Range<UInt64>)
  func fuzz(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var stored = try SegmentEncoder().encode(
      Self.block(Self.records(seed: seed, first: 1), first: 1))
    for _ in 0...Int.random(in: 0..<6, using: &random) {
      let index = Int.random(in: 0..<min(stored.count, 400), using: &random)
      stored[index] = .random(in: .min ... .max, using: &random)
    }
    // With a checksum that fits, so that what lies behind it is reached.
    let end = Int(random.next() % UInt64(stored.count))
    if end > 8 {
      var checksum: [UInt8] = []
      checksum.append(littleEndian: LedgerTestsSupport.crc32(stored[8..<end]))
      stored.replaceSubrange(4..<8, with: checksum)
    }
    var decoder = SegmentDecoder()
    guard let view = try? SegmentView(stored.rawSpan, first: 1) else { return }
    for index in 0..<256 { _ = try? view.header(at: index) }
    _ = try? decoder.decode(view)
  }
}
