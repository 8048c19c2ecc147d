import Proofs
import TestSupport
import Testing

@Suite("Checkpoints")
struct CheckpointTests {
  static let example = """
    example.com/behind-the-sofa
    20852163
    CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

    """

  @Test("The specification's example is read and written")
  func published() throws {
    let checkpoint = try Checkpoint(unverifiedText: Self.example)
    #expect(checkpoint.origin == "example.com/behind-the-sofa")
    #expect(checkpoint.size == 20_852_163)
    #expect(
      checkpoint.root.hex == "0ac5186a91863e8e1d90c808014aa89bf5da8e3ee1d9f07630f0378f68f1ab62")
    #expect(checkpoint.text == Self.example)
    let signed =
      Self.example + """

        — example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URY\
        N7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=

        """
    #expect(try SignedNote(parsing: signed).unverifiedText == Self.example)
  }

  @Test("A checkpoint that was signed comes back through its note")
  func signed() throws {
    let key = try SigningKey(PublishedNote.peterPrivate)
    for size in [0, 1, UInt64.max] {
      let root = size == 0 ? Merkle.emptyRoot : MerkleHash(1, 2, 3, size)
      let checkpoint = Checkpoint(origin: "recount.local/1f9c20aa", size: size, root: root)
      let note = try SignedNote(text: checkpoint.text, signedBy: [key])
      let read = try SignedNote(parsing: note.text).verified(by: [key.verifier])
      #expect(try Checkpoint(read) == checkpoint)
    }
  }

  @Test("A checkpoint is signed as another implementation signs it")
  func foreign() throws {
    // Made once with Python's `cryptography` from the seed 0, 1, …, 31.
    let key = try SigningKey(name: KeyName("recount.local/1f9c20aa")!, seed: Array(0..<32))
    #expect(
      key.verifier.text
        == "recount.local/1f9c20aa+80a749f8+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4")
    let root = MerkleHash(bytes: ReferenceTree.sha256([UInt8(ascii: "x")]))!
    let checkpoint = Checkpoint(origin: "recount.local/1f9c20aa", size: 3, root: root)
    let note = try SignedNote(text: checkpoint.text, signedBy: [key])
    let line = """
      — recount.local/1f9c20aa gKdJ+M7MXQlY1sqTREoPDSAFC4l3YJQTNo4DaUEo/x5bgMA4+1PdLIwExOpj3pyk\
      ZKxJYstr188HF/4D2GU7zAlqbwk=

      """
    #expect(note.text == checkpoint.text + "\n" + line)
  }

  @Test("Lines that others add are kept")
  func extensionLines() throws {
    let checkpoint = try Checkpoint(unverifiedText: Self.example + "more\nand more\n")
    #expect(checkpoint.extensionLines == ["more", "and more"])
    #expect(checkpoint.text == Self.example + "more\nand more\n")
  }

  @Test(
    "Any other text is refused, naming the line",
    arguments: [
      ("", .lines), ("a\n", .lines), ("a\n1\n", .lines), (String(example.dropLast()), .lines),
      ("\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n", .origin),
      ("a\n\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n", .size),
      ("a\n01\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n", .size),
      ("a\n+1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n", .size),
      ("a\n-1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n", .size),
      ("a\n1 \nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n", .size),
      ("a\n18446744073709551616\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n", .size),
      ("a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I\n", .root),
      ("a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxqw==\n", .root),
      ("a\n1\n\n", .root),
      ("a\n0\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n", .emptyRoot),
      (example + "\n", .extensionLine), (example + "x\n\ny\n", .extensionLine),
    ] as [(String, CheckpointError)])
  func malformed(text: String, error: CheckpointError) {
    #expect(throws: error) { try Checkpoint(unverifiedText: text) }
  }

  @Test(
    "What is read from random changes is written again as it was", arguments: 0..<8 as Range<UInt64>
  )
  func fuzz(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    for _ in 0..<4_000 {
      var bytes = Array(Self.example.utf8)
      for _ in 0...random.next() % 3 {
        let place = Int(random.next() % UInt64(bytes.count))
        switch random.next() % 3 {
        case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next() % 128)
        case 1: bytes.insert(0x0a, at: place)
        default: bytes.remove(at: place)
        }
      }
      let text = String(decoding: bytes, as: UTF8.self)
      guard let read = try? Checkpoint(unverifiedText: text) else { continue }
      #expect(read.text == text)
    }
  }
}
