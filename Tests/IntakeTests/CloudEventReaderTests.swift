import CBOR
import Engine
import Intake
import JSON
import Ledger
import TestSupport
import Testing

struct CloudEventReaderTests {
  @Test("An event becomes an input with all that it says")
  func whole() throws {
    let input = try Sample.read(Sample.line(), requiresTime: true).get()
    #expect(input.kind == .input)
    #expect(input.type == "order.placed")
    #expect(input.subject == Array("user_1".utf8))
    #expect(input.source == Array("//shop.example/web".utf8))
    #expect(input.externalID == Array("row-1".utf8))
    #expect(input.occurredAt == 1_704_368_738_000_000)
    #expect(input.program.isEmpty)
    #expect(input.blob == nil)
    let data: CBORValue = ["total": 4200, "items": [["sku": "a", "price": 1.5]]]
    #expect(input.payload == data.encoded())
  }

  @Test("Types of outcomes become outcomes", arguments: EventType.outcomes.sorted())
  func outcomes(type: String) throws {
    let input = try Sample.read(Sample.line(["type": "\"\(type)\""])).get()
    #expect(input.kind == .outcome)
    let own = Sample.line(["type": "\"\(type)\"", "source": #""recount:outcome""#])
    #expect(try Sample.read(own).get().kind == .outcome)
  }

  @Test("What may be left out, or be null, is left out", arguments: [nil, "null"])
  func absent(value: String?) throws {
    let line = Sample.line(["time": value, "data": value, "datacontenttype": value])
    let input = try Sample.read(line).get()
    #expect(input.occurredAt == nil)
    #expect(input.payload == [0xa0])
  }

  @Test("Extension attributes are not kept and not refused")
  func extensions() throws {
    let line = Sample.line([
      "traceparent": #""00-ab""#, "Subject": "1", "dataschema": #""x""#, "seq": "{}",
    ])
    let plain = try Sample.read(Sample.line()).get()
    #expect(try Sample.read(line).get().payload == plain.payload)
  }

  @Test(
    "A content type that names JSON is taken",
    arguments: [
      "application/json", "application/json; charset=utf-8", "Application/JSON ;x=y", "text/json",
      "application/vnd.shop+json",
    ])
  func contentTypes(type: String) {
    #expect(throws: Never.self) {
      try Sample.read(Sample.line(["datacontenttype": "\"\(type)\""])).get()
    }
  }

  @Test("Texts are taken up to their limit and refused beyond")
  func textLimits() throws {
    let limits = [
      ("id", 256), ("source", 256), ("subject", 256), ("type", 128),
    ]
    for (field, limit) in limits {
      // Two bytes of UTF-8 a character.
      let fitting = String(repeating: "é", count: limit / 2)
      _ = try Sample.read(Sample.line([field: "\"\(fitting)\""])).get()
      guard case .failure(let refusal) = Sample.read(Sample.line([field: "\"\(fitting)x\""]))
      else {
        Issue.record("\(field) was taken")
        continue
      }
      #expect(refusal.field == field)
      #expect(
        refusal.reason
          == "is \(limit + 1) bytes of UTF-8 long; at most \(limit) fit: shorten it")
    }
  }

  @Test("A payload of 65,536 bytes of CBOR is taken, one of 65,537 refused")
  func payloadLimit() throws {
    // A map of one entry, a key of one letter, and a text of more than 65,535 bytes or less: the
    // head of the text grows by two bytes there.
    for (size, isTaken) in [(65_536, true), (65_537, false)] {
      let length = size - 1 - 2 - 3
      let line = Sample.line([
        "data": #"{"a":"\#(String(repeating: "x", count: length))"}"#
      ])
      switch Sample.read(line) {
      case .success(let input):
        #expect(isTaken)
        #expect(input.payload.count == size)
      case .failure(let refusal):
        #expect(!isTaken)
        #expect(refusal.field == "data")
        #expect(
          refusal.reason == "is \(size) bytes as CBOR; at most 65536 fit:"
            + " send less, or where the rest can be found")
      }
    }
  }

  @Test("A payload nests 32 deep, not 33")
  func nestingLimit() throws {
    func line(_ depth: Int) -> [UInt8] {
      let lists = depth - 1
      return Sample.line([
        "data": #"{"a":"# + String(repeating: "[", count: lists)
          + String(repeating: "]", count: lists) + "}"
      ])
    }
    let input = try Sample.read(line(32)).get()
    try CBORScanner.validate(input.payload, maximumDepth: 32)
    guard case .failure(let refusal) = Sample.read(line(33)) else {
      Issue.record("33 levels were taken")
      return
    }
    #expect(refusal.field.hasPrefix("data/a/0/0"))
    #expect(refusal.reason.hasSuffix("arrays and objects nest too deeply; flatten the document"))
  }

  @Test("Integers of 64 bits are exact, signed and unsigned")
  func bigIntegers() throws {
    let line = Sample.line([
      "data": #"{"max":18446744073709551615,"min":-9223372036854775808,"f":1.0}"#
    ])
    let data = try CBORValue(decoding: Sample.read(line).get().payload)
    #expect(data["max"] == .unsigned(.max))
    #expect(data["min"]?.int64 == .min)
    #expect(data["f"] == .double(1))
  }

  @Test("The whole range of times is taken")
  func times() throws {
    func time(_ text: String) throws -> Int64? {
      try Sample.read(Sample.line(["time": "\"\(text)\""])).get().occurredAt
    }
    #expect(try time("1970-01-01T00:00:00Z") == 0)
    #expect(try time("9999-12-31T23:59:59.999999Z") == 253_402_300_799_999_999)
    #expect(try time("1970-01-01t01:00:00.0000019+01:00") == 1)
  }

  @Test("One reader keeps events apart, also those whose types fall into one slot")
  func manyTypes() throws {
    var reader = CloudEventReader()
    for round in 0..<2 {
      for number in 0..<500 {
        let line = Sample.line([
          "type": "\"type.\(number)\"", "source": "\"source \(number % 3)\"",
        ])
        let input = try reader.read(line, requiresTime: true).get()
        #expect(input.type == "type.\(number)", "round \(round)")
        #expect(input.source == Array("source \(number % 3)".utf8))
      }
    }
    // A refusal in between changes nothing.
    guard
      case .failure = reader.read(
        Sample.line(["source": #""recount:x""#]), requiresTime: true),
      case .success = reader.read(Sample.line(), requiresTime: true)
    else {
      Issue.record("a source of the product's own must be refused, and nothing else")
      return
    }
  }

  @Test("A batch gives a result for each element")
  func batch() throws {
    var reader = CloudEventReader()
    let deep = Sample.line([
      "data": #"{"a":"# + String(repeating: "[", count: 31) + String(repeating: "]", count: 31)
        + "}"
    ])
    let lines = [Sample.line(), Array("7".utf8), Sample.line(["id": nil]), deep]
    let json = Array("[".utf8) + lines.joined(separator: Array(",".utf8)) + Array("]".utf8)
    let results = try reader.readBatch(json, requiresTime: true).get()
    try #require(results.count == 4)
    #expect(try results[0].get().type == "order.placed")
    #expect(throws: Refusal(field: "", reason: "is a number; send one JSON object a line")) {
      try results[1].get()
    }
    #expect(throws: Refusal.self) { try results[2].get() }
    #expect(try results[3].get().subject == Array("user_1".utf8))
    #expect(throws: Refusal(field: "", reason: "is no batch; send a JSON array of events")) {
      try reader.readBatch(Sample.line(), requiresTime: true).get()
    }
    let many = Array("[\(String(repeating: "1,", count: 10_000))1]".utf8)
    #expect(
      throws: Refusal(
        field: "", reason: "is a batch of 10001 events; at most 10000 fit: split it")
    ) {
      try reader.readBatch(many, requiresTime: true).get()
    }
  }

  @Test("What is written reads back as it was", arguments: 0..<32 as Range<UInt64>)
  func roundTrip(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let text = String(
      (0..<Int.random(in: 1...40, using: &random)).map { _ in
        Character(Unicode.Scalar(UInt32.random(in: 0xa0...0x2fff, using: &random))!)
      })
    let isTimed = Bool.random(using: &random)
    let input = Input(
      type: "t.\(text.prefix(9))", subject: Array(text.utf8), source: Array("s\"\\\(text)".utf8),
      externalID: Array("i\(seed)".utf8),
      occurredAt: isTimed ? Int64.random(in: 0...253_402_300_799_999_999, using: &random) : nil,
      payload: (["k": .text(text), "n": .signed(-3), "f": 0.1] as CBORValue).encoded())
    var writer = JSONWriter()
    CloudEventWriter.write(input, to: &writer)
    let back = try Sample.read(writer.bytes).get()
    #expect(back.type == input.type && back.subject == input.subject)
    #expect(back.source == input.source && back.externalID == input.externalID)
    #expect(back.occurredAt == input.occurredAt && back.payload == input.payload)
  }

  @Test("An event of the ledger is written with its own id, or its id in hex")
  func ledgerEvents() {
    let header = EventHeader(
      kind: .input, type: 2, recordedAt: 5, occurredAt: 4, cause: 0, root: 1,
      id: EventID(high: 1, low: 2), program: 0)
    var writer = JSONWriter()
    CloudEventWriter.write(
      Event(
        position: 1, header: header, subject: Array("u".utf8), source: Array("s".utf8),
        externalID: Array("e".utf8), payload: [0xa0]), type: "t", to: &writer)
    #expect(
      writer.text == #"{"specversion":"1.0","id":"e","source":"s","type":"t","subject":"u","#
        + #""time":"1970-01-01T00:00:00.000004Z","datacontenttype":"application/json","data":{}}"#)
    writer.removeAll()
    CloudEventWriter.write(
      Event(position: 1, header: header, subject: Array("u".utf8), payload: [0xa0]), type: "t",
      to: &writer)
    #expect(
      writer.text.contains(
        #""id":"00000000000000010000000000000002","source":"recount:ledger""#))
  }
}
