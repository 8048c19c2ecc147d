import LMDB

/// One record as it is stored, taken apart by the page that describes the format.
struct StoredRecord: Equatable {
  let position: UInt64
  let bytes: [UInt8]

  var kind: UInt8 { bytes[1] }
  var type: UInt32 { UInt32(number(at: 4, bytes: 4)) }
  var recordedAt: Int64 { Int64(bitPattern: number(at: 8, bytes: 8)) }
  var occurredAt: Int64 { Int64(bitPattern: number(at: 16, bytes: 8)) }
  var cause: UInt64 { number(at: 24, bytes: 8) }
  var root: UInt64 { number(at: 32, bytes: 8) }
  var id: [UInt8] { Array(bytes[40..<56]) }
  var program: UInt32 { UInt32(number(at: 56, bytes: 4)) }
  var subject: [UInt8] { part(0) }
  var source: [UInt8] { part(1) }
  var externalID: [UInt8] { part(2) }
  var payload: [UInt8] { part(3) }

  /// - Throws: ``ReaderError`` where version, kind or lengths do not fit.
  init(position: UInt64, bytes: [UInt8]) throws {
    self.position = position
    self.bytes = bytes
    guard bytes.count >= 72 else {
      throw ReaderError("record \(position) has \(bytes.count) bytes")
    }
    guard bytes[0] == 1, (1...6).contains(bytes[1]) else {
      throw ReaderError("record \(position) has version \(bytes[0]) and kind \(bytes[1])")
    }
    guard bounds(3).upperBound == bytes.count else {
      throw ReaderError("record \(position) counts \(bounds(3).upperBound) of \(bytes.count) bytes")
    }
  }

  private func number(at offset: Int, bytes count: Int) -> UInt64 {
    littleEndian(bytes[offset..<offset + count])
  }

  /// Subject, source, external id and payload lie one after the other.
  private func bounds(_ index: Int) -> Range<Int> {
    let lengths = [
      number(at: 60, bytes: 2), number(at: 62, bytes: 2), number(at: 64, bytes: 2),
      number(at: 68, bytes: 4),
    ].map(Int.init)
    let start = 72 + lengths[..<index].reduce(0, +)
    return start..<start + lengths[index]
  }

  private func part(_ index: Int) -> [UInt8] { Array(bytes[bounds(index)]) }
}

/// What is in a ledger that was found, or why it cannot be one.
struct ReaderError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) {
    self.description = description
  }
}

/// Reads `ledger/` as `Format.md` says, without the code that wrote it.
struct LedgerReader {
  private(set) var records: [StoredRecord] = []
  /// By space and number.
  private(set) var names: [[UInt8]: [UInt8]] = [:]
  private(set) var bodies: [UInt64: [UInt8]] = [:]
  /// By level and place.
  private(set) var tiles: [[UInt8]: [UInt8]] = [:]
  /// How many records are in segments.
  private(set) var sealedCount = 0

  /// - Parameter directory: Of the ledger itself. Nobody may write there meanwhile.
  init(_ directory: String) throws {
    var options = EnvironmentOptions()
    options.readOnly = true
    options.initialMapBytes = 1 << 30
    let environment = try Environment(directory: directory, options: options)
    defer { environment.close() }
    // A new ledger gets its tables and its version one after the other.
    let tables = Set(try environment.tableNames())
    let meta = tables.contains("meta") ? try Self.entries(environment, "meta") : []
    guard let version = meta.first(where: { $0.key == Array("version".utf8) }) else {
      if tables.isSubset(of: ["meta"]) { return }
      throw ReaderError("there is no version beside \(tables.sorted())")
    }
    guard version.value == [0, 0, 0, 0, 0, 0, 0, 2] else {
      throw ReaderError("version \(version.value)")
    }
    func all(_ table: String) throws -> [(key: [UInt8], value: [UInt8])] {
      tables.contains(table) ? try Self.entries(environment, table) : []
    }
    for (key, value) in try all("segments") {
      let segment = StoredSegment(value, first: bigEndian(key[...]))
      for bytes in try segment.records() { try add(bytes) }
      guard bigEndian(key[...]) + 255 == UInt64(records.count) else {
        throw ReaderError("the segment at \(bigEndian(key[...])) is not in its place")
      }
    }
    sealedCount = records.count
    for (index, entry) in try all("tail").enumerated() {
      try take(entry.value, first: bigEndian(entry.key[...]), isFirst: index == 0)
    }
    for (key, value) in try all("names") { names[key] = value }
    for (key, value) in try all("blobs") { bodies[bigEndian(key[...])] = value }
    for (key, value) in try all("tree") { tiles[key] = value }
  }

  private mutating func add(_ bytes: [UInt8]) throws {
    records.append(try StoredRecord(position: UInt64(records.count) + 1, bytes: bytes))
  }

  /// - Parameter isFirst: Its first records may be sealed, and must then be the same.
  private mutating func take(_ block: [UInt8], first: UInt64, isFirst: Bool) throws {
    let next = UInt64(records.count) + 1
    guard first == next || isFirst && first < next else {
      throw ReaderError("a block begins at \(first) behind \(records.count) records")
    }
    guard block.count >= 8 else { throw ReaderError("a block of \(block.count) bytes") }
    let count = Int(littleEndian(block[0..<4]))
    let base = 8 + 4 * count
    guard (1...256).contains(count), base <= block.count else {
      throw ReaderError("the block at \(first) counts \(count) records")
    }
    guard CyclicChecksum.of(block[8...]) == littleEndian(block[4..<8]) else {
      throw ReaderError("the block at \(first) has a wrong checksum")
    }
    var start = 0
    for index in 0..<count {
      let end = Int(littleEndian(block[(8 + 4 * index)..<(12 + 4 * index)]))
      guard start <= end, base + end <= block.count else {
        throw ReaderError("record \(index) of the block at \(first) spans \(start)..<\(end)")
      }
      let bytes = Array(block[base + start..<base + end])
      start = end
      let position = first + UInt64(index)
      if position == UInt64(records.count) + 1 {
        try add(bytes)
      } else if records[Int(position) - 1].bytes != bytes {
        throw ReaderError("the sealed record \(position) differs from the one in tail")
      }
    }
    guard base + start == block.count else { throw ReaderError("the block at \(first) has a rest") }
    guard first + UInt64(count) > UInt64(sealedCount) + 1 else {
      throw ReaderError("the block at \(first) is sealed as a whole, and still in tail")
    }
  }

  private static func entries(
    _ environment: Environment, _ table: String
  ) throws -> [(key: [UInt8], value: [UInt8])] {
    let handle = try environment.openTable(table)
    var entries: [(key: [UInt8], value: [UInt8])] = []
    try environment.read { txn in
      try txn.forEach(in: handle) { key, value in
        entries.append((Self.copy(key), Self.copy(value)))
        return true
      }
    }
    return entries
  }

  private static func copy(_ bytes: Span<UInt8>) -> [UInt8] {
    bytes.indices.map { bytes[$0] }
  }
}

func littleEndian(_ bytes: ArraySlice<UInt8>) -> UInt64 {
  bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
}

func bigEndian(_ bytes: ArraySlice<UInt8>) -> UInt64 {
  bytes.reduce(0) { $0 << 8 | UInt64($1) }
}
