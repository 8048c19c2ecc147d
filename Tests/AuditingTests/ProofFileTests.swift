import Auditing
import CBOR
import Foundation
import JSON
import Ledger
import Proofs
import TestSupport
import Testing

@Suite("Proofs as files")
struct ProofFileTests {
  static let history = History.random(seed: 31, count: 700)
  static let key = try! SigningKey(
    name: KeyName("recount.local/test")!, seed: Array(0..<32))
  static let otherKey = try! SigningKey(
    name: KeyName("recount.local/test")!, seed: Array(1..<33))

  private static func json(_ write: (inout JSONWriter) -> Void) -> String {
    var writer = JSONWriter()
    writer.object(write)
    return writer.text
  }

  private static func inclusion(_ position: UInt64, size: UInt64? = nil) throws -> String {
    let stored = try StoredHistory(history, hotRecords: 100)
    let proof = try stored.read {
      try InclusionProof(position: position, size: size, in: $0, signedBy: key)
    }
    return json { proof.write(to: &$0) }
  }

  private static func verify(_ text: String, _ key: VerifierKey = key.verifier) throws -> Event {
    guard case .inclusion(let proof) = try ProofFile(json: Array(text.utf8)) else {
      throw TestFailure(description: "no proof of inclusion")
    }
    return try proof.verify(by: key)
  }

  @Test(
    "A proof of every record and size is read again and holds",
    arguments: [(1, 1), (1, 700), (256, 256), (257, 700), (512, 513), (699, 699), (700, nil)]
      as [(UInt64, UInt64?)])
  func holds(position: UInt64, size: UInt64?) throws {
    let text = try Self.inclusion(position, size: size)
    let event = try Self.verify(text)
    #expect(event == Self.history.events[Int(position) - 1])
    // What is unknown is passed over, and the order of fields is free.
    #expect(try Self.verify("{\"more\": [1]," + text.dropFirst()) == event)
  }

  @Test("Positions and sizes that are not there are refused, naming those that are")
  func notThere() throws {
    let stored = try StoredHistory(Self.history)
    let end = UInt64(Self.history.events.count)
    for (position, size) in [(0, nil), (end + 1, nil), (5, 4), (1, 0), (1, end + 1)]
      as [(UInt64, UInt64?)]
    {
      #expect(throws: ProofRefused.self) {
        try stored.read {
          try InclusionProof(position: position, size: size, in: $0, signedBy: Self.key)
        }
      }
    }
    #expect(throws: ProofRefused.self) {
      try stored.read { try ConsistencyProof(from: 1, to: end + 1, in: $0, signedBy: Self.key) }
    }
  }

  @Test("No changed letter of a proof's own fields is accepted as another proof")
  func changed() throws {
    let text = try Self.inclusion(300)
    let event = try Self.verify(text)
    var bytes = Array(text.utf8)
    // Behind the checkpoint stand the names, which are no part of the proof.
    let end = try #require(text.range(of: "\"position\"")).lowerBound.utf16Offset(in: text)
    var accepted = 0
    for place in 0..<end {
      let original = bytes[place]
      for letter in [original ^ 1, original ^ 0x20] {
        bytes[place] = letter
        // An upper-case hex digit is the same hash.
        let read = try? Self.verify(String(decoding: bytes, as: UTF8.self))
        if let read {
          accepted += 1
          if read != event { Issue.record("byte \(place) may be \(letter)") }
        }
      }
      bytes[place] = original
    }
    #expect(accepted < bytes.count / 2)
  }

  @Test("Each step that fails is named")
  func steps() throws {
    let text = try Self.inclusion(300)
    let cases: [(String, String, String)] = [
      ("\"index\":299", "\"index\":298", "leaf and path lead to the root"),
      ("\"size\":", "\"size\":1", "the path has"),
      ("\"path\":[\"", "\"path\":[\"00\",\"", "hash 1 of the proof's path is not"),
      ("\"leaf\":\"", "\"leaf\":\"0", "the proof's leaf is not"),
      ("\"record\":\"", "\"record\":\"!", "the proof's record is no base 64"),
      ("\"record\":\"AQ", "\"record\":\"AA", "the record hashes to"),
      ("\"checkpoint\":\"", "\"checkpoint\":\"x", "the checkpoint:"),
      ("\"index\":299", "\"index\":-1", "the proof's index is missing, or no number"),
      ("\"root\":", "\"toor\":", "the proof's root is missing"),
      ("\"record\":", "\"rekord\":", "has neither record nor fromRoot"),
      ("{", "[{", "is no JSON object"),
    ]
    for (old, new, reason) in cases {
      let range = try #require(text.range(of: old))
      let error = try #require(throws: ProofRefused.self) {
        try Self.verify(text.replacingCharacters(in: range, with: new))
      }
      #expect(error.description.contains(reason), "\(new): \(error)")
    }
  }

  @Test("Another key, or a checkpoint of another log, is refused")
  func keys() throws {
    let text = try Self.inclusion(300)
    #expect(throws: ProofRefused.self) { try Self.verify(text, Self.otherKey.verifier) }
    let stored = try StoredHistory(Self.history)
    let root = try stored.read { try $0.tree.root(size: 700) }
    let foreign = try SignedNote(
      text: Checkpoint(origin: "recount.local/other", size: 700, root: root).text,
      signedBy: [Self.key])
    let error = try #require(throws: ProofRefused.self) {
      try Checkpoint(verifying: foreign, by: Self.key.verifier)
    }
    #expect(error.description.contains("recount.local/other"))
  }

  @Test("Random changes of a proof never trap", arguments: 0..<8 as Range<UInt64>)
  func fuzz(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let text = Array(try Self.inclusion(300).utf8)
    for _ in 0..<300 {
      var bytes = text
      for _ in 0...random.next() % 3 {
        let place = Int(random.next() % UInt64(bytes.count))
        switch random.next() % 3 {
        case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
        case 1: bytes.removeSubrange(place..<min(bytes.count, place + 30))
        default: bytes.insert(contentsOf: bytes[place...].prefix(30), at: place)
        }
        if bytes.isEmpty { break }
      }
      guard case .inclusion(let proof)? = try? ProofFile(json: bytes) else { continue }
      _ = try? proof.verify(by: Self.key.verifier)
    }
  }

  @Test("Random records never trap", arguments: 0..<8 as Range<UInt64>)
  func fuzzedRecords(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    for event in Self.history.events {
      var record = event.record
      record[Int(random.next() % UInt64(record.count))] = UInt8(truncatingIfNeeded: random.next())
      guard let read = try? Event(validating: record, at: event.position) else { continue }
      _ = read.payload.value
    }
  }

  // MARK: - Consistency

  private static func note(_ size: UInt64, _ key: SigningKey = key) throws -> SignedNote {
    let stored = try StoredHistory(history)
    let root = try stored.read { try $0.tree.root(size: size) }
    return try SignedNote(
      text: Checkpoint(origin: key.verifier.name.text, size: size, root: root).text, signedBy: [key]
    )
  }

  private static func consistency(_ from: UInt64, _ to: UInt64) throws -> ConsistencyProof {
    let stored = try StoredHistory(history, hotRecords: 0)
    let made = try stored.read { try ConsistencyProof(from: from, to: to, in: $0, signedBy: key) }
    guard
      case .consistency(let read) = try ProofFile(
        json: Array(json { made.write(to: &$0) }.utf8))
    else { throw TestFailure(description: "no proof of consistency") }
    return read
  }

  @Test(
    "A proof of consistency holds against two checkpoints",
    arguments: [(0, 700), (1, 700), (256, 512), (300, 700), (700, 700), (255, 257)]
      as [(UInt64, UInt64)])
  func consistent(from: UInt64, to: UInt64) throws {
    let proof = try Self.consistency(from, to)
    try proof.verify(older: Self.note(from), newer: nil, by: Self.key.verifier)
    try proof.verify(older: Self.note(from), newer: Self.note(to), by: Self.key.verifier)
    #expect(throws: ProofRefused.self) {
      try proof.verify(older: nil, newer: nil, by: Self.key.verifier)
    }
    #expect(throws: ProofRefused.self) {
      try proof.verify(older: Self.note(from), newer: nil, by: Self.otherKey.verifier)
    }
    guard from != to else { return }
    #expect(throws: ProofRefused.self) {
      try proof.verify(older: Self.note(to), newer: Self.note(from), by: Self.key.verifier)
    }
  }

  @Test("A checkpoint is read as a note and out of JSON")
  func checkpointFiles() throws {
    let note = try Self.note(300)
    #expect(try CheckpointFile.note(Array(note.text.utf8)) == note)
    let text = Self.json { $0.field("checkpoint", note.text) }
    #expect(try CheckpointFile.note(Array(text.utf8)) == note)
    for bytes in ["", "{", "{}", "{\"checkpoint\":1}", "hello\n"] {
      #expect(throws: ProofRefused.self) { try CheckpointFile.note(Array(bytes.utf8)) }
    }
  }
}

struct TestFailure: Error {
  let description: String
}
