import CBOR
import Crypto
package import LMDB
import Ledger

/// The derived state on disk: every table's rows, and how far each projection has come.
///
/// Rows and positions change in the same transaction, so the store is consistent at each commit.
/// Commits are not synced: after a crash of the machine the store is thrown away and made anew.
package final class ViewStore {
  /// How far a stored projection has come.
  package struct Progress: Equatable, Sendable {
    /// The version of the fold that made the rows.
    package var version: String
    /// The last event that is in them.
    package var position: UInt64

    package init(version: String, position: UInt64) {
      self.version = version
      self.position = position
    }
  }

  private let environment: Environment
  /// Reads single rows; nil: the store is closed.
  private var reader: Reader?
  private let progressTable: TableHandle
  private var handles: [String: TableHandle] = [:]
  private let mark: CleanMark
  /// Why the views that were found were thrown away; nil: they were not, or there were none.
  package private(set) var discarded: String?

  /// Opens the store in `directory`; one that a crash of the machine may have damaged, or that is
  /// damaged, is thrown away and begun anew.
  /// - Parameter maximumMapBytes: The largest that the store may become.
  package init(
    directory: String, readOnly: Bool = false, maximumMapBytes: Int = 1 << 40,
    onWritePoint: (@Sendable (WritePoint) -> Void)? = nil
  ) throws {
    mark = CleanMark(directory: directory)
    if !readOnly { try mark.prepare() }
    var options = EnvironmentOptions()
    options.durability = .relaxed
    options.readOnly = readOnly
    // A projection has a handful of tables, and there are a score of projections.
    options.maximumTables = 128
    options.initialMapBytes = min(1 << 30, maximumMapBytes)
    options.maximumMapBytes = maximumMapBytes
    options.maximumTables = 128
    options.onWritePoint = onWritePoint
    do throws(LMDBError) {
      environment = try Self.sound(directory, options)
    } catch {
      guard error.isDamage && !readOnly else { throw error }
      discarded = "\(error)"
      try mark.discard()
      environment = try Environment(directory: directory, options: options)
    }
    progressTable = try environment.openTable(Self.progressName, create: !readOnly)
    reader = try Reader(environment)
  }

  private static let progressName = "progress"

  /// Opens views whose progress can be read.
  /// - Throws: Where it cannot, `.corrupted`: they are damaged, or another version's.
  private static func sound(
    _ directory: String, _ options: EnvironmentOptions
  ) throws(LMDBError) -> Environment {
    let environment = try Environment(directory: directory, options: options)
    guard try environment.tableNames().contains(progressName) else { return environment }
    let table = try environment.openTable(progressName)
    let isSound = try environment.read { (txn) throws(LMDBError) -> Bool in
      var isSound = true
      try txn.forEach(in: table) { (_, value) throws(LMDBError) in
        isSound = RowChecksum.row(value.rawSpan, number: RowChecksum.unnumbered) != nil
        return isSound
      }
      return isSound
    }
    if isSound { return environment }
    environment.close()
    throw LMDBError(
      .corrupted, operation: "open", place: directory, detail: "a checksum is wrong")
  }

  /// Syncs and closes. No other call may follow.
  package func close() throws {
    if !environment.options.readOnly {
      try environment.sync()
      try mark.setClean()
    }
    reader = nil
    environment.close()
  }

  /// Closes as a crash would. No other call may follow.
  package func abandon() {
    reader = nil
    environment.close()
  }

  /// How far the projection `name` has come, or nil if nothing of it is stored.
  package func progress(of name: String) throws -> Progress? {
    try environment.read { txn in try Self.progress(of: name, in: progressTable, txn) }
  }

  private static func progress(
    of name: String, in table: TableHandle, _ txn: borrowing ReadTransaction
  ) throws(LMDBError) -> Progress? {
    guard let bytes = try txn.value(for: Array(name.utf8).span, in: table) else { return nil }
    guard let row = RowChecksum.row(bytes.rawSpan, number: RowChecksum.unnumbered) else {
      throw LMDBError(
        .corrupted, operation: "read progress", place: "the views",
        detail: "the checksum of \(name) is wrong")
    }
    var reader = ByteReader(row.array(0..<row.byteCount))
    let position = reader.unsigned()
    return Progress(version: reader.text(), position: position)
  }

  /// Lets `body` read rows of one table and how far a projection has come, all of one moment, also
  /// while another process is writing.
  func atOneMoment<Result>(
    table: String, projection: String, _ body: (Progress?, RowRead) -> Result
  ) throws -> Result {
    let handle = try handle(table)
    return try environment.read { txn in
      body(try Self.progress(of: projection, in: progressTable, txn)) { number, body in
        do {
          guard let bytes = try txn.value(for: UInt64(number), in: handle) else { return false }
          guard let row = RowChecksum.row(bytes.rawSpan, number: number) else {
            stop(table, number)
          }
          body(row)
          return true
        } catch {
          UnreadableState.stop("row \(number) of the table \(table) in the views", "\(error)")
        }
      }
    }
  }

  /// Ends the process over a row that has changed, and has the next one make the views anew.
  private func stop(_ table: String, _ number: UInt32) -> Never {
    var mend = "delete views/, they are made anew"
    if !environment.options.readOnly {
      do {
        try mark.distrust()
        mend = "start again, and the views are made anew"
      } catch {
        mend += " (\(error))"
      }
    }
    UnreadableState.stop(
      "row \(number) of the table \(table) in the views", "its checksum is wrong; \(mend)")
  }

  /// Writes the changed rows of `tables` and the projections' progress in one transaction.
  package func flush(_ tables: [any StoredTable], progress: [(String, Progress)]) throws {
    let changed = tables.filter { $0.pendingCount > 0 }
    let rows = try changed.map { table -> ViewFlush.Part in
      let rows = table.pendingRows()
      return (try handle(table.name), { rows })
    }
    try ViewFlush(environment, rows, progress: progress, in: progressTable).write()
    for table in changed { table.flushed() }
  }

  /// The writing of rows that are set aside and gathered, for a thread beside the engine's.
  package func flush(
    frozen tables: [any StoredTable], progress: [(String, Progress)]
  ) throws -> ViewFlush {
    let rows = try tables.map { (try handle($0.name), $0.frozenRows()) }
    return ViewFlush(environment, rows, progress: progress, in: progressTable)
  }

  /// Empties `tables` and forgets the progress of `projection`.
  package func clear(_ tables: [any StoredTable], projection: String) throws {
    let handles = try tables.map { try handle($0.name) }
    try environment.write { txn in
      for handle in handles { try txn.clear(handle) }
      try txn.delete(Array(projection.utf8).span, in: progressTable)
    }
  }

  /// SHA-256 over the rows of a table in key order: number (u32 big-endian), length (u32
  /// big-endian) and bytes of each.
  package func digest(table: String) throws -> String {
    let handle = try handle(table)
    var hash = SHA256()
    try environment.read { txn in
      try txn.forEach(in: handle) { key, value in
        let number = UInt32(key.rawSpan.bigEndian(at: 0, as: UInt64.self))
        guard let row = RowChecksum.row(value.rawSpan, number: number) else { stop(table, number) }
        var framed = BigEndian.bytes(number)
        framed += BigEndian.bytes(UInt32(row.byteCount))
        framed += row.array(0..<row.byteCount)
        // SAFETY: the pointer spans the whole array and is used within the closure alone.
        unsafe framed.withUnsafeBytes { unsafe hash.update(bufferPointer: $0) }
        return true
      }
    }
    return Hex.string(hash.finalize())
  }

  private func handle(_ table: String) throws -> TableHandle {
    if let handle = handles[table] { return handle }
    let handle = try environment.openTable(table, create: !environment.options.readOnly)
    handles[table] = handle
    return handle
  }
}

extension ViewStore: RowSource {
  package func storedRow(table: String, number: UInt32) -> [UInt8]? {
    var row: [UInt8]?
    _ = withStoredRow(table: table, number: number) { row = $0.array(0..<$0.byteCount) }
    return row
  }

  package func withStoredRow(
    table: String, number: UInt32, _ body: (RawSpan) -> Void
  ) -> Bool {
    do {
      let handle = try handle(table)
      let isThere = try reader?.read { (txn) throws(LMDBError) -> Bool in
        guard let bytes = try txn.value(for: UInt64(number), in: handle) else { return false }
        guard let row = RowChecksum.row(bytes.rawSpan, number: number) else { stop(table, number) }
        body(row)
        return true
      }
      guard let isThere else { preconditionFailure("table \(table) is read after the close") }
      return isThere
    } catch {
      UnreadableState.stop("row \(number) of the table \(table) in the views", "\(error)")
    }
  }

  package func storedEnd(table: String) throws -> UInt32 {
    let handle = try handle(table)
    return try environment.read { txn in
      var cursor = try txn.cursor(in: handle)
      guard try cursor.last() else { return 0 }
      return UInt32(cursor.key.rawSpan.bigEndian(at: 0, as: UInt64.self)) + 1
    }
  }

  package func forEachStoredRow(table: String, _ body: (UInt32, RawSpan) -> Void) throws {
    let handle = try handle(table)
    try environment.read { txn in
      try txn.forEach(in: handle) { key, value in
        let number = UInt32(key.rawSpan.bigEndian(at: 0, as: UInt64.self))
        guard let row = RowChecksum.row(value.rawSpan, number: number) else {
          guard environment.options.readOnly else { stop(table, number) }
          throw LMDBError(
            .corrupted, operation: "read", place: "table '\(table)' in \(environment.directory)",
            detail: "the checksum of row \(number) is wrong")
        }
        body(number, row)
        return true
      }
    }
  }

  package func viewRows(table: String) throws -> ViewRows? {
    guard !environment.options.readOnly else { return nil }
    return ViewRows(environment: environment, table: try handle(table))
  }
}
