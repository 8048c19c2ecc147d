import Foundation
import Importing
import Programs
import TestSupport
import Testing

@Suite("Mappings are checked")
struct MappingTests {
  private static let good = """
    format: csv
    source: //a
    fields:
      id: text
      at: {type: time, format: yyyy-MM-dd}
    events:
      - {type: seen, id: row.id, subject: row.id, time: row.at, data: {id: row.id}}

    """

  @Test("A mapping without problems is taken")
  func taken() throws { _ = try Scene.mapping(Self.good) }

  @Test(
    "What is wrong is told with its place and the mend",
    arguments: [
      ("format: csv", "format: xlsx", #"map.yaml:1:9: format cannot be "xlsx""#),
      ("format: csv", "format: csv\ndelimiter: \"::\"", "map.yaml:2:12: the delimiter must be one"),
      ("format: csv", "format: ndjson\ndelimiter: ;", "map.yaml:2:12: NDJSON has no delimiter"),
      ("source: //a\n", "", #"map.yaml:1:1: the mapping has no "source"; add it"#),
      ("id: text", "id: {type: string}", #"the type of field "id" cannot be "string""#),
      ("id: text", "id: {decimals: 2}", #"map.yaml:4:8: field "id" has "decimals", which is for"#),
      ("id: text", "if: text", #"map.yaml:4:3: field "if" is a reserved word"#),
      ("id: text", "line: text", "row.line is the number of the row's line"),
      ("yyyy-MM-dd", "yyyy-mm", #"map.yaml:5:28: the format of field "at" cannot be "yyyy-mm""#),
      ("yyyy-MM-dd", "yyyy-MM-dd hh", #"cannot be "yyyy-MM-dd hh""#),
      ("data: {id: row.id}", "data: {id: row.idd}", "'idd' in row; did you mean 'id'?"),
      ("time: row.at", "time: row.id", "the time of event 1 must give a timestamp, not string"),
      ("type: seen", "type: s een", #""s een" in event 1 is not an event type"#),
      ("type: seen", "typ: seen", #"unknown field "typ" in event 1; did you mean "type"?"#),
      (
        "data: {id: row.id}}",
        "data: {id: row.id}}\n  - {type: other, id: row.id, subject: row.id}",
        "event 2 has the id of another event of the row"
      ),
    ])
  func refused(part: String, wrong: String, message: String) throws {
    let text = Self.good.replacingOccurrences(of: part, with: wrong)
    #expect {
      try Scene.mapping(text)
    } throws: {
      let found = "\($0)".contains(message)
      if !found { Issue.record("\($0)") }
      return found
    }
  }

  @Test("A zone that is not known is told before a row is read")
  func zones() throws {
    let text = Self.good.replacingOccurrences(
      of: "yyyy-MM-dd}", with: "yyyy-MM-dd, zone: Test/Nowhere}")
    #expect {
      try Scene(text, "id,at\n".utf8)
    } throws: {
      "\($0)".contains(#"field "at" has the unknown time zone "Test/Nowhere""#)
    }
  }

  @Test("No bytes make it trap, and every row is taken, refused or skipped", arguments: 0..<200)
  func fuzz(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let signs: [UInt8] = Array("\",\n\r;ab1 .\u{e9}".utf8) + [0xff, 0]
    let bytes = (0..<Int.random(in: 0..<400, using: &random)).map { _ in
      signs.randomElement(using: &random)!
    }
    let text = Self.good.replacingOccurrences(of: "id: text", with: "id: {column: a}")
    let whole: Scene?
    do { whole = try Scene(text, Array("a,at\n".utf8) + bytes, limit: 2_048) } catch { whole = nil }
    let pieces: Scene?
    do { pieces = try Scene(text, Array("a,at\n".utf8) + bytes, limit: 1) } catch { pieces = nil }
    #expect(whole?.taken == pieces?.taken)
    #expect(whole?.rejects == pieces?.rejects)
    #expect(whole.map { $0.rows == $0.taken.count + $0.rejects.count + $0.skipped } != false)
  }
}
