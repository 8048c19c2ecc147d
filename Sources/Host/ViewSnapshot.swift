import CBOR
package import Engine
import FoundationEssentials
import LMDB
package import Ledger

/// A data directory at one moment, read without its lock and without writing: what the commands
/// that only look use, also while another process is at work.
///
/// Rows are copied out of `views/` first and the ledger is opened then, so that the ledger is never
/// behind them; what the rows lack is folded in memory. Cost: the rows of the projections asked
/// for, and a fold of the ledger's end.
package final class ViewSnapshot {
  package let ledger: Ledger
  package let context: FoldContext
  /// The ledger's end, to which all projections are folded.
  package let end: Ledger.Head
  /// How far the stored rows of the projections asked for had come.
  package private(set) var progress: [(projection: String, position: UInt64)] = []
  /// Other tables that were asked for, as stored.
  private let rows: FrozenRows

  /// Reads the directory.
  /// - Parameters:
  ///   - extraTables: Tables to be read as stored beside the projections', see ``forEachRow``.
  ///   - others: Projections whose stored progress is wanted beside that.
  ///   - make: Makes the projections that are wanted, in the engine's order.
  /// - Throws: ``DirectoryError`` where there is no ledger; nothing is made.
  package init(
    directory: String, extraTables: [String] = [], alsoProgressOf others: [String] = [],
    _ make: (FoldContext) -> [any Projection] = { _ in [] }
  ) throws {
    try DirectoryLock.requireLedger(directory: directory)
    let context = FoldContext(names: Names())
    let projections = make(context)
    rows = try FrozenRows(
      views: directory + "/views",
      projections.map { ($0.name, $0.version, $0.tables.map(\.name)) }
        + [(Engine.ownName, Engine.ownVersion, [context.subjects.name])],
      extraTables, others)
    var options = LedgerOptions()
    options.readOnly = true
    let ledger = try Ledger(directory: directory + "/ledger", options: options)
    self.ledger = ledger
    self.context = context
    end = ledger.end
    context.names.replace(with: try ledger.names())
    context.event = { position in
      Self.read("event \(position)") { () throws(LedgerError) in try ledger.event(at: position) }
    }
    context.blob = { position in
      Self.read("the body of event \(position)") { () throws(LedgerError) in
        try ledger.blob(at: position)
      }
    }
    try context.subjects.open(rows)
    for projection in projections {
      for table in projection.tables { try table.open(rows) }
      projection.reset()
    }
    progress = (others.isEmpty ? projections.map(\.name) : others).map {
      ($0, rows.position(of: $0))
    }
    try fold(projections)
  }

  /// Folds cannot go on without what they look back at.
  private static func read<Value>(
    _ what: String, _ body: () throws(LedgerError) -> Value
  ) -> Value {
    do throws(LedgerError) {
      return try body()
    } catch {
      UnreadableState.stop(what, error)
    }
  }

  /// Ends the use of the files. No other call may follow.
  package func close() {
    ledger.close()
  }

  /// Calls `body` for each stored row of a table that was asked for, by number.
  package func forEachRow(ofTable table: String, _ body: (ByteReader) -> Void) {
    for (_, bytes) in rows.sorted(table) { body(ByteReader(bytes)) }
  }

  /// Folds the events that the rows lack.
  private func fold(_ projections: [any Projection]) throws {
    let own = rows.position(of: Engine.ownName)
    let positions = projections.map { rows.position(of: $0.name) }
    let first = min(own, positions.min() ?? own) + 1
    guard !projections.isEmpty, first <= end.position else { return }
    var concerns: [String: Bool] = [:]
    try ledger.forEachEvent(from: first, through: end.position) { (event) throws -> Bool in
      let subject = context.subjects.intern(event.record, in: event.subjectRange)
      let type = context.names.name(.type, event.type) ?? ""
      for (index, projection) in projections.enumerated() where positions[index] < event.position {
        let key = "\(index) \(type)"
        let isConcerned = concerns[key] ?? projection.concerns(type: type)
        concerns[key] = isConcerned
        guard isConcerned else { continue }
        projection.project(event, subject: subject)
        projection.settle(event, subject: subject)
      }
      return true
    }
  }
}

/// Rows that were copied out of `views/` at one moment.
private final class FrozenRows: RowSource {
  private var tables: [String: [UInt32: [UInt8]]] = [:]
  private var positions: [String: UInt64] = [:]

  init(
    views: String, _ groups: [(name: String, version: String, tables: [String])],
    _ extraTables: [String], _ others: [String]
  ) throws {
    guard Self.isTrusted(views) else { return }
    do {
      try load(views, groups, extraTables, others)
    } catch let error as LMDBError where error.isDamage {
      // The engine throws such views away; here the ledger is folded instead.
      tables = [:]
      positions = [:]
    }
  }

  private func load(
    _ views: String, _ groups: [(name: String, version: String, tables: [String])],
    _ extraTables: [String], _ others: [String]
  ) throws {
    let store = try ViewStore(directory: views, readOnly: true)
    defer { try? store.close() }
    for group in groups {
      // A flush changes rows and progress together: rows that were read while the progress stayed
      // the same are of one moment.
      for attempt in 0..<8 {
        guard let before = try store.progress(of: group.name), before.version == group.version
        else { break }
        for table in group.tables { tables[table] = try Self.rows(of: table, in: store) }
        if try store.progress(of: group.name) == before {
          positions[group.name] = before.position
          break
        }
        if attempt == 7 {
          throw DirectoryError("the views in \(views) are being written too fast: try again")
        }
      }
      guard positions[group.name] == nil else { continue }
      for table in group.tables { tables[table] = nil }
    }
    for table in extraTables { tables[table] = try Self.rows(of: table, in: store) }
    for name in others where positions[name] == nil {
      positions[name] = try store.progress(of: name)?.position
    }
  }

  func position(of name: String) -> UInt64 { positions[name] ?? 0 }

  func sorted(_ table: String) -> [(key: UInt32, value: [UInt8])] {
    (tables[table] ?? [:]).sorted { $0.key < $1.key }
  }

  private static func rows(of table: String, in store: ViewStore) throws -> [UInt32: [UInt8]] {
    var rows: [UInt32: [UInt8]] = [:]
    try store.forEachStoredRow(table: table) { rows[$0] = $1.array(0..<$1.byteCount) }
    return rows
  }

  /// Whether the views are there and can be read: those that were open when the machine stopped may
  /// be damaged, and the engine makes them anew.
  private static func isTrusted(_ views: String) -> Bool {
    guard FileManager.default.fileExists(atPath: views + "/data.mdb") else { return false }
    let words = text(views + "/mark").split(separator: " ")
    let boot = text("/proc/sys/kernel/random/boot_id")
    return words.last == "clean" || words.count == 2 && words[0] == boot
  }

  private static func text(_ path: String) -> String {
    let bytes = FileManager.default.contents(atPath: path).map { [UInt8]($0) } ?? []
    return String(decoding: bytes.filter { $0 != 0x0a }, as: UTF8.self)
  }

  func storedRow(table: String, number: UInt32) -> [UInt8]? { tables[table]?[number] }

  func withStoredRow(table: String, number: UInt32, _ body: (RawSpan) -> Void) -> Bool {
    guard let row = tables[table]?[number] else { return false }
    body(row.rawSpan)
    return true
  }

  func storedEnd(table: String) throws -> UInt32 {
    (tables[table]?.keys.max()).map { $0 + 1 } ?? 0
  }

  func forEachStoredRow(table: String, _ body: (UInt32, RawSpan) -> Void) throws {
    for (number, bytes) in sorted(table) { body(number, bytes.rawSpan) }
  }
}
