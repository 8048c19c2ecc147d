import Proofs
import TestSupport
import Testing

@Suite("Hashes and base 64")
struct HashTests {
  @Test("A hash keeps its bytes, in their order, as bytes and as hex")
  func roundTrip() {
    let bytes = (0..<32).map { UInt8($0 * 7) }
    let hash = MerkleHash(bytes: bytes)!
    #expect(hash.bytes == bytes)
    #expect(hash.hex.hasPrefix("00070e15"))
    #expect(MerkleHash(hex: hash.hex) == hash)
    #expect(MerkleHash(hex: hash.hex.uppercased()) == hash)
    let behind = [9] + bytes
    let read = MerkleHash(behind.span.bytes, at: 1)
    #expect(read == hash)
  }

  @Test("What is not 32 bytes is no hash", arguments: [0, 1, 31, 33, 64])
  func otherLengths(count: Int) {
    #expect(MerkleHash(bytes: [UInt8](repeating: 1, count: count)) == nil)
    #expect(MerkleHash(hex: String(repeating: "11", count: count)) == nil)
  }

  @Test(
    "What is not hex is no hash",
    arguments: [
      String(repeating: "g", count: 64), String(repeating: "1", count: 63),
      String(repeating: "1", count: 65), String(repeating: "é", count: 32),
    ])
  func otherLetters(text: String) {
    #expect(MerkleHash(hex: text) == nil)
  }

  @Test(
    "Base 64 is that of RFC 4648, section 10",
    arguments: [
      ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
      ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
    ])
  func base64(plain: String, text: String) {
    #expect(Base64.encode(Array(plain.utf8)) == text)
    #expect(Base64.decode(text) == Array(plain.utf8))
  }

  @Test(
    "Base 64 of any other form is refused",
    arguments: [
      "Zg", "Zg=", "Z===", "====", "=", "Zh==", "Zm9=", "Zg==\n", " Zg==", "Zm9v=", "Zg==Zg==",
      "Zm-v", "Zm_v", "Zm9vYmFy====", "Zé==",
    ])
  func malformedBase64(text: String) {
    #expect(Base64.decode(text) == nil)
  }

  @Test("Base 64 brings all bytes back", arguments: 0..<8 as Range<UInt64>)
  func randomBytes(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    for count in 0..<100 {
      let bytes = (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      #expect(Base64.decode(Base64.encode(bytes)) == bytes)
    }
  }
}
