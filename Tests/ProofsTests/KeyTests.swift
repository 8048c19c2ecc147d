import Proofs
import TestSupport
import Testing

@Suite("Keys of notes")
struct KeyTests {
  @Test("No part of a verifier key and no changed letter is a key")
  func verifierMangled() throws {
    _ = try VerifierKey(PublishedNote.peter)
    for mangled in manglings(of: PublishedNote.peter) {
      if (try? VerifierKey(mangled)) != nil { Issue.record("\(mangled) is a key") }
    }
  }

  @Test("No part of a signing key and no changed letter is a key")
  func signingMangled() throws {
    _ = try SigningKey(PublishedNote.peterPrivate)
    for mangled in manglings(of: PublishedNote.peterPrivate) {
      if (try? SigningKey(mangled)) != nil { Issue.record("\(mangled) is a key") }
    }
  }

  @Test(
    "What is wrong with a verifier key is said",
    arguments: [
      ("", .parts), ("PeterNeumann+c74f20a3", .parts),
      ("+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", .name),
      ("Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", .name),
      ("PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", .malformedID),
      ("PeterNeumann+74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", .malformedID),
      ("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10T", .base64),
      ("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW\n", .base64),
      ("PeterNeumann+c74f20a3+", .type(nil)),
      ("PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", .type(101)),
      (
        "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEQ==",
        .length(36)
      ),
      (
        "PeterNeumanx+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        .idDiffers(stated: KeyID(0xc74f_20a3), computed: KeyID(0x2aa3_e5b2))
      ),
    ] as [(String, NoteError.KeyProblem)])
  func problems(text: String, problem: NoteError.KeyProblem) {
    #expect(throws: NoteError.key(problem)) { try VerifierKey(text) }
  }

  @Test("A verifier key is no signing key")
  func notPrivate() {
    #expect(throws: NoteError.key(.notPrivate)) { try SigningKey(PublishedNote.peter) }
    #expect(throws: NoteError.key(.length(31))) {
      try SigningKey(name: KeyName("a")!, seed: [UInt8](repeating: 0, count: 31))
    }
  }

  @Test("A signing key does not show its secret")
  func secret() throws {
    let key = try SigningKey(PublishedNote.peterPrivate)
    var dumped = ""
    dump(key, to: &dumped)
    for text in ["\(key)", String(reflecting: key), dumped] {
      #expect(!text.contains("AYEKFALVFGyNhPJEMzD1QIDr"))
      #expect(!text.contains("seed"))
    }
  }

  @Test(
    "A key's name is not empty and has no spaces, plus signs or control characters",
    arguments: ["", " ", "a b", "a+b", "a\n", "a\u{a0}b", "a\u{2028}", "a\u{1}", "+\u{301}"])
  func names(text: String) {
    #expect(KeyName(text) == nil)
  }

  @Test("Names are equal by their bytes alone")
  func composed() throws {
    let composed = try #require(KeyName("caf\u{e9}"))
    let decomposed = try #require(KeyName("cafe\u{301}"))
    #expect(composed != decomposed)
    #expect(composed.text.unicodeScalars.count == 4)
  }

  @Test("Keys of any name and seed come back from their texts", arguments: 0..<8 as Range<UInt64>)
  func roundTrip(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    for name in ["a", "recount.local/1f9c20aa", "\u{301}é", "日本"] {
      let bytes = (0..<32).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      let key = try SigningKey(name: KeyName(name)!, seed: bytes)
      #expect(try SigningKey(key.privateText).privateText == key.privateText)
      #expect(try VerifierKey(key.verifier.text) == key.verifier)
      let note = try SignedNote(text: "\(name)\n", signedBy: [key])
      #expect(try SignedNote(parsing: note.text).verified(by: [key.verifier]).signers.count == 1)
    }
  }

  /// Every proper part of `text`, and `text` with each letter raised by one.
  private func manglings(of text: String) -> [String] {
    let bytes = Array(text.utf8)
    var manglings: [String] = []
    for first in bytes.indices {
      for end in first...bytes.count where first > 0 || end < bytes.count {
        manglings.append(String(decoding: bytes[first..<end], as: UTF8.self))
      }
      var changed = bytes
      changed[first] += 1
      manglings.append(String(decoding: changed, as: UTF8.self))
    }
    return manglings
  }
}
