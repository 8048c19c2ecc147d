/// A branch or leaf page, whose nodes are known to lie within it.
struct TreePage: ~Copyable {
  private static let headerBytes = 16
  private static let nodeBytes = 8
  private static let branch: UInt64 = 1
  private static let leaf: UInt64 = 2
  /// Flags of a leaf's node.
  private static let isLarge: UInt64 = 1
  private static let isTable: UInt64 = 2

  private let bytes: [UInt8]
  private let isBranch: Bool
  let count: Int
  /// Where each node begins, and where its key ends.
  private var offsets: [Int] = []
  private var keyEnds: [Int] = []

  /// Checks the header and where the nodes lie.
  /// - Parameter isFree: Whether the page is of the list of free pages, where LMDB may leave a
  ///   branch with one child.
  init(
    _ bytes: [UInt8], number: UInt64, isBranch: Bool, isFree: Bool
  ) throws(PageFault) {
    self.bytes = bytes
    self.isBranch = isBranch
    let lower = Int(bytes.number(at: 12, bytes: 2))
    let upper = Int(bytes.number(at: 14, bytes: 2))
    count = (lower - Self.headerBytes) / 2
    guard bytes.number(at: 0, bytes: 8) == number else {
      throw PageFault("it says that it is page \(bytes.number(at: 0, bytes: 8))")
    }
    guard bytes.number(at: 10, bytes: 2) == (isBranch ? Self.branch : Self.leaf) else {
      throw PageFault("it is of the wrong kind")
    }
    let least = isBranch && !isFree ? 2 : 1
    guard lower % 2 == 0, lower <= upper, upper <= bytes.count, count >= least else {
      throw PageFault("its free room spans \(lower) to \(upper)")
    }
    offsets.reserveCapacity(count)
    keyEnds.reserveCapacity(count)
    var used = 0
    for index in 0..<count {
      let offset = Int(bytes.number(at: Self.headerBytes + 2 * index, bytes: 2))
      guard offset >= upper, offset % 2 == 0, offset + Self.nodeBytes <= bytes.count else {
        throw PageFault("node \(index) lies at \(offset)")
      }
      let keyEnd = offset + Self.nodeBytes + Int(bytes.number(at: offset + 6, bytes: 2))
      let end = keyEnd + (isBranch ? 0 : Self.valueBytes(bytes, offset))
      guard end <= bytes.count else {
        throw PageFault("node \(index) ends at \(end)")
      }
      used += (end - offset + 1) & ~1
      offsets.append(offset)
      keyEnds.append(keyEnd)
    }
    guard used <= bytes.count - upper else { throw PageFault("its nodes overlap") }
  }

  private static func valueBytes(_ bytes: [UInt8], _ offset: Int) -> Int {
    let isLarge = bytes.number(at: offset + 4, bytes: 2) & isLarge != 0
    return isLarge ? 8 : Int(bytes.number(at: offset, bytes: 4))
  }

  /// The key of a node.
  func key(_ index: Int) -> ArraySlice<UInt8> {
    bytes[offsets[index] + Self.nodeBytes..<keyEnds[index]]
  }

  /// The page below a node of a branch.
  func child(_ index: Int) -> UInt64 { bytes.number(at: offsets[index], bytes: 6) }

  /// Where the value of a leaf's node lies, if it is not in the page.
  /// - Throws: Where the node's flags are unknown, or its key empty.
  func largeValue(_ index: Int) throws(PageFault) -> (page: UInt64, byteCount: Int)? {
    let flags = bytes.number(at: offsets[index] + 4, bytes: 2)
    guard flags == 0 || flags == Self.isLarge || flags == Self.isTable,
      (1...511).contains(key(index).count)
    else {
      throw PageFault("node \(index) has flags \(flags) and a key of \(key(index).count)")
    }
    guard flags == Self.isLarge else { return nil }
    return (
      bytes.number(at: keyEnds[index], bytes: 8),
      Int(bytes.number(at: offsets[index], bytes: 4))
    )
  }

  /// The value of a leaf's node that is in the page.
  func value(_ index: Int) -> NodeValue {
    let start = keyEnds[index]
    let flags = bytes.number(at: offsets[index] + 4, bytes: 2)
    return NodeValue(
      bytes: bytes[start..<start + Int(bytes.number(at: offsets[index], bytes: 4))],
      isTable: flags == Self.isTable)
  }
}

/// A value of a leaf.
struct NodeValue {
  let bytes: ArraySlice<UInt8>
  /// Whether it is the record of a table.
  let isTable: Bool
}

/// What LMDB notes of a table.
struct TableRecord {
  static let byteCount = 48
  static let noPage = UInt64.max
  static let integerKeys: UInt64 = 8

  let flags: UInt64
  let depth: Int
  let largePages: UInt64
  let entries: UInt64
  let root: UInt64

  /// - Parameter bytes: ``byteCount`` of them.
  init(_ bytes: ArraySlice<UInt8>) {
    flags = bytes.number(at: 4, bytes: 2)
    depth = Int(bytes.number(at: 6, bytes: 2))
    largePages = bytes.number(at: 24, bytes: 8)
    entries = bytes.number(at: 32, bytes: 8)
    root = bytes.number(at: 40, bytes: 8)
  }

  var hasIntegerKeys: Bool { flags == Self.integerKeys }
  var hasKnownFlags: Bool { flags == 0 || hasIntegerKeys }
}

extension ArraySlice<UInt8> {
  /// The little-endian number in `count` bytes, counted from the slice's first. Traps outside it.
  func number(at offset: Int, bytes count: Int) -> UInt64 {
    var value: UInt64 = 0
    for place in (0..<count).reversed() {
      value = value << 8 | UInt64(self[startIndex + offset + place])
    }
    return value
  }
}

extension [UInt8] {
  /// The little-endian number in `count` bytes at `offset`. Traps outside the array.
  @inline(__always)
  func number(at offset: Int, bytes count: Int) -> UInt64 {
    var value: UInt64 = 0
    for place in (0..<count).reversed() { value = value << 8 | UInt64(self[offset + place]) }
    return value
  }
}
