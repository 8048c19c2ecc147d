import LMDB
import Ledger
import TestSupport
import Testing

@Suite("Damage that a copy meets")
struct DamagedCopyTests {
  /// Where a byte is changed, and what the copy says.
  struct Damage: Sendable, CustomTestStringConvertible {
    let table: String
    let key: [UInt8]
    let offset: Int
    let position: UInt64
    let reason: String

    var testDescription: String { "\(table) \(offset)" }
  }

  static let damages: [Damage] = [
    // A payload: zlib's checksum.
    Damage(
      table: "segments", key: BigEndian.bytes(UInt64(513)), offset: 20_000, position: 513,
      reason: "a compressed stream is damaged"),
    // An id among the headers: their checksum.
    Damage(
      table: "segments", key: BigEndian.bytes(UInt64(257)), offset: 1_000, position: 257,
      reason: "the checksum of a segment's headers is wrong"),
    // The hash of the third segment.
    Damage(
      table: "tree", key: [1] + BigEndian.bytes(UInt64(0)), offset: 70, position: 513,
      reason: "the records through 768 do not have the hash that the tree has at level 1"),
    Damage(
      table: "tail", key: BigEndian.bytes(UInt64(769)), offset: 9_000, position: 769,
      reason: "the checksum of its block is wrong"),
  ]

  @Test("It is told with its position, and the copy keeps what is before", arguments: damages)
  func damage(_ damage: Damage) throws {
    let directory = TemporaryDirectory(inMemory: true)
    try make(directory.inside("source")) { source in
      try Self.change(damage.key, of: damage.table, in: source) { $0[damage.offset] ^= 1 }
    }
    let (copy, error) = try copied(directory)
    defer { copy.close() }
    #expect(error?.position == damage.position)
    #expect(error?.reason.contains(damage.reason) == true, "\(error?.reason ?? "")")
    #expect(copy.end.position == damage.position - 1)
    #expect(try copy.positions(from: 1) == Array(1..<damage.position))
  }

  @Test("A segment that is missing is told", arguments: [UInt64(257), 513])
  func missingSegment(first: UInt64) throws {
    let directory = TemporaryDirectory(inMemory: true)
    try make(directory.inside("source")) { source in
      let environment = try Environment(directory: source)
      defer { environment.close() }
      let segments = try environment.openTable("segments")
      try environment.write { (txn) throws(LMDBError) in _ = try txn.delete(first, in: segments) }
    }
    let (copy, error) = try copied(directory)
    defer { copy.close() }
    #expect(error?.position == first)
    #expect(copy.end.position == first - 1)
  }

  @Test("A body that is not what its event names is told")
  func body() throws {
    let directory = TemporaryDirectory(inMemory: true)
    var random = SplitMix64(seed: 3)
    var history = CopiedHistory()
    let source = try Ledger(directory: directory.inside("source"), options: .quick(hot: 0))
    let commit = history.next(600, &random)
    try source.append(commit.events, blobs: commit.blobs)
    source.close()
    let blob = try #require(commit.blobs.last)
    try Self.change(BigEndian.bytes(blob.position), of: "blobs", in: directory.place("source")) {
      $0[$0.count - 1] ^= 1
    }
    let (copy, error) = try copied(directory)
    defer { copy.close() }
    #expect(error?.position == blob.position)
    #expect(error?.reason.contains("its body does not have the hash that it names") == true)
  }

  /// Makes a ledger of three segments and a tail, and lets `change` at its files.
  private func make(_ path: String, _ change: (String) throws -> Void) throws {
    let source = try Ledger(directory: path, options: .quick(hot: 100))
    for start in stride(from: UInt64(0), to: 1_100, by: 256) {
      try source.append((start + 1...min(start + 256, 1_100)).map { event($0, payloadBytes: 90) })
    }
    try waitForSealing(source, hot: 100)
    source.close()
    try change(path)
  }

  private static func change(
    _ key: [UInt8], of table: String, in path: String, _ body: (inout [UInt8]) -> Void
  ) throws {
    let environment = try Environment(directory: path)
    defer { environment.close() }
    let handle = try environment.openTable(table)
    try environment.write { (txn) throws(LMDBError) in
      guard var bytes = try txn.value(for: key.span, in: handle)?.copiedBytes else { return }
      body(&bytes)
      try txn.put(bytes.span, for: key.span, in: handle)
    }
  }

  /// Copies one segment or block at a time, until the damage.
  private func copied(
    _ directory: TemporaryDirectory
  ) throws -> (copy: Ledger, error: (position: UInt64, reason: String)?) {
    var options = LedgerOptions()
    options.readOnly = true
    let source = try Ledger(directory: directory.place("source"), options: options)
    defer { source.close() }
    let copy = try Ledger(directory: directory.inside("copy"), options: .forCopies)
    do throws(LedgerCopyError) {
      var job = try LedgerCopy(from: source, to: copy, sliceBytes: 1)
      _ = try job.run()
    } catch {
      guard case .source(.damaged(let position, let reason)) = error else { throw error }
      return (copy, (position, reason.description))
    }
    return (copy, nil)
  }
}
