import CBOR
import LMDB
import Ledger

/// One table of `views/` for work beside the engine's thread: reads and writes are short
/// transactions of their own, between which the engine's may come.
public struct ViewRows: Sendable {
  private let environment: Environment
  private let table: TableHandle

  init(environment: Environment, table: TableHandle) {
    self.environment = environment
    self.table = table
  }

  /// Lets `body` read a row where it lies.
  /// - Returns: Whether there is such a row.
  /// - Throws: `.corrupted` where its checksum is wrong.
  func withRow(_ number: UInt32, _ body: (RawSpan) -> Void) throws(LMDBError) -> Bool {
    try environment.read { (txn) throws(LMDBError) -> Bool in
      guard let bytes = try txn.value(for: UInt64(number), in: table) else { return false }
      guard let row = RowChecksum.row(bytes.rawSpan, number: number) else {
        throw LMDBError(
          .corrupted, operation: "read row", place: environment.directory,
          detail: "the checksum of row \(number) is wrong")
      }
      body(row)
      return true
    }
  }

  /// Writes rows in one transaction.
  func put(_ rows: [(number: UInt32, bytes: [UInt8])]) throws(LMDBError) {
    try environment.write { (txn) throws(LMDBError) in
      for row in rows {
        var bytes = row.bytes
        RowChecksum.append(to: &bytes, from: 0, number: row.number)
        try txn.put(bytes.span, for: UInt64(row.number), in: table)
      }
    }
  }

  /// Deletes rows in one transaction; those that are not there are passed over.
  func remove(_ numbers: Range<UInt32>) throws(LMDBError) {
    try environment.write { (txn) throws(LMDBError) in
      for number in numbers { try txn.delete(UInt64(number), in: table) }
    }
  }

  /// The numbers of all rows, in order.
  func numbers() throws(LMDBError) -> [UInt32] {
    var numbers: [UInt32] = []
    try environment.read { (txn) throws(LMDBError) in
      try txn.forEach(in: table) { (key, _) throws(LMDBError) in
        numbers.append(UInt32(key.rawSpan.bigEndian(at: 0, as: UInt64.self)))
        return true
      }
    }
    return numbers
  }
}
