import CBOR
import Engine
import Testing

import struct TestSupport.SplitMix64
import class TestSupport.TemporaryDirectory

/// Flushes that take rows a few at a time, while they go on changing.
@Suite("Gradual flushes")
struct GradualFlushTests {
  private struct Row: TableRow, Equatable {
    var number: UInt64

    init(_ number: UInt64) { self.number = number }
    init(from reader: inout ByteReader) { number = reader.unsigned() }
    func write(to writer: inout ByteWriter) { writer.unsigned(number) }
  }

  /// Rows and texts as they were when they were set aside, and as they are.
  private struct Model {
    var rows: [UInt32: Row] = [:]
    var texts = 0
  }

  @Test(
    "What is stored is what was there at one moment, whatever changed while it was gathered",
    arguments: 0..<24 as Range<UInt64>)
  func moment(seed: UInt64) throws {
    let directory = TemporaryDirectory()
    let views = try ViewStore(directory: directory.path)
    var random = SplitMix64(seed: seed)
    let table = Table<Row>(name: "rows")
    let texts = EntityTable(name: "texts")
    let tables: [any StoredTable] = [table, texts]
    for table in tables { try table.open(views) }
    var model = Model()
    var frozen: Model?
    var stored = Model()
    for step in 0..<800 as Range<UInt64> {
      let number = UInt32.random(in: 0..<60, using: &random)
      switch Int.random(in: 0..<12, using: &random) {
      case 0..<3:
        table.set(number, Row(step))
        model.rows[number] = Row(step)
      case 3:
        table.remove(number)
        model.rows[number] = nil
      case 4:
        table.update(number, orInsert: Row(7)) { $0.number += 1 }
        model.rows[number, default: Row(7)].number += 1
      case 5:
        _ = texts.intern(Array("text \(model.texts)".utf8))
        model.texts += 1
      case 6 where frozen == nil:
        for table in tables { table.freeze() }
        frozen = model
      case 7..<9 where frozen != nil:
        let limit = Int.random(in: 1...6, using: &random)
        for table in tables { #expect(table.gather(limit) <= limit) }
      case 9 where frozen != nil:
        let isThawed = Int.random(in: 0..<3, using: &random) == 0
        if !isThawed {
          for table in tables { while table.gather(9) == 9 {} }
          try views.flush(frozen: tables, progress: []).write()
          if let frozen { stored = frozen }
        }
        for table in tables { if isThawed { table.thaw() } else { table.flushed() } }
        frozen = nil
      case 10 where frozen == nil:
        try views.flush(tables, progress: [])
        stored = model
      default: #expect(table.row(number) == model.rows[number])
      }
      guard step % 40 == 0 else { continue }
      let (rows, count) = try Self.stored(views)
      #expect(rows == stored.rows && count == stored.texts, "step \(step)")
    }
  }

  /// The rows and texts in the store.
  private static func stored(_ views: ViewStore) throws -> ([UInt32: Row], Int) {
    let table = Table<Row>(name: "rows")
    try table.open(views)
    var rows: [UInt32: Row] = [:]
    table.forEach { rows[$0] = $1 }
    let texts = EntityTable(name: "texts")
    try texts.open(views)
    for number in 0..<texts.count {
      #expect(texts.text(of: UInt32(number)) == "text \(number)")
    }
    return (rows, texts.count)
  }
}
