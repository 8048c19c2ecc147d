import Glibc
import Ledger
import Proofs
import Synchronization
import TestSupport
import Testing

import class Foundation.FileManager

@Suite("Copies of ledgers")
struct LedgerCopyTests {
  @Test(
    "A copy has what its source has, however often it is brought up to date and however it is cut",
    arguments: 0..<12 as Range<UInt64>)
  func updates(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let directory = TemporaryDirectory(inMemory: true)
    let copyDirectory = directory.inside("copy")
    let hot: UInt64 = [0, 100, 600, 5_000][Int(seed % 4)]
    let source = try Ledger(directory: directory.inside("source"), options: .quick(hot: hot))
    defer { source.close() }
    var history = CopiedHistory()
    for round in 0..<8 {
      for _ in 0..<Int.random(in: 0..<7, using: &random) {
        let commit = history.next([1, 40, 256, 700].randomElement(using: &random)!, &random)
        try source.append(commit.events, blobs: commit.blobs)
      }
      if round % 2 == 0 { try waitForSealing(source, hot: hot) }
      let copy = try Ledger(directory: copyDirectory, options: .forCopies)
      let before = copy.end.position
      let sealedBefore = try copy.sealedThrough
      var job = try LedgerCopy(
        from: source, to: copy,
        sliceBytes: [1, 20_000, 1 << 20][Int.random(in: 0..<3, using: &random)])
      let report = try job.run()
      #expect(report.before == before)
      #expect(report.size == history.count)
      #expect(report.root == (try source.tree.root(report.size)))
      #expect(report.segments == (try copy.sealedThrough - sealedBefore) / 256)
      #expect(copy.end == source.end)
      try history.check(copy)
      copy.close()
      let again = try Ledger(directory: copyDirectory, options: .forCopies)
      #expect(again.end == source.end)
      try history.check(again)
      again.close()
    }
  }

  @Test("What was copied before is not copied again")
  func increments() throws {
    let directory = TemporaryDirectory(inMemory: true)
    let source = try Ledger(directory: directory.inside("source"), options: .quick(hot: 256))
    defer { source.close() }
    let copy = try Ledger(directory: directory.inside("copy"), options: .forCopies)
    defer { copy.close() }
    try source.append((1...2_560).map { event($0, payloadBytes: 100) })
    try waitForSealing(source, hot: 256)
    var first = try LedgerCopy(from: source, to: copy)
    let all = try first.run()
    #expect(all.segments == 9)
    var nothing = try LedgerCopy(from: source, to: copy)
    let none = try nothing.run()
    #expect(none.size == 2_560 && none.root == all.root && none.segments == 0 && none.bytes == 0)
    try source.append((2_561...2_600).map { event($0, payloadBytes: 100) })
    var second = try LedgerCopy(from: source, to: copy)
    let tail = try second.run()
    #expect(tail.segments == 0)
    #expect(tail.bytes < 40 * 300)
    try source.append((2_601...2_900).map { event($0, payloadBytes: 100) })
    try waitForSealing(source, hot: 256)
    var third = try LedgerCopy(from: source, to: copy)
    #expect(try third.run().segments == 1)
  }

  @Test("Wherever a copy is cut short, it is a whole ledger, from which the next one goes on")
  func cutShort() throws {
    var random = SplitMix64(seed: 5)
    let directory = TemporaryDirectory(inMemory: true)
    let source = try Ledger(directory: directory.inside("source"), options: .quick(hot: 300))
    defer { source.close() }
    var history = CopiedHistory()
    let copyDirectory = directory.inside("copy")
    let cuts = Cuts(of: copyDirectory, into: directory.inside("cuts"))
    for _ in 0..<3 {
      for _ in 0..<4 {
        let commit = history.next(400, &random)
        try source.append(commit.events, blobs: commit.blobs)
      }
      try waitForSealing(source, hot: 300)
      var options = LedgerOptions.forCopies
      options.onWritePoint = { _ in cuts.take() }
      let copy = try Ledger(directory: copyDirectory, options: options)
      var job = try LedgerCopy(from: source, to: copy, sliceBytes: 30_000)
      _ = try job.run()
      copy.close()
    }
    #expect(cuts.paths.count > 20)
    var ends: Set<UInt64> = []
    for path in cuts.paths {
      let cut = try Ledger(directory: path, options: .forCopies)
      ends.insert(cut.end.position)
      try history.check(cut)
      var job = try LedgerCopy(from: source, to: cut, sliceBytes: 50_000)
      #expect(try job.run().size == history.count)
      try history.check(cut)
      cut.close()
    }
    #expect(ends.count > 8)
  }

  @Test("A copy that goes on as a ledger of its own continues the same tree")
  func goesOn() throws {
    var random = SplitMix64(seed: 6)
    let directory = TemporaryDirectory(inMemory: true)
    let source = try Ledger(directory: directory.inside("source"), options: .quick(hot: 300))
    defer { source.close() }
    var history = CopiedHistory()
    for _ in 0..<6 {
      let commit = history.next(333, &random)
      try source.append(commit.events, blobs: commit.blobs)
    }
    try waitForSealing(source, hot: 300)
    let first = try Ledger(directory: directory.inside("copy"), options: .forCopies)
    var job = try LedgerCopy(from: source, to: first)
    let report = try job.run()
    first.close()
    let copy = try Ledger(directory: directory.place("copy"), options: .quick(hot: 0))
    defer { copy.close() }
    for _ in 0..<6 {
      let commit = history.next(200, &random)
      try copy.append(commit.events, blobs: commit.blobs)
    }
    try waitForSealing(copy, hot: 0)
    try history.check(copy)
    let tree = copy.tree
    #expect(try tree.root(report.size) == report.root)
    try Merkle.verifyConsistency(
      from: report.size, to: history.count,
      path: tree.consistency(from: report.size, to: history.count), fromRoot: report.root,
      toRoot: tree.root(history.count))
    // The source is now the older of the two.
    #expect {
      _ = try LedgerCopy(from: source, to: copy)
    } throws: { error in
      guard case .sourceIsBehind(let source, let target)? = error as? LedgerCopyError else {
        return false
      }
      return source == report.size && target == history.count
    }
  }

  @Test("A copy comes to its end although the writer does not")
  func endlessWriter() async throws {
    let directory = TemporaryDirectory(inMemory: true)
    let source = try Ledger(directory: directory.inside("source"), options: .quick(hot: 0))
    let copy = try Ledger(directory: directory.inside("copy"), options: .forCopies)
    try source.append((1...3_000).map { event($0) })
    let isOver = OneWaySwitch()
    let writer = Task.detached { () throws in
      var end: UInt64 = 3_000
      while !isOver.isOn {
        try source.append((end + 1...end + 300).map { event($0) })
        end += 300
      }
    }
    var job = try LedgerCopy(from: source, to: copy, sliceBytes: 20_000)
    let report = try job.run()
    isOver.turnOn()
    try await writer.value
    #expect(report.size >= 3_000)
    #expect(try source.tree.root(report.size) == report.root)
    #expect(try copy.positions(from: 1) == Array(1...report.size))
    source.close()
    copy.close()
  }

  @Test("The same events in other blocks are the same history")
  func otherBlocks() throws {
    let directory = TemporaryDirectory(inMemory: true)
    let copy = try Ledger(directory: directory.inside("copy"), options: .forCopies)
    defer { copy.close() }
    for (index, commits) in [[7, 300, 5], [311, 2, 200], [1, 700, 3]].enumerated() {
      let source = try Ledger(
        directory: directory.inside("source\(index)"), options: .quick(hot: index == 1 ? 0 : 9_000))
      defer { source.close() }
      var end: UInt64 = 0
      for count in commits {
        try source.append((1...UInt64(count)).map { event(end + $0) })
        end += UInt64(count)
      }
      if index == 1 { try waitForSealing(source, hot: 0) }
      var job = try LedgerCopy(from: source, to: copy)
      #expect(try job.run().size == end)
      #expect(try copy.positions(from: 1) == Array(1...end))
    }
    #expect(try copy.event(at: 600) == event(600))
  }

  @Test("Another history is refused, and the copy stays as it is", arguments: [1, 300, 700])
  func otherHistory(differs: UInt64) throws {
    let directory = TemporaryDirectory(inMemory: true)
    let source = try Ledger(directory: directory.inside("source"), options: .quick(hot: 0))
    defer { source.close() }
    let other = try Ledger(directory: directory.inside("other"), options: .quick(hot: 0))
    defer { other.close() }
    try source.append((1...700).map { event($0) })
    try other.append((1...800).map { event($0, subject: $0 == differs ? "mallory" : "alice") })
    let copy = try Ledger(directory: directory.inside("copy"), options: .forCopies)
    defer { copy.close() }
    var job = try LedgerCopy(from: source, to: copy)
    let report = try job.run()
    #expect {
      _ = try LedgerCopy(from: other, to: copy)
    } throws: { error in
      guard case .otherHistory(let size, _, let root)? = error as? LedgerCopyError else {
        return false
      }
      return size == 700 && root == report.root
    }
    #expect(try copy.tree.root(700) == report.root)
  }
}

extension LedgerOptions {
  /// Seals at once what is not among the `hot` newest records.
  static func quick(hot: UInt64) -> LedgerOptions {
    var options = LedgerOptions()
    options.growAheadBytes = 0
    options.hotRecords = hot
    options.sealingPauseMilliseconds = 1
    return options
  }
}

/// Waits until all is sealed that may be.
func waitForSealing(_ ledger: Ledger, hot: UInt64) throws {
  let end = ledger.end.position
  let sealable = end < hot ? 0 : (end - hot) / 256 * 256
  for _ in 0..<2_000 where try ledger.sealedThrough < sealable { usleep(5_000) }
  #expect(try ledger.sealedThrough >= sealable)
}

/// What one thread tells another once.
final class OneWaySwitch: Sendable {
  private let state = Mutex(false)

  var isOn: Bool { state.withLock { $0 } }

  func turnOn() {
    state.withLock { $0 = true }
  }
}

/// The data file of a ledger at every write.
final class Cuts: Sendable {
  private let source: String
  private let target: String
  private let taken = Mutex<[String]>([])

  init(of source: String, into target: String) {
    self.source = source
    self.target = target
  }

  var paths: [String] { taken.withLock { $0 } }

  func take() {
    let path = taken.withLock { taken in
      taken.append("\(target)/\(taken.count)")
      return taken[taken.count - 1]
    }
    mkdir(path, 0o700)
    try? FileManager.default.copyItem(atPath: "\(source)/data.mdb", toPath: "\(path)/data.mdb")
  }
}
