import CrashSupport
import Engine
import Foundation
import Glibc
import TestSupport
import Testing

/// Law 2 under SIGKILL: a program under load is killed again and again, and what it acknowledged is
/// found each time.
///
/// `RECOUNT_KILLS=5000` asks for more kills than the usual 300.
@Suite("Kills")
struct KillTests {
  private static let killsPerDirectory = 20
  private static let directories =
    max(
      1,
      (ProcessInfo.processInfo.environment["RECOUNT_KILLS"].flatMap(Int.init) ?? 300)
        / killsPerDirectory)

  @Test(
    "After each kill all that was acknowledged is there, in order and in whole batches",
    arguments: 0..<UInt64(directories))
  func kills(seed: UInt64) throws {
    var victim = Victim(seed: seed)
    for round in 0..<Self.killsPerDirectory {
      try victim.runAndKill()
      try victim.check()
      if round % 4 == 3 { try victim.checkViews() }
      if round % 5 == 4 {
        try victim.runInOrder()
        try victim.check()
        try victim.checkViews()
      }
    }
    #expect(victim.acknowledged > 50)
  }
}

/// A directory, the program that works in it, and what it has said.
struct Victim {
  private let directory = TemporaryDirectory(inMemory: true)
  private let seed: UInt64
  private let inputs: [Input]
  private var random: SplitMix64
  /// By number of the input.
  private var positions: [Int: UInt64] = [:]
  /// The batches that were begun since the last check, without what was in the ledger before.
  private var batches: [Range<Int>] = []
  private(set) var acknowledged = 0
  /// How many inputs are in the ledger, acknowledged or not.
  private var present = 0

  init(seed: UInt64) {
    self.seed = seed
    inputs = ShopInputs.all(seed: seed)
    random = SplitMix64(seed: seed)
  }

  private var place: String { directory.place("data") }

  private mutating func start(batches: Int) throws -> Child {
    // Now and then some inputs come again, as from a client that got no answer.
    let first = max(0, acknowledged - Int.random(in: 0...3, using: &random))
    return try Child(
      Programs.path("CrashProgram"),
      [
        place, "\(seed)", "\(first)", "\(random.next())", "\(batches)",
        seed % 2 == 0 ? "event" : "wall",
      ])
  }

  /// Lets the program work, and kills it: after some batches, or after a while, however far it is.
  mutating func runAndKill() throws {
    let child = try start(batches: .max)
    if random.next() % 3 == 0 {
      usleep(UInt32.random(in: 0..<25_000, using: &random))
    } else {
      for _ in 0..<Int.random(in: 0..<40, using: &random) {
        guard let line = child.line() else { break }
        hear(line)
      }
      usleep(UInt32.random(in: 0..<1_500, using: &random))
    }
    child.kill()
    for line in child.rest() { hear(line) }
    #expect(child.signal == SIGKILL || child.exitCode == 0)
  }

  /// Lets the program do some batches and stop.
  mutating func runInOrder() throws {
    let child = try start(batches: Int.random(in: 1..<12, using: &random))
    let lines = child.rest()
    for line in lines { hear(line) }
    #expect(child.wait() == 0)
    #expect(lines.last == "closed")
  }

  private mutating func hear(_ line: String) {
    let words = line.split(separator: " ")
    guard words.count >= 3, let first = Int(words[1]), let count = Int(words[2]) else { return }
    if words[0] == "begin" {
      batches.append(min(max(first, acknowledged, present), first + count)..<first + count)
    }
    guard words[0] == "ack" else { return }
    #expect(words.count == 3 + count)
    for (index, word) in words.dropFirst(3).enumerated() {
      guard let position = UInt64(word) else {
        Issue.record("input \(first + index) was answered with \(word)")
        continue
      }
      if let known = positions[first + index] { #expect(known == position) }
      positions[first + index] = position
    }
    acknowledged = max(acknowledged, first + count)
  }

  /// Reads the ledger without the code that wrote it.
  mutating func check() throws {
    guard FileManager.default.fileExists(atPath: place + "/ledger/data.mdb") else {
      #expect(positions.isEmpty)
      return
    }
    let reader = try LedgerReader(place + "/ledger")
    #expect(LedgerLaws.violations(in: reader) == [])
    for (number, position) in positions {
      guard position <= UInt64(reader.records.count) else {
        Issue.record("input \(number) was acknowledged at \(position) and is not there")
        continue
      }
      let record = reader.records[Int(position) - 1]
      let input = inputs[number]
      #expect(record.source == input.source && record.externalID == input.externalID)
      #expect(record.subject == input.subject && record.payload == input.payload)
    }
    let order = positions.sorted { $0.key < $1.key }.map(\.value)
    #expect(zip(order, order.dropFirst()).allSatisfy { $0 < $1 })
    let known = Set(reader.records.map { [$0.source, $0.externalID] })
    present = inputs.firstIndex { !known.contains([$0.source, $0.externalID]) } ?? inputs.count
    #expect(
      !inputs[present...].contains { known.contains([$0.source, $0.externalID]) },
      "there is a gap at input \(present)")
    for batch in batches {
      #expect(!batch.dropFirst().contains(present), "part of a batch: \(present) in \(batch)")
    }
    batches = []
  }

  /// The views that recovery makes of what is there are those that a rebuild makes.
  func checkViews() throws {
    // Whoever is killed early enough has made nothing.
    guard FileManager.default.fileExists(atPath: place + "/ledger/data.mdb") else { return }
    let copy = directory.place("copy")
    defer { try? FileManager.default.removeItem(atPath: copy) }
    try FileManager.default.copyItem(atPath: place, toPath: copy)
    try Views.check(copy)
  }
}
