package import Engine
import Scoring

/// What is known of one item of one model.
package struct ItemRow: TableRow {
  var neighbours: ItemNeighbours

  /// An item that nobody has.
  init() {
    neighbours = ItemNeighbours()
  }

  package init(from reader: inout ByteReader) {
    let customers = reader.signed()
    var list: [ItemNeighbours.Neighbour] = []
    for _ in 0..<reader.count() {
      list.append(
        ItemNeighbours.Neighbour(
          item: reader.text(), count: reader.signed(), error: reader.signed()))
    }
    do {
      neighbours = try ItemNeighbours(customers: customers, neighbours: list)
    } catch {
      preconditionFailure("a stored item contradicts itself: \(error)")
    }
  }

  package func write(to writer: inout ByteWriter) {
    writer.signed(neighbours.customers)
    writer.count(neighbours.neighbours.count)
    for neighbour in neighbours.neighbours {
      writer.text(neighbour.item)
      writer.signed(neighbour.count)
      writer.signed(neighbour.error)
    }
  }
}

/// The items that a customer has met, by model, in the order in which they were met.
package struct CustomerItemsRow: TableRow {
  struct Entry: Sendable {
    /// The model's number.
    var model: UInt32
    var items: [String]
  }

  var entries: [Entry] = []

  init() {}

  func items(of model: UInt32) -> [String] {
    entries.first { $0.model == model }?.items ?? []
  }

  mutating func add(_ item: String, model: UInt32, limit: Int) {
    let index = entries.firstIndex { $0.model == model } ?? entries.count
    if index == entries.count { entries.append(Entry(model: model, items: [])) }
    entries[index].items.append(item)
    if entries[index].items.count > limit { entries[index].items.removeFirst() }
  }

  package init(from reader: inout ByteReader) {
    for _ in 0..<reader.count() {
      let model = UInt32(reader.unsigned())
      var items: [String] = []
      for _ in 0..<reader.count() { items.append(reader.text()) }
      entries.append(Entry(model: model, items: items))
    }
  }

  package func write(to writer: inout ByteWriter) {
    writer.count(entries.count)
    // By number, so that the bytes do not depend on which model met something first.
    for entry in entries.sorted(by: { $0.model < $1.model }) {
      writer.unsigned(UInt64(entry.model))
      writer.count(entry.items.count)
      for item in entry.items { writer.text(item) }
    }
  }
}
