import Proofs
import TestSupport
import Testing

/// The vectors of the Go module `golang.org/x/mod/sumdb/note` and of C2SP signed-note.
enum PublishedNote {
  static let text = """
    If you think cryptography is the answer to your problem,
    then you don't know what your problem is.

    """
  static let peterPrivate =
    "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
  static let peter = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
  static let enoch = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
  static let peterLine = """
    — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdn\
    gotpRZb6KE6RyyBwJnAM=

    """
  static let enochLine = """
    — EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwn\
    WLox33WWd1RvMc+QQ=

    """
  static let example = """
    This is an example message.

    — example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3\
    mFXmRKuwHjG1Yu72IneyaQM=

    """
  static let exampleKey = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
}

@Suite("Signed notes")
struct NoteTests {
  static let peter = try! VerifierKey(PublishedNote.peter)
  static let enoch = try! VerifierKey(PublishedNote.enoch)

  @Test("A key signs as the published note is signed")
  func signs() throws {
    let key = try SigningKey(PublishedNote.peterPrivate)
    let note = try SignedNote(text: PublishedNote.text, signedBy: [key])
    #expect(note.text == PublishedNote.text + "\n" + PublishedNote.peterLine)
    #expect(key.verifier.text == PublishedNote.peter)
    #expect(key.privateText == PublishedNote.peterPrivate)
  }

  @Test("The key whose seed is zero adds the published second signature")
  func addsSignature() throws {
    let enoch = try SigningKey(name: KeyName("EnochRoot")!, seed: [UInt8](repeating: 0, count: 32))
    var note = try SignedNote(parsing: PublishedNote.text + "\n" + PublishedNote.peterLine)
    note.sign(with: enoch)
    let both = PublishedNote.text + "\n" + PublishedNote.peterLine + PublishedNote.enochLine
    #expect(note.text == both)
    #expect(enoch.verifier == Self.enoch)
    note.sign(with: enoch)
    #expect(note.text == both, "a second signature of the same key takes the place of the first")
    #expect(try note.verified(by: [Self.peter, Self.enoch]).signers == [Self.peter, Self.enoch])
    #expect(try note.verified(by: [Self.enoch]).signers == [Self.enoch])
    #expect(try note.verified(by: [Self.peter, Self.peter]).text == PublishedNote.text)
  }

  @Test("The specification's example verifies")
  func example() throws {
    let note = try SignedNote(parsing: PublishedNote.example)
    let key = try VerifierKey(PublishedNote.exampleKey)
    #expect(key.text == PublishedNote.exampleKey)
    #expect(try note.verified(by: [key]).text == "This is an example message.\n")
  }

  @Test("A note that no known key has signed is not believed")
  func unknown() throws {
    let note = try SignedNote(parsing: PublishedNote.example)
    #expect(throws: NoteError.noKnownSignature(signers: ["example.com/foo+530d903a"])) {
      try note.verified(by: [Self.peter])
    }
    #expect(throws: NoteError.self) { try note.verified(by: []) }
  }

  @Test("A known key's wrong signature spoils the note, also beside a right one")
  func wrongSignature() throws {
    let line = PublishedNote.peterLine.replacing("x08go/ZJ", with: "x08go/ZK")
    let note = try SignedNote(
      parsing: PublishedNote.text + "\n" + PublishedNote.enochLine + line)
    #expect(throws: NoteError.signatureDiffers(name: "PeterNeumann", id: Self.peter.id)) {
      try note.verified(by: [Self.peter, Self.enoch])
    }
    #expect(try note.verified(by: [Self.enoch]).signers == [Self.enoch])
    let long = PublishedNote.peterLine.replacing("x08go/ZJ", with: "x08go/ZJABCD")
    #expect(throws: NoteError.signatureDiffers(name: "PeterNeumann", id: Self.peter.id)) {
      try SignedNote(parsing: PublishedNote.text + "\n" + long).verified(by: [Self.peter])
    }
  }

  @Test("Every flipped bit of text or signature is refused")
  func flippedBits() throws {
    let bytes = Array((PublishedNote.text + "\n" + PublishedNote.peterLine).utf8)
    for offset in bytes.indices {
      for bit in 0..<8 as Range<UInt8> {
        var changed = bytes
        changed[offset] ^= 1 << bit
        let note = try? SignedNote(parsing: changed).verified(by: [Self.peter])
        if note != nil { Issue.record("byte \(offset) bit \(bit) may be flipped") }
      }
    }
  }

  @Test(
    "What is no note is refused",
    arguments: [
      (PublishedNote.text, .noSignature), (PublishedNote.text + "\n", .noSignature),
      ("", .noSignature),
      ("\n", .noSignature), (PublishedNote.peterLine, .noSignature),
      (PublishedNote.text + "\n" + PublishedNote.peterLine.dropLast(), .text(.noNewline)),
      ("\u{1}" + PublishedNote.example, .text(.controlCharacter(offset: 0))),
      (PublishedNote.text + "\n— Bad Name x08go/ZJkuBS9UG=\n", .signatureLine(1)),
      (PublishedNote.text + "\n— Peter+ x08go/ZJkuBS9UG=\n", .signatureLine(1)),
      (PublishedNote.text + "\n— Peter x08g\n", .signatureLine(1)),
      (PublishedNote.text + "\n— Peter x08go/ZJkuBS9UG\n", .signatureLine(1)),
      (PublishedNote.text + "\n— Peter  x08go/ZJkuBS9UE=\n", .signatureLine(1)),
      (PublishedNote.text + "\n-- Peter x08go/ZJkuBS9UE=\n", .signatureLine(1)),
      (PublishedNote.text + "\n" + PublishedNote.peterLine + "Unexpected\n", .signatureLine(2)),
      (
        PublishedNote.text + "\n" + String(repeating: PublishedNote.peterLine, count: 101),
        .tooManySignatures(count: 101)
      ),
    ] as [(String, NoteError)])
  func malformed(text: String, error: NoteError) {
    #expect(throws: error) { try SignedNote(parsing: text) }
  }

  @Test("Bytes that are not UTF-8, and too many of them, are refused")
  func notText() {
    #expect(throws: NoteError.text(.notUTF8)) {
      try SignedNote(parsing: [0xff] + Array(PublishedNote.example.utf8))
    }
    let large = [UInt8](repeating: 0x61, count: SignedNote.maximumSizeBytes + 1)
    #expect(throws: NoteError.tooLarge(sizeBytes: large.count)) { try SignedNote(parsing: large) }
  }

  @Test("A text with empty lines is parted at the last of them")
  func emptyLines() throws {
    let key = try SigningKey(PublishedNote.peterPrivate)
    for text in ["\n", "\n\n\n", "a\n\nb\n", "ed è subito sera\n\n"] {
      let note = try SignedNote(text: text, signedBy: [key])
      let read = try SignedNote(parsing: note.text)
      #expect(read == note)
      #expect(try read.verified(by: [key.verifier]).text == text)
    }
    #expect(throws: NoteError.text(.noNewline)) { try SignedNote(text: "a", signedBy: [key]) }
    #expect(throws: NoteError.text(.noNewline)) { try SignedNote(text: "", signedBy: [key]) }
    #expect(throws: NoteError.text(.controlCharacter(offset: 1))) {
      try SignedNote(text: "a\r\n", signedBy: [key])
    }
    #expect(throws: NoteError.noSignature) { try SignedNote(text: "a\n", signedBy: []) }
  }

  @Test(
    "What is read from random changes is written again as it was", arguments: 0..<8 as Range<UInt64>
  )
  func fuzz(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let note = Array(
      (PublishedNote.text + "\n" + PublishedNote.peterLine + PublishedNote.enochLine).utf8)
    for _ in 0..<3_000 {
      var bytes = note
      for _ in 0...random.next() % 4 {
        let place = Int(random.next() % UInt64(bytes.count))
        switch random.next() % 4 {
        case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
        case 1: bytes.insert(0x0a, at: place)
        case 2: bytes.removeSubrange(place..<min(bytes.count - 1, place + 9))
        default: bytes.insert(contentsOf: bytes[place...].prefix(50), at: place)
        }
      }
      guard let read = try? SignedNote(parsing: bytes) else { continue }
      #expect(Array(read.text.utf8) == bytes)
    }
  }
}
