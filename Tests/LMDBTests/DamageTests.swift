import Foundation
import LMDB
import TestSupport
import Testing

/// Damage within the file: an error at opening, never a crash later.
@Suite("Damage")
struct DamageTests {
  /// A data file with a bit of everything, and what is in it.
  private struct Original {
    let bytes: [UInt8]
    let contents: [String: [[[UInt8]]]]
  }

  private static let tables = ["blocks", "large", "names", "small"]

  private static func make(seed: UInt64) throws -> Original {
    let directory = TemporaryDirectory(inMemory: true)
    let environment = try Environment(directory: directory.place("env"), options: .quick())
    var random = SplitMix64(seed: seed)
    for name in tables { _ = try environment.openTable(name, create: true) }
    for round in 0..<6 as Range<UInt64> {
      try environment.write { txn in
        for (index, name) in tables.enumerated() {
          let table = try environment.openTable(name)
          for key in 0..<[20, 4, 60, 200][index] as Range<UInt64> {
            let size = [600, 9_000, 12, 40][index] + Int(random.next() % 30)
            let value = [UInt8](repeating: UInt8(truncatingIfNeeded: random.next()), count: size)
            try txn.put(value.span, for: round * 1_000 + key, in: table)
          }
          // Freed pages, so that there is a list of them.
          if round > 2 { try txn.delete((round - 3) * 1_000, in: table) }
        }
      }
    }
    let contents = try contents(of: environment)
    environment.close()
    let file = try Data(contentsOf: URL(filePath: directory.place("env/data.mdb")))
    return Original(bytes: [UInt8](file), contents: contents)
  }

  private static func contents(of environment: Environment) throws -> [String: [[[UInt8]]]] {
    var contents: [String: [[[UInt8]]]] = [:]
    for name in try environment.tableNames() {
      contents[name] = try environment.contents(of: try environment.openTable(name))
    }
    return contents
  }

  @Test("Flipped bits never crash opening, reading or writing", arguments: 0..<8 as Range<UInt64>)
  func flips(seed: UInt64) throws {
    let original = try Self.make(seed: seed)
    let directory = TemporaryDirectory(inMemory: true)
    var random = SplitMix64(seed: seed)
    var refused = 0
    for _ in 0..<100 {
      var bytes = original.bytes
      for _ in 0..<(1 + random.next() % 3) {
        // Most of them where pages have their headers and offsets.
        let page = Int(random.next() % UInt64(bytes.count / 4_096)) * 4_096
        let place = random.next() % 3 == 0 ? Int(random.next() % 4_096) : Int(random.next() % 60)
        bytes[page + place] ^= 1 << UInt8(random.next() % 8)
      }
      if try use(bytes, in: directory) == nil { refused += 1 }
    }
    #expect(refused > 25)
  }

  @Test(
    "A page in the place of another is found, whichever it is", arguments: 0..<4 as Range<UInt64>)
  func misplacedPages(seed: UInt64) throws {
    let original = try Self.make(seed: seed)
    let directory = TemporaryDirectory(inMemory: true)
    var random = SplitMix64(seed: seed)
    let count = original.bytes.count / 4_096
    for target in 2..<count {
      var bytes = original.bytes
      let source = 4_096 * Int(random.next() % UInt64(count))
      let page =
        random.next() % 2 == 0
        ? [UInt8](repeating: 0, count: 4_096)
        : Array(bytes[source..<source + 4_096])
      bytes.replaceSubrange(4_096 * target..<4_096 * (target + 1), with: page)
      guard let found = try use(bytes, in: directory) else { continue }
      // What was not refused are pages that are not in use, or the insides of large values.
      #expect(found.mapValues { $0.map(\.[0]) } == original.contents.mapValues { $0.map(\.[0]) })
    }
  }

  @Test("A file that is cut off anywhere is refused", arguments: 0..<4 as Range<UInt64>)
  func cuts(seed: UInt64) throws {
    let original = try Self.make(seed: seed)
    let directory = TemporaryDirectory(inMemory: true)
    for pages in 2..<original.bytes.count / 4_096 {
      for rest in [0, 1, 4_095] {
        let bytes = Array(original.bytes[..<(4_096 * pages + rest)])
        guard let found = try use(bytes, in: directory) else { continue }
        #expect(found == original.contents)
      }
    }
  }

  /// Opens a file with these bytes, reads all of it, and writes.
  /// - Returns: What was in it; nil if it was refused.
  private func use(
    _ bytes: [UInt8], in directory: TemporaryDirectory
  ) throws -> [String: [[[UInt8]]]]? {
    let path = directory.place("env")
    mkdir(path, 0o700)
    try Data(bytes).write(to: URL(filePath: path + "/data.mdb"))
    do {
      let environment = try Environment(directory: path, options: .quick())
      defer { environment.close() }
      let contents = try Self.contents(of: environment)
      for name in try environment.tableNames() {
        let table = try environment.openTable(name)
        try environment.write { txn in
          try txn.put([UInt8](repeating: 1, count: 3_000).span, for: 1_500, in: table)
          try txn.delete(4_001, in: table)
        }
      }
      return contents
    } catch let error as LMDBError {
      #expect(error.description.contains(path))
      return nil
    }
  }
}
