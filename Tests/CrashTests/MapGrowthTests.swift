import Foundation
import LMDB
import Synchronization
import TestSupport
import Testing

/// The map grows while the file is written: its growth is no commit, and its failure no loss.
@Suite("A map that grows on a bad disk")
struct MapGrowthTests {
  private final class Place: Sendable {
    let directory = TemporaryDirectory(inMemory: true)
    let disk: Disk
    let acknowledged = Atomic<UInt64>(0)

    init() {
      mkdir(directory.place("disk"), 0o700)
      disk = Disk(at: directory.place("disk"))
    }

    func open(_ path: String? = nil) throws -> Environment {
      var options = EnvironmentOptions()
      options.initialMapBytes = 128 << 10
      options.growAheadBytes = 64 << 10
      return try Environment(directory: path ?? directory.place("disk/env"), options: options)
    }

    /// The keys that are there, in order; their values are what they have to be.
    func keys(_ environment: Environment) throws -> [UInt64] {
      guard try environment.tableNames().contains("t") else { return [] }
      let table = try environment.openTable("t")
      var keys: [UInt64] = []
      try environment.read { txn in
        try txn.forEach(in: table) { key, value in
          let number = key.indices.reduce(UInt64(0)) { $0 << 8 | UInt64(key[$1]) }
          #expect(value.count == 3_000 && value[1_500] == UInt8(truncatingIfNeeded: number))
          keys.append(number)
          return true
        }
      }
      return keys
    }

    func put(_ numbers: Range<UInt64>, in environment: Environment) throws {
      let table = try environment.openTable("t", create: true)
      try environment.write { txn in
        for number in numbers {
          let value = [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: 3_000)
          try txn.put(value.span, for: number, in: table)
        }
      }
      acknowledged.store(numbers.upperBound, ordering: .sequentiallyConsistent)
    }
  }

  @Test("A cut at any call leaves what was committed before the map grew, and after")
  func cuts() throws {
    let place = Place()
    let number = Atomic<UInt64>(0)
    place.disk.observe {
      let cut = number.add(1, ordering: .relaxed).newValue
      let path = place.directory.place("cut\(cut)")
      defer { try? FileManager.default.removeItem(atPath: path) }
      let end = place.acknowledged.load(ordering: .sequentiallyConsistent)
      do {
        try place.disk.cut(into: path, seed: cut, keep: [0, 256, 100][Int(cut % 3)])
        guard FileManager.default.fileExists(atPath: path + "/env/data.mdb") else {
          return #expect(end == 0)
        }
        let environment = try place.open(path + "/env")
        let keys = try place.keys(environment)
        environment.close()
        #expect(keys == Array(0..<UInt64(keys.count)) && keys.count % 20 == 0)
        #expect(keys.count >= end)
      } catch {
        Issue.record("cut \(cut): \(error)")
      }
    }
    let environment = try place.open()
    for batch in 0..<25 as Range<UInt64> {
      try place.put(20 * batch..<20 * batch + 20, in: environment)
    }
    place.disk.stopObserving()
    #expect(try environment.info().mapBytes > 1 << 20)
    environment.close()
  }

  @Test("A map that cannot be replaced stops the environment; opened again it has everything")
  func noMemory() throws {
    let place = Place()
    let environment = try place.open()
    try place.put(0..<20, in: environment)
    place.disk.plan(.fails(ENOMEM), .map, from: 1, count: .max)
    let first = #expect(throws: LMDBError.self) { try place.put(20..<200, in: environment) }
    #expect(first?.code.name == "ENOMEM")
    place.disk.heal()
    let second = #expect(throws: LMDBError.self) { try place.put(20..<40, in: environment) }
    #expect(second?.detail.contains("reopen") == true)
    environment.close()
    let again = try place.open()
    #expect(try place.keys(again) == Array(0..<20))
    try place.put(20..<200, in: again)
    #expect(try place.keys(again) == Array(0..<200))
    again.close()
  }
}
