import Engine
import Intake
import Ledger
import Testing

struct RefusalTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var json: [UInt8]
    var field: String
    var reason: String
    var testDescription: String { String(decoding: json.prefix(120), as: UTF8.self) }

    init(_ changes: [String: String?], _ field: String, _ reason: String) {
      self.init(json: Sample.line(changes), field, reason)
    }

    init(json: [UInt8], _ field: String, _ reason: String) {
      self.json = json
      self.field = field
      self.reason = reason
    }
  }

  static let attributes: [Case] = [
    Case(["specversion": nil], "specversion", #"is missing; write "specversion": "1.0""#),
    Case(["specversion": "null"], "specversion", #"is missing; write "specversion": "1.0""#),
    Case(
      ["specversion": "1.0"], "specversion",
      #"is a number, not a string; write "specversion": "1.0""#),
    Case(
      ["specversion": #""0.3""#], "specversion",
      #"is "0.3"; this product reads CloudEvents 1.0: write "specversion": "1.0""#),
    Case(["id": nil], "id", "is missing; give each event of a source an id of its own"),
    Case(["id": #""""#], "id", "is empty; give each event of a source an id of its own"),
    Case(
      ["id": "17"], "id",
      "is a number, not a string; give each event of a source an id of its own"),
    Case(
      ["source": nil], "source", #"is missing; name the producer, as in "//shop.example/web""#),
    Case(
      ["source": #""""#], "source", #"is empty; name the producer, as in "//shop.example/web""#),
    Case(
      ["source": #""recount:timer""#], "source",
      #""recount:timer" is the product's own; name the producer without recount: in front"#),
    Case(
      ["source": #""recount:outcome""#], "source",
      #""recount:outcome" is the product's own; name the producer without recount: in front"#),
    Case(["type": nil], "type", #"is missing; name what happened, as in "order.placed""#),
    Case(
      ["type": "[]"], "type",
      #"is an array, not a string; name what happened, as in "order.placed""#),
    Case(
      ["subject": nil], "subject",
      "is missing; name whom the event concerns, such as a customer id"),
    Case(
      ["subject": "null"], "subject",
      "is missing; name whom the event concerns, such as a customer id"),
    Case(
      ["subject": "{}"], "subject",
      "is an object, not a string; name whom the event concerns, such as a customer id"),
    Case(
      ["subject": "true"], "subject",
      "is true or false, not a string; name whom the event concerns, such as a customer id"),
    Case(
      ["subject": #""a\u0000b""#], "subject",
      "holds the control character U+0000 at byte 1; leave it out"),
    Case(
      ["id": #""tab\there""#], "id",
      "holds the control character U+0009 at byte 3; leave it out"),
    Case(
      ["source": #""é\u007f""#], "source",
      "holds the control character U+007F at byte 2; leave it out"),
    Case(
      ["type": #""é\u0085""#], "type",
      "holds the control character U+0085 at byte 2; leave it out"),
  ]

  static let values: [Case] = [
    Case(
      ["time": nil], "time",
      "is missing, and the event clock needs it;"
        + #" say when it happened, as in "2024-01-04T11:45:38Z""#),
    Case(
      ["time": "1704368738"], "time",
      #"is a number, not a string; say when it happened, as in "2024-01-04T11:45:38Z""#),
    Case(
      ["time": #""2024-13-04T11:45:38Z""#], "time",
      "is not an RFC 3339 time: month at byte 5 must be 2 digits from 1 to 12"
        + " (for example 2024-01-04T11:45:38Z)"),
    Case(
      ["time": #""1969-12-31T23:59:59.999999Z""#], "time",
      "lies before 1970-01-01T00:00:00Z; set the producer's clock"),
    Case(
      ["time": #""9999-12-31T23:59:59-01:00""#], "time",
      "is not an RFC 3339 time: range at byte 0 must be within the years 1 to 9999 in UTC"
        + " (for example 2024-01-04T11:45:38Z)"),
    Case(
      ["datacontenttype": #""text/xml""#], "datacontenttype",
      #"is "text/xml", which is not JSON; write "application/json", or leave it out"#),
    Case(
      ["datacontenttype": #""json""#], "datacontenttype",
      #"is "json", which is not JSON; write "application/json", or leave it out"#),
    Case(
      ["data": nil, "data_base64": #""AAEC""#], "data_base64",
      "is not taken; send the data as a JSON object in data"),
    Case(["data": "[1]"], "data", "is an array, not an object; send an object, or leave it out"),
    Case(
      ["data": #""text""#], "data", "is a string, not an object; send an object, or leave it out"),
  ]

  static let documents: [Case] = [
    Case(json: Array("[]".utf8), "", "is an array; send one JSON object a line"),
    Case(json: Array("17".utf8), "", "is a number; send one JSON object a line"),
    Case(json: Array("null".utf8), "", "is null; send one JSON object a line"),
    Case(
      json: Array("{\"id\"".utf8), "id",
      "cannot be read at byte 5: the document ends inside a value; send the whole document"),
    Case(
      ["data": #"{"items":[0,1,2,{"price":18446744073709551616}]}"#], "data/items/3/price",
      "cannot be read at byte 204: the integer does not fit 64 bits, signed or unsigned;"
        + " send it as a string, or with a decimal point as a float"),
    Case(
      ["data": #"{"a":1,"a":2}"#], "data/a",
      "cannot be read at byte 186: the key occurs twice in its object; give each key once"),
    Case(
      ["id": #""x","id":"y""#], "id",
      "cannot be read at byte 30: the key occurs twice in its object; give each key once"),
    Case(
      ["data": #"{"a":"\ud800"}"#], "data/a",
      "cannot be read at byte 185: half of a surrogate pair stands alone;"
        + " send both halves, or the character itself"),
    Case(
      json: Array(#"{"id":"a"#.utf8) + [0xff] + Array(#""}"#.utf8), "id",
      "cannot be read at byte 8: the text is not UTF-8; encode the document as UTF-8"),
    Case(
      json: Array("{} {}".utf8), "",
      "cannot be read at byte 3: something follows the value;"
        + " send one value, or one value a line as NDJSON"),
  ]

  @Test("Each fault is refused with its field and its mend", arguments: attributes + values)
  func attribute(_ refused: Case) {
    expect(refused)
  }

  @Test("A fault of the document is refused with its place", arguments: documents)
  func document(_ refused: Case) {
    expect(refused)
  }

  private func expect(_ refused: Case) {
    guard case .failure(let refusal) = Sample.read(refused.json, requiresTime: true) else {
      Issue.record("was taken")
      return
    }
    #expect(refusal.field == refused.field)
    #expect(refusal.reason == refused.reason)
  }

  @Test("Types of the product's own events are refused", arguments: EventType.reserved.sorted())
  func reserved(type: String) {
    guard case .failure(let refusal) = Sample.read(Sample.line(["type": "\"\(type)\""])) else {
      Issue.record("was taken")
      return
    }
    #expect(refusal.field == "type")
    #expect(
      refusal.reason
        == "\"\(type)\" is a type of the product's own events; give the event another type")
  }

  @Test("A refusal is a sentence about its field")
  func description() {
    #expect(Refusal(field: "id", reason: "is empty").description == "id is empty")
    #expect(Refusal(field: "", reason: "is null").description == "the event is null")
  }
}
