import Engine
import Foundation
import Intake
import JSON
import Testing

struct EventFileTests {
  private func lines(
    _ path: String, limit: Int = 4_096
  ) throws -> (taken: [Int: String], rejects: [RejectedLine]) {
    let file = try EventFile(path: path, requiresTime: false)
    var taken: [Int: String] = [:]
    var rejects: [RejectedLine] = []
    while let batch = try file.nextBatch(limit: limit) {
      #expect((1...limit).contains(batch.count))
      #expect(batch.inputs.count == batch.lines.count)
      for (input, line) in zip(batch.inputs, batch.lines) {
        taken[line] = String(decoding: input.externalID, as: UTF8.self)
      }
      rejects += batch.rejects
    }
    #expect(file.progress.bytesRead == file.progress.size)
    return (taken, rejects)
  }

  private func event(_ id: String) -> [UInt8] { Sample.line(["id": "\"\(id)\""]) }

  @Test(
    "Lines end in LF or CRLF, the last in nothing, and blank ones are counted",
    arguments: [1, 4_096])
  func lineEnds(limit: Int) throws {
    let scratch = ScratchDirectory()
    let bytes =
      [0xef, 0xbb, 0xbf] + event("a") + Array("\n\r\n \t\n".utf8) + event("b")
      + Array("\r\nbad\n".utf8) + event("c")
    let (taken, rejects) = try lines(scratch.file("lines", bytes), limit: limit)
    #expect(taken == [1: "a", 4: "b", 6: "c"])
    #expect(rejects.map(\.line) == [5])
    #expect(rejects.first?.text == "bad")
  }

  @Test("A file without lines has no batch", arguments: ["", "\n", "\n\n \r\n"])
  func empty(text: String) throws {
    let scratch = ScratchDirectory()
    let (taken, rejects) = try lines(scratch.file("empty", text.utf8))
    #expect(taken.isEmpty && rejects.isEmpty)
  }

  @Test("Lines that lie across the chunks of reading stay whole")
  func chunks() throws {
    let scratch = ScratchDirectory()
    var bytes: [UInt8] = []
    var expected: [Int: String] = [:]
    // Lines of up to 40 KB of JSON, 20 MB in all, of every length modulo the chunk.
    for number in 1...1_000 {
      let filler = String(repeating: "x", count: number * 40)
      bytes += Sample.line(["id": "\"\(number)\"", "data": "{\"a\":\"\(filler)\"}"])
      bytes.append(0x0a)
      expected[number] = "\(number)"
    }
    let (taken, rejects) = try lines(scratch.file("chunks", bytes))
    #expect(taken == expected)
    #expect(rejects.isEmpty)
  }

  @Test("A line beyond the limit is refused once, and the next is read", arguments: [true, false])
  func longLine(hasEnd: Bool) throws {
    let scratch = ScratchDirectory()
    let long = [UInt8](repeating: 0x78, count: 40 << 20)
    let bytes = event("a") + [0x0a] + long + (hasEnd ? [0x0a] + event("b") : [])
    let (taken, rejects) = try lines(scratch.file("long", bytes))
    #expect(taken == (hasEnd ? [1: "a", 3: "b"] : [1: "a"]))
    #expect(rejects.map(\.line) == [2])
    #expect(rejects.first?.text.utf8.count == 512)
    #expect(
      rejects.first?.refusal.reason
        == "is a line of more than 16777216 bytes; end each event with a line feed")
  }

  @Test("A line of exactly the limit is read, with either end", arguments: ["\n", "\r\n", ""])
  func longestLine(end: String) throws {
    let scratch = ScratchDirectory()
    let line = event("a")
    let padding = [UInt8](repeating: 0x20, count: (16 << 20) - line.count)
    let bytes = line + padding + Array(end.utf8)
    let (taken, rejects) = try lines(scratch.file("longest", bytes))
    #expect(taken == [1: "a"] && rejects.isEmpty)
    let (none, refused) = try lines(
      scratch.file("longer", line + [0x20] + padding + Array(end.utf8)))
    #expect(none.isEmpty && refused.map(\.line) == [1])
  }

  @Test("A pipe gives what has come, in pieces of any size")
  func pipe() throws {
    let pipe = Pipe()
    let file = EventFile(
      descriptor: pipe.fileHandleForReading.fileDescriptor, name: "a pipe", requiresTime: false)
    #expect(file.progress.size == nil)
    let (first, second) = (event("a") + [0x0a], event("b") + [0x0a])
    try pipe.fileHandleForWriting.write(contentsOf: first + second.prefix(20))
    // The half line does not hold back the whole one.
    #expect(try file.nextBatch()?.lines == [1])
    try pipe.fileHandleForWriting.write(contentsOf: second.dropFirst(20))
    #expect(try file.nextBatch()?.lines == [2])
    try pipe.fileHandleForWriting.write(contentsOf: event("c"))
    try pipe.fileHandleForWriting.close()
    #expect(try file.nextBatch()?.lines == [3])
    #expect(try file.nextBatch() == nil)
    #expect(file.progress.bytesRead == first.count + second.count + event("c").count)
  }

  @Test("Faults of files name the path and the mend")
  func faults() throws {
    let scratch = ScratchDirectory()
    let absent = scratch.path + "/absent"
    #expect(throws: FileFault.self) { try EventFile(path: absent, requiresTime: false) }
    do {
      _ = try EventFile(path: absent, requiresTime: false)
    } catch {
      #expect(
        error.description == "cannot open \(absent): No such file or directory; check the path")
    }
    let directory = try EventFile(path: scratch.path, requiresTime: false)
    do {
      _ = try directory.nextBatch()
      Issue.record("a directory was read")
    } catch {
      #expect(
        error.description
          == "cannot read \(scratch.path): Is a directory; name a file, not a directory")
    }
    let gzip = try EventFile(
      path: scratch.file("a.gz", [0x1f, 0x8b, 8, 0]), requiresTime: false)
    do {
      _ = try gzip.nextBatch()
      Issue.record("a compressed file was read")
    } catch {
      #expect(error.problem.contains("gzip -dc FILE | recount ingest -"))
    }
  }

  @Test("Refused lines go into a file, one object a line")
  func rejectFile() throws {
    let scratch = ScratchDirectory()
    let path = scratch.path + "/rejects"
    let line = [UInt8](repeating: 0x78, count: 511) + Array("é\"".utf8)
    let file = try RejectFile(path: path)
    try file.append([
      RejectedLine(
        line: 7, refusal: Refusal(field: "id", reason: "is empty; x"), bytes: line,
        in: 0..<line.count)
    ])
    let other: [UInt8] = [0x61, 0x22, 0xff]
    try file.append([
      RejectedLine(line: 8, refusal: Refusal(field: "", reason: "r"), bytes: other, in: 0..<3)
    ])
    try file.close()
    let filler = String(repeating: "x", count: 511)
    let expected =
      #"{"line":7,"field":"id","reason":"is empty; x","text":"\#(filler)"}"# + "\n"
      + #"{"line":8,"field":"","reason":"r","text":"a\""# + "\u{fffd}\"}\n"
    #expect(try String(contentsOfFile: path, encoding: .utf8) == expected)
    #expect(throws: FileFault.self) { try RejectFile(path: scratch.path) }
  }

  @Test(
    "Every event of the shop's clickstream is taken",
    .enabled(
      if: FileManager.default.fileExists(atPath: Sample.clickstream.path(percentEncoded: false)),
      "../shared/data/shop-clickstream.ndjson.gz is not there"))
  func clickstream() throws {
    let gunzip = Process()
    gunzip.executableURL = URL(filePath: "/usr/bin/gzip")
    gunzip.arguments = ["-dc", Sample.clickstream.path(percentEncoded: false)]
    let pipe = Pipe()
    gunzip.standardOutput = pipe
    try gunzip.run()
    let file = EventFile(
      descriptor: pipe.fileHandleForReading.fileDescriptor, name: "the clickstream",
      requiresTime: true)
    var count = 0
    while let batch = try file.nextBatch() {
      count += batch.inputs.count
      #expect(batch.rejects.isEmpty)
    }
    gunzip.waitUntilExit()
    #expect(count == 31_706)
  }
}
