import CBOR
import Engine
import Glibc
import Host
import LMDB
import Ledger
import Policies
import TestSupport
import Testing

import class Foundation.FileManager

/// Damage to the files: told with its place and what mends it, and never a crash.
@Suite("Damaged files")
struct DamageTests {
  /// What a command says of damage has to have a place and a mend.
  private func check(_ command: Command, _ words: [String]) {
    #expect(command.signal == 0, "\(words): signal \(command.signal) \(command.errors)")
    guard command.exitCode != 0 else { return }
    let text = command.errors + command.output
    #expect(command.exitCode == 1, "\(words): \(text)")
    let hasPlace = ["position", "page", "data.mdb", "event", "names"].contains { text.contains($0) }
    #expect(hasPlace, "\(words): \(text)")
  }

  @Test(
    "A ledger that is cut off is refused by every command",
    arguments: [0, 100, 4_095, 4_096, 8_191, 8_192, 40_960, -8_192, -1])
  func cutOff(bytes count: Int) throws {
    let directory = TemporaryDirectory(inMemory: true)
    let place = try Shelf.copy(into: directory)
    let bytes = Shelf.bytes(place + "/ledger/data.mdb")
    let used = try usedBytes(place + "/ledger")
    let kept = count < 0 ? used + count : count
    Shelf.replace(place + "/ledger/data.mdb", Array(bytes[..<kept]))
    for words in Command.reading(place) + Command.rebuilding(place) {
      let command = try Command(words)
      check(command, words)
      #expect(command.exitCode == 1, "\(words) after \(kept) of \(used) bytes")
      #expect((command.errors + command.output).contains("recount restore"), "\(command.errors)")
    }
    #expect(Shelf.bytes(place + "/ledger/data.mdb").count == kept, "a command has written to it")
  }

  @Test("Zeros at the end that do not fill a page do no harm")
  func unevenLength() throws {
    let directory = TemporaryDirectory(inMemory: true)
    let place = try Shelf.copy(into: directory)
    let bytes = Shelf.bytes(place + "/ledger/data.mdb")
    Shelf.replace(place + "/ledger/data.mdb", bytes + [UInt8](repeating: 0, count: 9_999))
    let command = try Command(["status", "--json", "--data", place])
    #expect(command.exitCode == 0, "\(command.errors)")
    #expect(command.output.contains("\(Shelf.end)"))
  }

  @Test("Views that are cut off or overwritten are made anew", arguments: [0, 1, 2, 3, 4])
  func damagedViews(way: Int) throws {
    let directory = TemporaryDirectory(inMemory: true)
    let whole = try Command(["digest", "--data", try Shelf.copy(into: directory, "whole")])
    let place = try Shelf.copy(into: directory)
    let path = place + "/views/data.mdb"
    var bytes = Shelf.bytes(path)
    switch way {
    case 0: bytes = []
    case 1: bytes = Array(bytes[..<20_480])
    case 2:
      for index in bytes.indices.dropFirst(8_192) where index % 4_096 < 16 { bytes[index] = 7 }
    case 3: bytes.replaceSubrange(0..<4_096, with: [UInt8](repeating: 0xaa, count: 4_096))
    default: bytes = Array("no views at all".utf8)
    }
    Shelf.replace(path, bytes)
    for words in Command.reading(place) {
      let command = try Command(words)
      #expect(command.signal == 0 && command.exitCode == 0, "\(words): \(command.errors)")
    }
    let command = try Command(["digest", "--data", place])
    #expect(command.output == whole.output, "\(command.errors)")
  }

  /// What the commands say of the directory as it was, by their names.
  private static let whole: [String: String] = {
    let directory = TemporaryDirectory(inMemory: true)
    do {
      let place = try Shelf.copy(into: directory)
      return try Dictionary(
        uniqueKeysWithValues: (Command.reading(place) + Command.rebuilding(place)).map {
          ($0[0], try Command($0).output)
        })
    } catch {
      preconditionFailure("\(error)")
    }
  }()

  /// Commands that say the same each time.
  private static let steady = ["log", "why", "metrics", "candidates", "programs", "digest"]

  @Test(
    "Flipped bits in the ledger never crash a command, nor change what it says",
    arguments: 0..<12 as Range<UInt64>)
  func flippedBits(seed: UInt64) throws {
    let directory = TemporaryDirectory(inMemory: true)
    let place = try Shelf.copy(into: directory)
    let path = place + "/ledger/data.mdb"
    var bytes = Shelf.bytes(path)
    var random = SplitMix64(seed: seed)
    let used = try usedBytes(place + "/ledger")
    // Each kind of page gets its share: what is at a page's beginning, and what is anywhere.
    for _ in 0..<4 {
      let page = Int(random.next() % UInt64(used / 4_096)) * 4_096
      let offset = Int(random.next() % (seed % 2 == 0 ? 64 : 4_096))
      bytes[page + offset] ^= 1 << UInt8(random.next() % 8)
    }
    Shelf.replace(path, bytes)
    for words in Command.reading(place) + Command.rebuilding(place) {
      let command = try Command(words)
      check(command, words)
      guard command.exitCode == 0, Self.steady.contains(words[0]) else { continue }
      let isSame = command.output == Self.whole[words[0]]
      #expect(isSame, "\(words) says something else")
    }
  }

  @Test(
    "A flipped bit in the views changes no answer: they are made anew",
    arguments: 0..<12 as Range<UInt64>)
  func flippedViews(seed: UInt64) throws {
    let directory = TemporaryDirectory(inMemory: true)
    let place = try Shelf.copy(into: directory)
    let path = place + "/views/data.mdb"
    var bytes = Shelf.bytes(path)
    var random = SplitMix64(seed: seed)
    for _ in 0..<20 {
      bytes[Int(random.next() % UInt64(bytes.count))] ^= 1 << UInt8(random.next() % 8)
    }
    Shelf.replace(path, bytes)
    for words in Command.reading(place) {
      let command = try Command(words)
      #expect(command.signal == 0, "\(words): \(command.errors)")
      if command.exitCode != 0 {
        // Rows that are read one by one cannot be done without in the midst of it.
        #expect(command.errors.contains("delete views/"), "\(words): \(command.errors)")
      } else if Self.steady.contains(words[0]) {
        let isSame = command.output == Self.whole[words[0]]
        #expect(isSame, "\(words) says something else")
      }
    }
    // A process that meets a wrong row ends, and the next one goes on without these views.
    var digest = try Command(["digest", "--data", place])
    if digest.exitCode != 0 {
      #expect(digest.errors.contains("start again"), "\(digest.errors)")
      digest = try Command(["digest", "--data", place])
    }
    let isSame = digest.output == Self.whole["digest"]
    #expect(isSame && digest.signal == 0, "\(digest.errors)")
  }

  @Test(
    "A flipped bit in any byte of a record is found wherever the record lies", arguments: [1, 2])
  func flippedRecords(place kind: Int) throws {
    let directory = TemporaryDirectory(inMemory: true)
    let place = try Shelf.copy(into: directory)
    let path = place + "/ledger/data.mdb"
    let bytes = Shelf.bytes(path)
    // A record of the tail lies in the file as it is; so do the ids in a segment.
    let reader = try LedgerReader(place + "/ledger")
    let record = reader.records[kind == 1 ? reader.records.count - 20 : 300]
    let needle = kind == 1 ? record.bytes : record.id
    // Also in pages that are not in use any more.
    let places = find(needle, in: bytes)
    try #require(!places.isEmpty)
    for index in needle.indices {
      var spoilt = bytes
      for start in places { spoilt[start + index] ^= 1 << UInt8(index % 8) }
      Shelf.replace(path, spoilt)
      let error = #expect(throws: LedgerError.self) {
        let ledger = try Ledger(directory: place + "/ledger", options: .reading)
        defer { ledger.close() }
        try ledger.forEachRecord(from: 1) { _, _ in true }
      }
      guard case .damaged(let position, _)? = error else {
        Issue.record("byte \(index): \(String(describing: error))")
        continue
      }
      #expect(position <= record.position && position + 256 > record.position)
    }
  }

  @Test("A name that has become another one is found when the ledger is opened")
  func flippedName() throws {
    let directory = TemporaryDirectory(inMemory: true)
    let place = try Shelf.copy(into: directory)
    let path = place + "/ledger/data.mdb"
    let bytes = Shelf.bytes(path)
    var spoilt = bytes
    // The table's row is the name behind its key: space 1, number.
    let number = try #require(
      LedgerReader(place + "/ledger").names.first { $0.value == Array("cart.abandoned".utf8) })
    for start in find(number.key + number.value, in: bytes) { spoilt[start + 6] ^= 1 }
    Shelf.replace(path, spoilt)
    for words in Command.reading(place) + Command.rebuilding(place) where words[0] != "verify" {
      let command = try Command(words)
      check(command, words)
      #expect(command.exitCode == 1 && command.errors.contains("names"), "\(words)")
    }
  }

  @Test("A program's body that has changed is not run, and not taken for none")
  func flippedBody() throws {
    let directory = TemporaryDirectory(inMemory: true)
    let place = try Shelf.copy(into: directory)
    let path = place + "/ledger/data.mdb"
    var bytes = Shelf.bytes(path)
    let body = try #require(
      LedgerReader(place + "/ledger").bodies.values.first { $0.count > 4_000 })
    for start in find(Array(body[1_000..<1_100]), in: bytes) { bytes[start] ^= 1 }
    Shelf.replace(path, bytes)
    let command = try Command(["rebuild", "--data", place])
    check(command, ["rebuild"])
    #expect(command.exitCode == 1 && command.errors.contains("body"), "\(command.errors)")
  }

  @Test("A page that cannot be read while a command works ends it with the reason")
  func unreadablePage() throws {
    let directory = TemporaryDirectory(inMemory: true)
    // Nobody writes to it, so that the command waits.
    mkfifo(directory.place("events"), 0o600)
    let child = try Child(
      Programs.path("recount"),
      ["ingest", directory.place("events"), "--data", directory.place("data")],
      errors: directory.place("errors"))
    usleep(300_000)
    // What the system sends.
    Glibc.kill(child.identifier, SIGBUS)
    #expect(child.signal == 0 && child.exitCode == 1)
    let errors = String(decoding: Shelf.bytes(directory.place("errors")), as: UTF8.self)
    #expect(errors.contains("a page of a data file cannot be read"), "\(errors)")
  }

  @Test("A ledger that has lost its end is not taken for whole")
  func lostEnd() throws {
    let directory = TemporaryDirectory(inMemory: true)
    let place = try Shelf.copy(into: directory)
    // The header of the last commit becomes unreadable for LMDB's choice: the one before counts.
    let path = place + "/ledger/data.mdb"
    let host = try Shelf.host(place)
    let before = Shelf.bytes(path)
    let input = Input(
      type: "page.viewed", subject: Array("c-1".utf8), source: Array("//test".utf8),
      externalID: Array("last".utf8), occurredAt: nil,
      payload: CBORValue.object([]).encoded())
    _ = try host.append([input])
    try host.close()
    Shelf.replace(path, before)
    let command = try Command(["rebuild", "--data", place])
    #expect(command.signal == 0 && command.exitCode == 1)
    #expect(command.errors.contains("events that were acknowledged are missing"))
    // The mend that it names.
    try FileManager.default.removeItem(atPath: place + "/views")
    #expect(try Command(["rebuild", "--data", place]).exitCode == 0)
  }

  private func usedBytes(_ ledger: String) throws -> Int {
    var options = EnvironmentOptions()
    options.readOnly = true
    let environment = try Environment(directory: ledger, options: options)
    defer { environment.close() }
    return try environment.info().usedBytes
  }

  /// Everywhere that the bytes lie.
  private func find(_ needle: [UInt8], in bytes: [UInt8]) -> [Int] {
    bytes.indices.dropLast(needle.count - 1).filter { start in
      needle.indices.allSatisfy { bytes[start + $0] == needle[$0] }
    }
  }
}

extension LedgerOptions {
  /// For looking only.
  static var reading: LedgerOptions {
    var options = LedgerOptions()
    options.readOnly = true
    return options
  }
}
