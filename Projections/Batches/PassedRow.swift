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
  /// `passed` has 12 bytes for each: number and rank, little-endian. Where the items are no customers,
  /// `customers` has the customer's number, 4 bytes, for each item that is not outside.
  static func list(in data: CBORView) -> [Item] {
    guard let bytes = data.view(forKey: Field.passed)?.byteString else { return [] }
    let customers = customers(in: data)
    let first = data.view(forKey: Field.from)?.uint64 ?? 0
    let span = bytes.rawSpan
    return (0..<bytes.count / Item.byteCount).map { index in
      let item = span.littleEndian(at: index * Item.byteCount, as: UInt32.self)
      let bits = span.littleEndian(at: index * Item.byteCount + 4, as: UInt64.self)
      let customer = customers.map { $0[Int(UInt64(item) - first)] } ?? item
      return Item(item: item, rank: Double(bitPattern: bits), customer: customer)
    }
  }

  /// The customers of a slice's items, 0 for those that are outside; nil: the items are customers.
  private static func customers(in data: CBORView) -> [UInt32]? {
    guard let bytes = data.view(forKey: Field.customers)?.byteString,
      let verdicts = data.view(forKey: Field.verdicts)?.byteString
    else { return nil }
    var offset = 0
    return verdicts.map { verdict in
      guard verdict != BatchVerdict.outside.rawValue else { return 0 }
      defer { offset += 4 }
      return bytes.rawSpan.littleEndian(at: offset, as: UInt32.self)
    }
  }

  /// The bytes of `passed` for these items.
  package static func bytes(of list: [Item]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(list.count * Item.byteCount)
    for item in list {
      bytes.append(littleEndian: item.item)
      bytes.append(littleEndian: item.rank.bitPattern)
    }
    return bytes
  }
}

extension PassedRow.Item {
  static let byteCount = 12
}
