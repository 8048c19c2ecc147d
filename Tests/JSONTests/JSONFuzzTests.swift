import CBOR
import JSON
import TestSupport
import Testing

/// Whatever the bytes: an error that the independent diagnosis explains, or canonical CBOR.
struct JSONFuzzTests {
  private func check(_ input: [UInt8], _ transcoder: JSONTranscoder) {
    var output: [UInt8] = []
    let result = Result { () throws(JSONError) in
      try transcoder.transcode(input, into: &output)
    }
    let diagnosis = JSONDiagnosis.firstFault(
      in: input.span.bytes, maximumDepth: transcoder.maximumDepth)
    switch result {
    case .success:
      #expect(diagnosis == nil, "accepted: \(String(decoding: input, as: UTF8.self)) \(input)")
      #expect(throws: Never.self) { try CBORScanner.validate(output) }
    case .failure(let error):
      // An unexplained refusal would carry the parser's code.
      #expect(error == diagnosis, "refused: \(String(decoding: input, as: UTF8.self)) \(input)")
      #expect(error.offset <= input.count)
    }
  }

  @Test("Bytes that look like JSON", arguments: 0..<64 as Range<UInt64>)
  func alphabetSoup(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let transcoder = JSONTranscoder(maximumDepth: 3)
    let pieces: [String] = [
      "{", "}", "[", "]", ",", ":", "\"", "\"a\"", "\"b\"", "0", "1", "-", ".", "e", "E5", "+",
      "true", "fals", "null", " ", "\n", "\\", "\\u", "\\ud800", "\\udc00", "00", "\\\"", "é",
      "12345678901234567890", "{\"a\":", "[1", "]]", "}}", "1.5", "\u{0}",
    ]
    for _ in 0..<2000 {
      var text = ""
      for _ in 0..<Int.random(in: 0..<12, using: &random) {
        text += pieces.randomElement(using: &random) ?? ""
      }
      check(Array(text.utf8), transcoder)
    }
  }

  @Test("Mutated and truncated documents", arguments: 0..<64 as Range<UInt64>)
  func mutations(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let transcoder = JSONTranscoder()
    for round in 0..<20 {
      let document = Array(RandomDocument(seed: seed << 8 | UInt64(round)).text.utf8.prefix(600))
      check(document, transcoder)
      for _ in 0..<50 where !document.isEmpty {
        var mutant = document
        for _ in 0...Int.random(in: 0...2, using: &random) where !mutant.isEmpty {
          let index = Int.random(in: 0..<mutant.count, using: &random)
          switch Int.random(in: 0..<5, using: &random) {
          case 0: mutant[index] ^= 1 << UInt8.random(in: 0..<8, using: &random)
          case 1: mutant.removeSubrange(index...)
          case 2: mutant.remove(at: index)
          case 3: mutant.insert(mutant[mutant.count - 1 - index], at: index)
          default: mutant[index] = UInt8.random(in: 0...255, using: &random)
          }
        }
        check(mutant, transcoder)
      }
    }
  }

  @Test("Random bytes", arguments: 0..<16 as Range<UInt64>)
  func noise(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let transcoder = JSONTranscoder()
    for _ in 0..<2000 {
      check(
        (0..<Int.random(in: 0..<80, using: &random)).map { _ in
          UInt8.random(in: 0...255, using: &random)
        }, transcoder)
    }
  }
}
