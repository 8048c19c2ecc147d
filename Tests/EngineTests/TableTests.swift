import Engine
import TestSupport
import Testing

/// Tables against a dictionary, and the queue of timers against a sorted list.
@Suite("Tables")
struct TableTests {
  private struct Row: TableRow, Equatable {
    var number: Int64
    var text: String

    init(_ number: Int64, _ text: String) {
      self.number = number
      self.text = text
    }

    init(from reader: inout ByteReader) {
      number = reader.signed()
      text = reader.text()
    }

    func write(to writer: inout ByteWriter) {
      writer.signed(number)
      writer.text(text)
    }
  }

  @Test(
    "A table is the dictionary of its rows, through flushes and reopening",
    arguments: 0..<24 as Range<UInt64>)
  func model(seed: UInt64) throws {
    let directory = TemporaryDirectory()
    var random = SplitMix64(seed: seed)
    var views = try ViewStore(directory: directory.path)
    var table = Table<Row>(name: "rows")
    try table.open(views)
    var model: [UInt32: Row] = [:]
    let range: Range<UInt32> = 0..<[5, 100, 1_000][Int(seed % 3)]
    for step in 0..<600 {
      let number = UInt32.random(in: range, using: &random)
      switch Int.random(in: 0..<20, using: &random) {
      case 0..<6:
        let row = Row(.random(in: .min ... .max, using: &random), "row \(step)")
        table.set(number, row)
        model[number] = row
      case 6..<9:
        let result = table.update(number) { row -> Int64 in
          row.number &+= 1
          return row.number
        }
        model[number]?.number &+= 1
        #expect(result == model[number]?.number)
      case 9..<11:
        table.update(number, orInsert: Row(0, "new")) { $0.text += "!" }
        model[number, default: Row(0, "new")].text += "!"
      case 11..<13:
        table.remove(number)
        model[number] = nil
      case 13..<17:
        #expect(table.row(number) == model[number])
        #expect(table.withRow(number) { $0.text } == model[number]?.text)
      case 17, 18:
        try views.flush([table], progress: [("rows", .init(version: "1", position: UInt64(step)))])
        #expect(table.pendingCount == 0)
      default:
        try views.flush([table], progress: [("rows", .init(version: "1", position: UInt64(step)))])
        if Bool.random(using: &random) {
          try views.close()
          views = try ViewStore(directory: directory.path)
          #expect(try views.progress(of: "rows")?.position == UInt64(step))
        }
        table = Table<Row>(name: "rows")
        try table.open(views)
      }
    }
    var found: [UInt32: Row] = [:]
    var last: UInt32?
    table.forEach { number, row in
      #expect(last.map { $0 < number } ?? true, "in order of numbers")
      last = number
      found[number] = row
    }
    #expect(found == model)

    // The digest says what the rows are, not how they came to be.
    try views.flush([table], progress: [])
    let other = TemporaryDirectory()
    let fresh = try ViewStore(directory: other.path)
    let copy = Table<Row>(name: "rows")
    try copy.open(fresh)
    for (number, row) in model { copy.set(number, row) }
    try fresh.flush([copy], progress: [])
    #expect(try fresh.digest(table: "rows") == views.digest(table: "rows"))
    copy.set(range.lowerBound, Row(1, "another"))
    try fresh.flush([copy], progress: [])
    #expect(try fresh.digest(table: "rows") != views.digest(table: "rows"))
  }

  @Test("Texts keep the numbers of their first appearance", arguments: 0..<8 as Range<UInt64>)
  func entities(seed: UInt64) throws {
    let directory = TemporaryDirectory()
    var random = SplitMix64(seed: seed)
    let views = try ViewStore(directory: directory.path)
    var table = EntityTable(name: "texts")
    try table.open(views)
    var numbers: [String: UInt32] = [:]
    for step in 0..<2_000 {
      let length = Int.random(in: 0...20, using: &random)
      let text = String(
        decoding: (0..<length).map { _ in UInt8.random(in: 97...99, using: &random) },
        as: UTF8.self)
      let bytes = Array(text.utf8)
      #expect(table.number(of: bytes) == numbers[text])
      let expected = numbers[text] ?? UInt32(numbers.count)
      let padded = [1, 2] + bytes + [3]
      #expect(table.intern(padded, in: 2..<2 + length) == expected)
      numbers[text] = expected
      #expect(table.text(of: expected) == text)
      if step % 500 == 499 {
        try views.flush([table], progress: [])
        #expect(table.pendingCount == 0)
        table = EntityTable(name: "texts")
        try table.open(views)
      }
    }
    #expect(table.count == numbers.count)
  }

  @Test("Bytes are read as they were written", arguments: 0..<50 as Range<UInt64>)
  func coding(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var writer = ByteWriter()
    let numbers =
      [0, 127, 128, UInt64.max] + (0..<8).map { _ in random.next() >> (random.next() % 64) }
    for number in numbers {
      writer.unsigned(number)
      writer.signed(Int64(bitPattern: number))
      writer.bool(number % 2 == 0)
      writer.double(Double(bitPattern: number))
      writer.text("text \(number) ü")
      writer.blob([1, 2, 3])
    }
    writer.signed(.min)
    var reader = ByteReader(writer.bytes)
    for number in numbers {
      #expect(reader.unsigned() == number)
      #expect(reader.signed() == Int64(bitPattern: number))
      #expect(reader.bool() == (number % 2 == 0))
      #expect(reader.double().bitPattern == number)
      #expect(reader.text() == "text \(number) ü")
      #expect(reader.blob() == [1, 2, 3])
    }
    #expect(reader.signed() == .min)
    #expect(reader.isAtEnd)
  }

  @Test(
    "Timers leave the queue by due time, then in the order of having been set",
    arguments: 0..<40 as Range<UInt64>)
  func timers(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var queue = TimerQueue()
    var model: [Timer] = []
    for setBy in 0..<400 as Range<UInt64> {
      if Int.random(in: 0..<3, using: &random) > 0 || model.isEmpty {
        let timer = Timer(
          due: .random(in: 0..<20, using: &random), setBy: setBy / 3, ordinal: UInt32(setBy % 3),
          owner: UInt8.random(in: 0...1, using: &random), item: 0, slot: 0)
        queue.insert(timer)
        model.append(timer)
      } else {
        model.sort()
        #expect(queue.first == model.first)
        #expect(queue.removeFirst() == model.removeFirst())
      }
      #expect(queue.count == model.count)
    }
    for timer in model.sorted() { #expect(queue.removeFirst() == timer) }
    #expect(queue.first == nil)
  }
}
