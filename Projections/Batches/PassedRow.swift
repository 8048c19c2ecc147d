import CBOR
package import Engine
import Ledger

/// The items of one slice that passed the screening and wait to be ranked, the highest rank first,
/// items of equal rank by their numbers.
package struct PassedRow: TableRow, Equatable {
  package struct Item: Equatable, Sendable {
    /// Its number in the batch.
    package var item: UInt32
    package var rank: Double
    /// The customer's number.
    package var customer: UInt32

    package init(item: UInt32, rank: Double, customer: UInt32) {
      self.item = item
      self.rank = rank
      self.customer = customer
    }

    /// Whether this one is decided before `other`.
    package func precedes(_ other: Item) -> Bool {
      rank != other.rank ? rank > other.rank : item < other.item
    }
  }

  package var list: [Item]

  package init(_ list: [Item]) {
    self.list = list
  }

  package init(from reader: inout ByteReader) {
    list = []
    for _ in 0..<reader.count() {
      let item = UInt32(reader.unsigned())
      let rank = reader.double()
      list.append(Item(item: item, rank: rank, customer: UInt32(reader.unsigned())))
    }
  }

  package func write(to writer: inout ByteWriter) {
    writer.count(list.count)
    for item in list {
      writer.unsigned(UInt64(item.item))
      writer.double(item.rank)
      writer.unsigned(UInt64(item.customer))
    }
  }
}

extension PassedRow {
  /// The items that a slice's event says have passed and wait to be ranked.
  ///
  /// `passed` has 12 bytes for each: number and rank, little-endian; `customers` 4 for each where the
  /// items are no customers.
  static func list(in data: CBORView) -> [Item] {
    guard let bytes = data.view(forKey: Field.passed)?.byteString else { return [] }
    let customers = data.view(forKey: Field.customers)?.byteString
    let count = bytes.count / Item.byteCount
    let span = bytes.rawSpan
    return (0..<count).map { index in
      let item = span.littleEndian(at: index * Item.byteCount, as: UInt32.self)
      let bits = span.littleEndian(at: index * Item.byteCount + 4, as: UInt64.self)
      let customer =
        customers.map { $0.rawSpan.littleEndian(at: index * 4, as: UInt32.self) } ?? item
      return Item(item: item, rank: Double(bitPattern: bits), customer: customer)
    }
  }

  /// The bytes of ``list(in:)``: of the items, and of their customers.
  package static func bytes(of list: [Item]) -> (passed: [UInt8], customers: [UInt8]) {
    var bytes: [UInt8] = []
    var customers: [UInt8] = []
    bytes.reserveCapacity(list.count * Item.byteCount)
    customers.reserveCapacity(list.count * 4)
    for item in list {
      bytes.append(littleEndian: item.item)
      bytes.append(littleEndian: item.rank.bitPattern)
      customers.append(littleEndian: item.customer)
    }
    return (bytes, customers)
  }
}

extension PassedRow.Item {
  static let byteCount = 12
}
