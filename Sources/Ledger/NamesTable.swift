import CBOR
import LMDB

/// The table `names`, and a checksum over it in `meta`: a name that has become another one would
/// turn events into others without any sign.
struct NamesTable: Sendable {
  private static let checksumKey = Array("names".utf8)

  private let names: TableHandle
  private let meta: TableHandle

  /// Opens both tables, and makes them where `creates` says so.
  init(_ environment: Environment, creates: Bool) throws(LMDBError) {
    names = try environment.openTable("names", create: creates)
    meta = try environment.openTable("meta", create: creates)
  }

  /// Adds rows. Cost: a walk over all names, where there are rows to add.
  func put(_ entries: [NameEntry], _ txn: inout WriteTransaction) throws(LMDBError) {
    guard !entries.isEmpty else { return }
    for entry in entries { try txn.put(entry.name.span, for: entry.key.span, in: names) }
    let rows = try framed(txn.reading)
    var checksum: [UInt8] = []
    checksum.append(littleEndian: Checksum.of(rows.rawSpan))
    let key = Self.checksumKey
    try txn.put(checksum.span, for: key.span, in: meta)
  }

  /// All names.
  /// - Parameter isTrusting: Gives what is there, for who compares it with the events.
  /// - Throws: ``LedgerError/store(_:)`` with `.corrupted` where the rows are not those that were
  ///   written.
  func read(
    in environment: Environment, isTrusting: Bool
  ) throws(LedgerError) -> Names {
    try environment.read { (txn) throws(LedgerError) in
      let names = Names()
      var fault: String?
      do throws(LMDBError) {
        // Ledgers of before have none until the next name is given.
        let rows = try framed(txn)
        let checksum = Checksum.of(rows.rawSpan)
        if let stored = try txn.value(for: Self.checksumKey.span, in: meta), stored.count == 4,
          stored.rawSpan.littleEndian(at: 0, as: UInt32.self) != checksum
        {
          fault = "its checksum is wrong"
        }
        try txn.forEach(in: self.names) { (key, value) throws(LMDBError) in
          let key = key.rawSpan
          let count = value.count
          guard key.byteCount == 5, let space = Names.Space(rawValue: key.byte(at: 0)),
            case let number = key.bigEndian(at: 1, as: UInt32.self),
            number == names.count(space) + 1
          else {
            fault = fault ?? "a number is missing in it"
            return false
          }
          _ = names.add(space, value.rawSpan.string(0..<count))
          return true
        }
      } catch {
        throw .store(error)
      }
      guard let fault, !isTrusting else { return names }
      throw .store(
        LMDBError(
          .corrupted, operation: "read names", place: "table 'names' in \(environment.directory)",
          detail: fault))
    }
  }

  /// Every row: key, length of the name u32, name.
  private func framed(_ txn: borrowing ReadTransaction) throws(LMDBError) -> [UInt8] {
    var bytes: [UInt8] = []
    try txn.forEach(in: names) { (key, value) throws(LMDBError) in
      bytes += key.rawSpan.array(0..<key.count)
      bytes.append(littleEndian: UInt32(value.count))
      bytes += value.rawSpan.array(0..<value.count)
      return true
    }
    return bytes
  }
}
