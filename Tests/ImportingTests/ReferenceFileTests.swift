import CBOR
import Foundation
import Importing
import Intake
import Programs
import Testing

import class TestSupport.TemporaryDirectory

@Suite("A file of reference data")
struct ReferenceFileTests {
  private let directory = TemporaryDirectory()

  private func read(
    _ text: String, _ name: String = "t.csv", key: String = "id",
    keys: ReferenceTable.Keys = .text
  ) throws -> ReferenceFile {
    let path = directory.place(name)
    try Data(text.utf8).write(to: URL(filePath: path))
    return try ReferenceFile(path: path, key: key, keys: keys)
  }

  @Test("takes the type of a column from what stands in it, and nothing as absent")
  func columns() throws {
    let file = try read(
      "id,zip,age,share,vip,note\n1,00501,7,0.5,true,\"a, b\"\n2,10001,-3,2,false,\n")
    #expect(file.fields == ["zip", "age", "share", "vip", "note"])
    #expect(file.rows.map(\.key) == ["1", "2"])
    #expect(
      CBORValue.object(file.rows[0].fields)
        == ["zip": "00501", "age": 7, "share": 0.5, "vip": true, "note": "a, b"])
    #expect(
      CBORValue.object(file.rows[1].fields)
        == ["zip": "10001", "age": -3, "share": .double(2), "vip": false])
  }

  @Test("may be NDJSON, with numbers as keys")
  func ndjson() throws {
    let file = try read(
      "{\"id\": 7, \"a\": 1.5, \"b\": null}\n\n{\"id\": \"x\", \"c\": true}\n", "t.ndjson")
    #expect(file.rows.map(\.key) == ["7", "x"])
    #expect(CBORValue.object(file.rows[0].fields) == ["a": 1.5])
    #expect(CBORValue.object(file.rows[1].fields) == ["c": true])
  }

  @Test(
    "is refused with its line",
    arguments: [
      ("id,a\n1,2\n1,3\n", "line 3: the key \"1\" stands on line 2 already; keep one of them"),
      ("id,a\n,2\n", "line 2: the key \"id\" is empty; fill it in, or remove the line"),
      ("ip,a\n1,2\n", "line 1: the header has no column \"id\"; it has \"ip\", \"a\""),
      ("id,a,a\n1,2,3\n", "line 1: the header names the column \"a\" twice; rename one"),
      ("id,a\n1\n", "line 2: has 1 fields, the header has 2"),
    ])
  func faults(text: String, problem: String) throws {
    do {
      _ = try read(text)
      Issue.record("nothing was refused")
    } catch let error as FileFault {
      #expect("\(error)".contains(problem), "\(error)")
    }
  }

  @Test("of prefixes wants prefixes, each network once")
  func prefixes() throws {
    let good = try read("id,a\n10.0.0.0/8,1\n10.0.0.0/9,2\n", keys: .prefix)
    #expect(good.rows.count == 2)
    #expect(throws: FileFault.self) { try read("id,a\n10.0.0.0,1\nx,2\n", keys: .prefix) }
    #expect(throws: FileFault.self) {
      try read("id,a\n10.0.0.0/8,1\n10.5.0.0/8,2\n", keys: .prefix)
    }
    #expect(throws: FileFault.self) { try read("{\"id\": 1, \"a\": []}\n", "t.ndjson") }
  }
}
