import CBOR
package import Engine
import Ledger

/// Why no more messages go to an address.
package struct SuppressionRow: TableRow {
  /// Position of the first `delivery.bounced` for good; 0: none.
  package var bouncedAt: UInt64 = 0
  /// Position of the first `delivery.complained`; 0: none.
  package var complainedAt: UInt64 = 0

  package init() {}

  package init(from reader: inout ByteReader) {
    bouncedAt = reader.unsigned()
    complainedAt = reader.unsigned()
  }

  package func write(to writer: inout ByteWriter) {
    writer.unsigned(bouncedAt)
    writer.unsigned(complainedAt)
  }
}

/// The addresses that bounced or complained, by a keyed hash: the addresses themselves stand only
/// in the ledger.
final class Suppressions {
  let keys = EntityTable(name: "deliveries.suppression-keys")
  let rows = Table<SuppressionRow>(name: "deliveries.suppressions")

  /// The first 16 bytes of SHA-256("recount/suppression" ‖ 0 ‖ channel ‖ 0 ‖ address), the address
  /// of an e-mail in lower case.
  private static func key(_ channel: String, _ address: String) -> [UInt8] {
    var bytes = Array("recount/suppression".utf8) + [0] + Array(channel.utf8) + [0]
    for byte in address.utf8 {
      let isUpper = channel == "email" && byte &- 0x41 < 26
      bytes.append(isUpper ? byte | 0x20 : byte)
    }
    return EventID(hashing: bytes).bytes
  }

  func row(channel: String, address: String) -> SuppressionRow? {
    keys.number(of: Self.key(channel, address)).flatMap { rows.row($0) }
  }

  func add(channel: String, address: String, isBounce: Bool, at position: UInt64) {
    rows.update(keys.intern(Self.key(channel, address)), orInsert: SuppressionRow()) { row in
      if isBounce, row.bouncedAt == 0 { row.bouncedAt = position }
      if !isBounce, row.complainedAt == 0 { row.complainedAt = position }
    }
  }

  func lift(channel: String, address: String) {
    if let number = keys.number(of: Self.key(channel, address)) { rows.remove(number) }
  }
}
