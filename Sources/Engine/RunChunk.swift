import CBOR
import Ledger

/// The layout of a chunk, a piece of a run as one row: entries in order of (key, position), as two
/// columns of numbers above the chunk's least key and least position, each as wide as its largest.
///
/// | offset | field |
/// | --- | --- |
/// | 0 | least key, u64 big-endian |
/// | 8 | least position, u64 big-endian |
/// | 16 | number of entries n, u32 big-endian |
/// | 20 | bytes a key w, u8 (0 to 8) |
/// | 21 | bytes a position v, u8 (0 to 8) |
/// | 22 | n keys less the least, big-endian, w bytes each |
/// | 22 + n w | n positions less the least, big-endian, v bytes each |
struct RunChunk: ~Escapable {
  static let headerBytes = 22

  private let bytes: RawSpan
  private let baseKey: UInt64
  private let basePosition: UInt64
  private let keyBytes: Int
  private let positionBytes: Int
  private let positionStart: Int
  /// How many entries there are.
  let count: Int

  /// Reads the header. Traps where the columns do not fill the bytes: the store is broken.
  @_lifetime(copy bytes)
  init(_ bytes: RawSpan) {
    self.bytes = bytes
    baseKey = bytes.bigEndian(at: 0, as: UInt64.self)
    basePosition = bytes.bigEndian(at: 8, as: UInt64.self)
    count = Int(bytes.bigEndian(at: 16, as: UInt32.self))
    keyBytes = Int(bytes.byte(at: 20))
    positionBytes = Int(bytes.byte(at: 21))
    positionStart = Self.headerBytes + count * keyBytes
    precondition(
      keyBytes <= 8 && positionBytes <= 8
        && bytes.byteCount == positionStart + count * positionBytes,
      "a chunk of a run does not fill its row")
  }

  /// The entry at `index`.
  @inline(__always)
  func entry(_ index: Int) -> RunEntry {
    RunEntry(
      key: baseKey &+ number(endingAt: Self.headerBytes + (index + 1) * keyBytes, keyBytes),
      position: basePosition
        &+ number(endingAt: positionStart + (index + 1) * positionBytes, positionBytes))
  }

  /// The number in the `width` bytes before `end`. The header is longer than the eight bytes that
  /// are loaded, so that the load never begins before the chunk.
  @inline(__always)
  private func number(endingAt end: Int, _ width: Int) -> UInt64 {
    guard width > 0 else { return 0 }
    let word = bytes.bigEndian(at: end - 8, as: UInt64.self)
    return word & (UInt64.max >> UInt64(64 - 8 * width))
  }

  /// The index of the first entry that is not below `entry`; ``count`` where all are.
  ///
  /// Hashed keys are spread evenly, so that the search begins where the key should be and widens
  /// from there: two or three cache lines as a rule.
  func lowerBound(_ entry: RunEntry) -> Int {
    guard count > 0, entry.key >= baseKey else { return 0 }
    var (low, high) = bracket(entry)
    while low < high {
      let middle = (low + high) / 2
      if self.entry(middle) < entry { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// A range in which the lower bound lies, by doubling steps from where it should be.
  private func bracket(_ entry: RunEntry) -> (Int, Int) {
    let span = self.entry(count - 1).key - baseKey
    let part = entry.key - baseKey
    guard part <= span else { return (count, count) }
    let scaled = part.multipliedFullWidth(by: UInt64(count - 1))
    let guess = span == 0 ? 0 : Int(span.dividingFullWidth((scaled.high, scaled.low)).quotient)
    var step = 8
    if self.entry(guess) < entry {
      var low = guess + 1
      while low + step < count, self.entry(low + step) < entry {
        low += step + 1
        step *= 2
      }
      return (low, min(low + step, count))
    }
    var high = guess
    while high - step >= 0, !(self.entry(high - step) < entry) {
      high -= step
      step *= 2
    }
    return (max(high - step, 0), high)
  }
}

/// Collects sorted entries until they fill a chunk.
struct RunChunkBuilder {
  private let limit: Int
  private(set) var entries: [RunEntry] = []
  private var leastPosition = UInt64.max
  private var greatestPosition: UInt64 = 0
  private var greatestKey: UInt64 = 0

  /// - Parameter limit: The largest chunk in bytes; room for one entry at least.
  init(limit: Int) {
    precondition(limit >= RunChunk.headerBytes + 16, "a chunk has room for one entry")
    self.limit = limit
  }

  var isEmpty: Bool { entries.isEmpty }

  /// The most rows that `count` entries can take: each entry at its widest.
  static func rowBound(entries count: Int, limit: Int) -> Int {
    count / ((limit - RunChunk.headerBytes) / 16) + 1
  }

  /// Takes the next entry in order.
  /// - Returns: False, and nothing is taken, if the chunk is full.
  mutating func append(_ entry: RunEntry) -> Bool {
    let least = min(leastPosition, entry.position)
    let greatest = max(greatestPosition, entry.position)
    let base = entries.isEmpty ? entry.key : entries[0].key
    let width = Self.byteWidth(entry.key - base) + Self.byteWidth(greatest - least)
    if RunChunk.headerBytes + (entries.count + 1) * width > limit { return false }
    leastPosition = least
    greatestPosition = greatest
    greatestKey = entry.key
    entries.append(entry)
    return true
  }

  /// The bytes of what was collected, after which the builder is empty.
  mutating func finish() -> [UInt8] {
    let baseKey = entries[0].key
    let keyBytes = Self.byteWidth(greatestKey - baseKey)
    let positionBytes = Self.byteWidth(greatestPosition - leastPosition)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(
      RunChunk.headerBytes + entries.count * (keyBytes + positionBytes))
    bytes.append(bigEndian: baseKey, width: 8)
    bytes.append(bigEndian: leastPosition, width: 8)
    bytes.append(bigEndian: UInt64(entries.count), width: 4)
    bytes.append(UInt8(keyBytes))
    bytes.append(UInt8(positionBytes))
    for entry in entries { bytes.append(bigEndian: entry.key - baseKey, width: keyBytes) }
    for entry in entries {
      bytes.append(bigEndian: entry.position - leastPosition, width: positionBytes)
    }
    entries.removeAll(keepingCapacity: true)
    leastPosition = .max
    greatestPosition = 0
    greatestKey = 0
    return bytes
  }

  private static func byteWidth(_ number: UInt64) -> Int {
    (71 - number.leadingZeroBitCount) / 8
  }
}

extension [UInt8] {
  /// Appends the last `width` bytes of `number`, the most significant first.
  mutating func append(bigEndian number: UInt64, width: Int) {
    var shift = 8 * width
    while shift > 0 {
      shift -= 8
      append(UInt8(truncatingIfNeeded: number >> UInt64(shift)))
    }
  }
}
