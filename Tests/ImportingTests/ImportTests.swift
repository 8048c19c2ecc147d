import Intake
import Testing

@Suite("Rows become events")
struct ImportTests {
  private let orders = """
    format: csv
    delimiter: ";"
    source: //legacy/orders
    fields:
      id:       {column: Order ID, required: true}
      customer: {column: Customer, required: true}
      placed:   {column: Placed, type: time, format: dd.MM.yyyy HH:mm, zone: Test/Zone}
      total:    {column: Total, type: money}
      paid:     {column: Paid, type: bool, true: [ja], false: [nein]}
      tags:     {type: list, separator: "|"}
      weight:   number
      items:    int
      note:     text
    events:
      - type: order.placed
        id: row.id
        subject: row.customer
        time: row.placed
        data:
          orderId: row.id
          total: row.total
          note: row.note
          more: {tags: row.tags, weight: row.weight, items: row.items, line: row.line}
      - type: order.paid
        when: has(row.paid) && row.paid
        id: '"paid-" + row.id'
        subject: row.customer
        time: row.placed + duration("1m")
        data: {orderId: row.id}

    """

  @Test("A row becomes its events, typed as declared", arguments: [1, 2_048])
  func example(limit: Int) throws {
    let file = """
      Order ID;Customer;Placed;Total;Paid;tags;weight;items;note\r
      1;c-1;31.03.2024 02:30;12.50;ja;a | b||c;1.5;3;"a ""quote"" ; and\r
      a line"\r

      2;c-2;27.10.2024 02:30;-0.05;NEIN;;2;;""
      3;7;;;;;;;

      """
    let scene = try Scene(orders, file.utf8, limit: limit)
    #expect(scene.rejects.isEmpty)
    #expect(scene.rows == 3)
    // At 02:30 on 31 March clocks went from 02:00 to 03:00; at 02:30 on 27 October they showed that
    // twice.
    #expect(
      scene.taken == [
        .init(
          line: 2, type: "order.placed", subject: "c-1", id: "1",
          time: "2024-03-31T01:00:00.000000Z",
          data: #"{"more": {"line": 2, "tags": ["a", "b", "c"], "items": 3, "weight": 1.5}, "#
            + #""note": "a \"quote\" ; and\r\na line", "total": 1250, "orderId": "1"}"#),
        .init(
          line: 2, type: "order.paid", subject: "c-1", id: "paid-1",
          time: "2024-03-31T01:01:00.000000Z", data: #"{"orderId": "1"}"#),
        .init(
          line: 5, type: "order.placed", subject: "c-2", id: "2",
          time: "2024-10-27T00:30:00.000000Z",
          data: #"{"more": {"line": 5, "weight": 2.0}, "note": "", "total": -5, "orderId": "2"}"#),
        .init(
          line: 6, type: "order.placed", subject: "7", id: "3", time: nil,
          data: #"{"more": {"line": 6}, "orderId": "3"}"#),
      ])
  }

  @Test("A row that is not as declared is refused with its line, its column and the mend")
  func refusals() throws {
    let file = """
      Order ID;Customer;Placed;Total;Paid;tags;weight;items;note
      1;c-1;31.02.2024 02:30;;;;;;
      2;;;;;;;;
      3;c;;1.234;;;;;
      4;c;;1,50;;;;;
      5;c;;;vielleicht;;;;
      6;c;;;;;1e3;;
      7;c;;;;;;9223372036854775808;
      8;c;;;;;
      "9"x;c;;;;;;;
      10;c;01.01.2024 00:00;;;;;;ok
      "11;c;;;;;;;

      """
    let scene = try Scene(orders, file.utf8)
    #expect(scene.taken.map(\.id) == ["10"])
    #expect(scene.rejects.map(\.line) == [2, 3, 4, 5, 6, 7, 8, 9, 10, 12])
    let told = scene.rejects.map { "\($0.refusal.field): \($0.refusal.reason)" }
    let expected = [
      #"Placed: is "31.02.2024 02:30", not a time in the declared format"#,
      #"Customer: is empty, and field "customer" is required"#,
      #"Total: is "1.234", which has more than 2 decimals or exceeds 64 bits"#,
      #"Total: is "1,50", not an amount such as 12.50"#,
      #"Paid: is "vielleicht", none of ja, nein; name the words in the mapping"#,
      #"weight: is "1e3", not a number such as 12.5"#,
      #"items: is "9223372036854775808", not a whole number of 64 bits"#,
      ": has 7 fields, the header has 9; put quotes around fields that hold the delimiter",
      ": has text behind a closing quote in field 1; double the quotes within a field",
      ": has a quote that is never closed; double quotes within a field",
    ]
    #expect(told == expected)
  }

  @Test("What cloud events may not be, rows may not become")
  func limits() throws {
    let long = String(repeating: "x", count: 257)
    let file = "Order ID;Customer;Placed;Total;Paid;tags;weight;items;note\n\(long);c;;;;;;;\n"
    let scene = try Scene(orders, file.utf8)
    #expect(scene.rejects.first?.refusal.field == "id")
    #expect(scene.rejects.first?.refusal.reason.contains("at most 256 fit") == true)
    let timeless = try Scene(orders, file.utf8, requiresTime: true)
    #expect(timeless.taken.isEmpty)
  }

  @Test("A header without a required column, or with one twice, ends the import with its name")
  func headers() throws {
    #expect {
      try Scene(orders, "Order ID;Kunde\n1;2\n".utf8)
    } throws: {
      "\($0)".contains(#"the header has no column "Customer", which field "customer" needs"#)
    }
    #expect {
      try Scene(orders, "Order ID;Customer;Order ID\n1;2;3\n".utf8)
    } throws: {
      "\($0)".contains(#"the header names the column "Order ID" twice"#)
    }
  }

  @Test("Lines of JSON are read by paths")
  func json() throws {
    let map = """
      format: ndjson
      source: //legacy
      fields:
        id: {column: [meta, id], required: true}
        at: {type: time, format: unix-ms}
        amount: {column: [sum, value], type: money, decimals: 3}
        flags: {type: list}
        on: bool
      events:
        - type: seen
          id: row.id
          subject: row.id
          time: row.at
          when: "!has(row.on) || row.on"
          data: {amount: row.amount, flags: row.flags}

      """
    let file = """
      {"meta":{"id":17},"at":1700000000123,"sum":{"value":12.5},"flags":["a","b"]}
      {"meta":{"id":"x"},"sum":{"value":"-0.001"},"flags":"c,d","on":true,"at":0}
      {"meta":{"id":"y"},"on":false}
      {"meta":{}}
      {"meta":{"id":"z"},"sum":{"value":[1]}}
      [1]
      {"meta":

      """
    let scene = try Scene(map, file.utf8)
    #expect(
      scene.taken == [
        .init(
          line: 1, type: "seen", subject: "17", id: "17", time: "2023-11-14T22:13:20.123000Z",
          data: #"{"flags": ["a", "b"], "amount": 12500}"#),
        .init(
          line: 2, type: "seen", subject: "x", id: "x", time: "1970-01-01T00:00:00.000000Z",
          data: #"{"flags": ["c", "d"], "amount": -1}"#),
      ])
    #expect(scene.skipped == 1)
    #expect(scene.rejects.map(\.line) == [4, 5, 6, 7])
    #expect(scene.rejects.map(\.refusal.field).prefix(3) == ["meta/id", "sum/value", ""])
  }
}
