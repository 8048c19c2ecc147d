import Engine
import Foundation
import LMDB
import Synchronization
import TestSupport
import Testing

/// Positions by key against a dictionary of sets, through flushes, merges, crashes and reopenings.
@Suite("Runs")
struct RunIndexTests {
  @Test(
    "An index is the multimap of its entries, whatever was flushed, merged and reopened",
    arguments: 0..<40 as Range<UInt64>)
  func model(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let directory = TemporaryDirectory()
    let options = RunOptions.tiny(seed)
    let background = seed % 4 == 3 ? BackgroundWork() : nil
    let store = try MultimapStore(directory.path, options, background)
    var model: [UInt64: [UInt64]] = [:]
    var flushed = model
    var position: UInt64 = 0
    // Few keys: many positions each, also beyond a chunk.
    let keys: UInt64 = [3, 50, 5_000, 1 << 40][Int(seed / 2 % 4)]
    for _ in 0..<400 {
      switch Int.random(in: 0..<10, using: &random) {
      case 0..<7:
        for _ in 0..<Int.random(in: 1...40, using: &random) {
          // Ledgers are long: positions may need more than four bytes.
          position += 1 + (seed % 5 == 4 ? UInt64.random(in: 0..<1 << 33, using: &random) : 0)
          let key = options.key(.random(in: 0..<keys, using: &random))
          store.map.insert(key, position)
          model[key, default: []].append(position)
        }
      case 7, 8:
        try store.flush(position)
        flushed = model
        if Bool.random(using: &random) { background?.finish() }
      default:
        // A crash: what was not flushed is lost, and so is a merge that nobody took in.
        background?.drain()
        if Int.random(in: 0..<8, using: &random) == 0 {
          try store.reopen()
        } else {
          try store.map.open(store.views)
        }
        model = flushed
      }
      for _ in 0..<4 {
        let key = options.key(.random(in: 0..<keys, using: &random))
        let first = UInt64.random(in: 0...position + 1, using: &random)
        let expected = (model[key] ?? []).filter { $0 >= first }
        #expect(store.map.positions(key, from: first) == expected)
      }
    }
    background?.drain()
    try store.reopen()
    for (key, positions) in flushed { #expect(store.map.positions(key) == positions) }
    #expect(store.map.index.count == flushed.reduce(0) { $0 + $1.value.count })
    background?.stop()
    try store.close()
  }

  @Test("A crash at any write leaves all entries of a flush, and no others", arguments: [0, 1, 2])
  func crashes(seed: Int) throws {
    var random = SplitMix64(seed: UInt64(seed))
    let directory = TemporaryDirectory()
    let copies = Copies(of: directory.inside("live"), into: directory.inside("copies"))
    let options = RunOptions.tiny(UInt64(seed))
    let store = try MultimapStore(
      directory.path + "/live", options, nil, onWrite: { _ in copies.copy() })
    var entries: [RunEntry] = []
    for position in 1...240 as ClosedRange<UInt64> {
      let entry = RunEntry(
        key: options.key(.random(in: 0..<80, using: &random)), position: position)
      entries.append(entry)
      store.map.insert(entry.key, position)
      if position % 10 == 0 { try store.flush(position) }
    }
    try store.close()
    #expect(copies.count > 120, "merges and deletions write as well")
    for number in 0..<copies.count where number % 3 == seed {
      let copy = try MultimapStore(copies.path(number), options, nil)
      let through = try copy.views.progress(of: "map")?.position ?? 0
      #expect(copy.map.index.count == Int(through))
      for key in 0..<80 as Range<UInt64> {
        let expected = entries.filter { $0.position <= through && $0.key == options.key(key) }
        #expect(copy.map.positions(options.key(key)) == expected.map(\.position))
      }
      #expect(try copy.storedRowCount() == copy.map.index.rowCount, "what a merge left is deleted")
      // And it goes on from there.
      for entry in entries[Int(through)...].prefix(60) {
        copy.map.insert(entry.key, entry.position)
        if entry.position % 10 == 0 { try copy.flush(entry.position) }
      }
      #expect(copy.map.index.count == min(entries.count, Int(through) + 60))
      try copy.close()
    }
  }

  @Test("A full disk stops flushes and merges, and nothing is forgotten", arguments: [true, false])
  func fullStore(inBackground: Bool) throws {
    var random = SplitMix64(seed: 5)
    let directory = TemporaryDirectory()
    var options = RunOptions()
    options.chunkBytes = 4_000
    options.absorbedEntries = 100
    let background = inBackground ? BackgroundWork() : nil
    var views = try ViewStore(directory: directory.path, maximumMapBytes: 1 << 19)
    let map = Multimap(options, background)
    try map.open(views)
    var keys: [UInt64] = []
    var failures = 0
    while failures < 12 {
      for _ in 0..<400 {
        keys.append(random.next())
        map.insert(keys[keys.count - 1], UInt64(keys.count))
      }
      do {
        try views.flush([map], progress: [])
      } catch {
        failures += 1
      }
      for number in stride(from: 0, to: keys.count, by: 37) {
        #expect(map.positions(keys[number]) == [UInt64(number) + 1])
      }
    }
    #expect(map.index.count > 4_000 && map.index.count < keys.count)
    // Merges need room for old and new, so they failed before flushes did.
    let count = map.index.count
    background?.stop()
    try views.close()
    views = try ViewStore(directory: directory.path)
    let again = Multimap(options, nil)
    try again.open(views)
    #expect(again.index.count == count)
    for (number, key) in keys.enumerated().dropFirst(count) {
      again.insert(key, UInt64(number) + 1)
    }
    for _ in 0..<40 { try views.flush([again], progress: []) }
    for (number, key) in keys.enumerated() { #expect(again.positions(key) == [UInt64(number) + 1]) }
    try views.close()
  }

  @Test("There are few runs, however many flushes there were")
  func runCounts() throws {
    let directory = TemporaryDirectory()
    var options = RunOptions()
    options.chunkBytes = 512
    options.absorbedEntries = 256
    let store = try MultimapStore(directory.path, options, nil)
    var random = SplitMix64(seed: 1)
    var most = 0
    for position in 1...20_000 as ClosedRange<UInt64> {
      store.map.insert(random.next(), position)
      if position % 16 == 0 {
        try store.flush(position)
        most = max(most, store.map.index.runCount)
      }
    }
    #expect(most <= 14)
    try store.close()
  }

  @Test(
    "Filters keep to their budget, and the answers stay the same", arguments: [0, 1_000, 6_000])
  func budget(bytes: Int) throws {
    let directory = TemporaryDirectory()
    var options = RunOptions()
    options.chunkBytes = 1_024
    options.absorbedEntries = 64
    options.filterBudgetBytes = bytes
    let store = try MultimapStore(directory.path, options, nil)
    var random = SplitMix64(seed: 7)
    var keys: [UInt64] = []
    for position in 1...8_000 as ClosedRange<UInt64> {
      keys.append(random.next())
      store.map.insert(keys[keys.count - 1], position)
      if position % 100 == 0 { try store.flush(position) }
      #expect(store.map.index.filterBytes <= bytes)
    }
    for _ in 0..<2 {
      for (index, key) in keys.enumerated() {
        #expect(store.map.positions(key) == [UInt64(index) + 1])
        #expect(store.map.positions(key &+ 1) == [])
      }
      try store.reopen()
      #expect(store.map.index.filterBytes <= bytes)
    }
    try store.close()
  }

  @Test("A filter passes every key of its own and few others, also when it was folded")
  func filters() {
    var random = SplitMix64(seed: 3)
    let keys = (0..<100_000).map { _ in random.next() }
    for (bits, share) in [(12, 0.008), (8, 0.035), (4, 0.18)] {
      var filter = RunFilter(entries: keys.count, bitsPerEntry: bits)
      for key in keys { filter.insert(key) }
      #expect(filter.sizeBytes <= keys.count * bits / 8 + 8 * RunFilter.blockBytes)
      #expect(keys.allSatisfy { filter.mayContain(RunFilter.Probe($0)) })
      let strangers = (0..<100_000).count { _ in
        filter.mayContain(RunFilter.Probe(random.next()))
      }
      #expect(Double(strangers) / 100_000 < share)
      while filter.isFoldable {
        let size = filter.sizeBytes
        filter.fold()
        #expect(filter.sizeBytes == size / 2)
        #expect(keys.allSatisfy { filter.mayContain(RunFilter.Probe($0)) })
      }
    }
  }
}

extension RunOptions {
  /// So small that every step happens within some hundred entries.
  static func tiny(_ seed: UInt64) -> RunOptions {
    var options = RunOptions()
    options.chunkBytes = [38, 60, 200][Int(seed % 3)]
    options.absorbedEntries = [0, 8, 30][Int(seed / 3 % 3)]
    options.rowsPerTransaction = 2
    options.filterBitsPerEntry = seed % 2 == 0 ? 12 : 0
    options.keyBits = seed % 2 == 0 ? 64 : 48
    return options
  }

  /// A key as the options want it: spread evenly where there are filters.
  func key(_ number: UInt64) -> UInt64 {
    guard filterBitsPerEntry > 0 else { return number }
    var random = SplitMix64(seed: number)
    return random.next()
  }
}

/// A multimap as the engine has them: what is new in memory, the rest in runs.
final class Multimap: StoredTable {
  let name = "map"
  let index: RunIndex
  private var recent: [RunEntry] = []

  init(_ options: RunOptions, _ background: BackgroundWork?) {
    index = RunIndex(name: name, options: options, background: background)
  }

  func insert(_ key: UInt64, _ position: UInt64) {
    recent.append(RunEntry(key: key, position: position))
  }

  func positions(_ key: UInt64, from first: UInt64 = 0) -> [UInt64] {
    var found: [UInt64] = []
    index.forEachPosition(of: key, from: first) {
      found.append($0)
      return true
    }
    found += recent.filter { $0.key == key && $0.position >= first }.map(\.position)
    return found.sorted()
  }

  var pendingCount: Int { recent.count + (index.hasNews ? 1 : 0) }

  func open(_ source: any RowSource) throws {
    recent = []
    try index.open(source)
  }

  func pendingRows() -> RowBatch {
    var entries = recent
    RunSort.sort(&entries)
    return index.pendingRows(adding: entries)
  }

  func flushed() {
    recent = []
    index.flushed()
  }

  func freeze() {}
  func gather(_ limit: Int) -> Int { 0 }
  func frozenRows() -> FrozenRows { index.frozenRows(adding: recent) }
  func thaw() { index.thaw() }
}

/// A multimap in a store of its own.
final class MultimapStore {
  private let directory: String
  private let options: RunOptions
  private let background: BackgroundWork?
  private(set) var views: ViewStore
  private(set) var map: Multimap

  init(
    _ directory: String, _ options: RunOptions, _ background: BackgroundWork?,
    onWrite: (@Sendable (WritePoint) -> Void)? = nil
  ) throws {
    self.directory = directory
    self.options = options
    self.background = background
    views = try ViewStore(directory: directory, onWritePoint: onWrite)
    map = Multimap(options, background)
    try map.open(views)
  }

  func flush(_ position: UInt64) throws {
    try views.flush([map], progress: [("map", .init(version: "1", position: position))])
  }

  func reopen() throws {
    try views.close()
    views = try ViewStore(directory: directory)
    map = Multimap(options, background)
    try map.open(views)
  }

  func close() throws {
    try views.close()
  }

  /// Rows in the store, without the manifest.
  func storedRowCount() throws -> Int {
    var count = 0
    try views.forEachStoredRow(table: "map") { number, _ in if number > 0 { count += 1 } }
    return count
  }
}

/// Copies of a store's file, one at each write.
final class Copies: Sendable {
  private let source: String
  private let target: String
  private let number = Mutex(0)

  init(of source: String, into target: String) {
    self.source = source
    self.target = target
  }

  var count: Int { number.withLock { $0 } }

  func path(_ number: Int) -> String { "\(target)/\(number)" }

  func copy() {
    guard FileManager.default.fileExists(atPath: source + "/data.mdb") else { return }
    let place = number.withLock { number in
      defer { number += 1 }
      return path(number)
    }
    mkdir(place, 0o700)
    // Never the lock file: closing a descriptor of it drops LMDB's locks.
    for file in ["data.mdb", "mark"] {
      do {
        try FileManager.default.copyItem(atPath: "\(source)/\(file)", toPath: "\(place)/\(file)")
      } catch {
        preconditionFailure("a copy failed: \(error)")
      }
    }
  }
}
