import JSON
import Testing

struct JSONLinesTests {
  /// The lines of `text`, fed in pieces of `size` bytes, as number and content.
  private func lines(_ text: String, pieces size: Int) throws -> [String] {
    var lines = JSONLines()
    var found: [String] = []
    func drain() throws {
      while let line = try lines.next() {
        found.append("\(line.number):" + String(decoding: lines.buffer[line.range], as: UTF8.self))
      }
    }
    let bytes = Array(text.utf8)
    for start in stride(from: 0, to: bytes.count, by: size) {
      lines.append(bytes[start..<min(start + size, bytes.count)])
      try drain()
    }
    lines.finish()
    try drain()
    return found
  }

  @Test(
    "Lines and their numbers do not depend on how the bytes arrive",
    arguments: [
      ("", []),
      ("\n\n", []),
      ("{}", ["1:{}"]),
      ("{}\n", ["1:{}"]),
      ("{}\r\n[]\r\n", ["1:{}", "2:[]"]),
      ("\n1\n\n \t\n\r\n2", ["2:1", "6:2"]),
      ("1\r", ["1:1"]),
      ("a\rb\n", ["1:a\rb"]),
      ("\r\r\n1", ["1:\r", "2:1"]),
    ] as [(String, [String])])
  func splits(text: String, expected: [String]) throws {
    for size in 1...max(1, text.utf8.count) {
      #expect(try lines(text, pieces: size) == expected, "pieces of \(size)")
    }
    var whole = JSONLines(whole: Array(text.utf8))
    var count = 0
    while try whole.next() != nil { count += 1 }
    #expect(count == expected.count)
  }

  @Test("A line at the limit is taken and a longer one refused, before its end has come")
  func limitsLength() throws {
    for end in ["\n", "\r\n"] {
      var lines = JSONLines(maximumLength: 4)
      lines.append(("1234" + end + "12345").utf8)
      #expect(try lines.next() == JSONLine(number: 1, range: 0..<4))
      #expect(try lines.next() == nil)
      lines.append("6".utf8)
      #expect(throws: JSONLineError(number: 2, maximumLength: 4)) { try lines.next() }
    }
  }

  @Test("Lines of a batch are transcoded in place")
  func transcodesBatch() throws {
    let transcoder = JSONTranscoder()
    var lines = JSONLines(whole: Array("{\"a\":1}\n\n[true]\r\n\"end\"".utf8))
    var output: [UInt8] = []
    var numbers: [Int] = []
    while let line = try lines.next() {
      numbers.append(line.number)
      try transcoder.transcode(lines.buffer, in: line.range, into: &output)
    }
    #expect(numbers == [1, 3, 4])
    #expect(output == [0xa1, 0x61, 0x61, 0x01, 0x81, 0xf5, 0x63, 0x65, 0x6e, 0x64])
  }
}
