package import CBOR
package import Engine
package import Ledger
import Programs

/// One loading of a reference table.
package struct ReferenceRow: TableRow {
  package var name: String
  /// SHA-256 of the body, 64 hex digits.
  package var hash: String
  /// What the keys are: `text` or `prefix`.
  package var keys: String
  package var rowCount: UInt64
  /// Position of `reference.loaded`.
  package var position: UInt64

  package init(
    name: String, hash: String, keys: String, rowCount: UInt64, position: UInt64
  ) {
    self.name = name
    self.hash = hash
    self.keys = keys
    self.rowCount = rowCount
    self.position = position
  }

  package init(from reader: inout ByteReader) {
    name = reader.text()
    hash = reader.text()
    keys = reader.text()
    rowCount = reader.unsigned()
    position = reader.unsigned()
  }

  package func write(to writer: inout ByteWriter) {
    writer.text(name)
    writer.text(hash)
    writer.text(keys)
    writer.unsigned(rowCount)
    writer.unsigned(position)
  }
}

/// The reference tables: a fold over `reference.loaded`, whose bodies are in the ledger. Of one name
/// the last table loaded is in force, from the next event on.
package final class References: Projection {
  package let name = "references"
  package let version = "1"
  /// Loadings in order.
  private let loadings = Table<ReferenceRow>(name: "references.loadings")
  private let context: FoldContext
  private var count: UInt32 = 0
  private var latest: [String: ReferenceRow] = [:]
  /// The tables in force, read at the first look.
  private var tablesByName: [String: ReferenceTable] = [:]

  package init(context: FoldContext) {
    self.context = context
  }

  package var tables: [any StoredTable] { [loadings] }

  package func concerns(type: String) -> Bool { type == EventType.referenceLoaded }

  package func reset() {
    count = 0
    latest = [:]
    tablesByName = [:]
    loadings.forEach { number, row in
      count = number + 1
      latest[row.name] = row
    }
  }

  package func project(_ event: Event, subject: UInt32) {
    let data = event.payload
    // What has no name is of another kind: the rules of time zones.
    guard data.view(forKey: Field.reference) != nil else { return }
    let row = ReferenceRow(
      name: data.text(Field.reference), hash: data.text(Field.hash), keys: data.text("keys"),
      rowCount: data.view(forKey: "rows")?.uint64 ?? 0, position: event.position)
    loadings.set(count, row)
    count += 1
    latest[row.name] = row
    tablesByName[row.name] = nil
  }

  /// How many loadings there were.
  package var loadingCount: Int { Int(count) }

  /// Every loading so far, in order.
  package func forEachLoading(_ body: (ReferenceRow) -> Void) {
    loadings.forEach { _, row in body(row) }
  }

  /// The loading in force of a name; nil: there is none.
  package func loading(of name: String) -> ReferenceRow? { latest[name] }

  /// The row of a key in the table in force; nil where there is no table or no row. Cost: two
  /// look-ups; the first one after a loading reads the whole table.
  package func row(_ name: String, key: [UInt8]) -> CBORView? {
    if let table = tablesByName[name] { return table.row(key) }
    guard let loading = latest[name] else { return nil }
    let table = load(loading)
    tablesByName[name] = table
    return table.row(key)
  }

  private func load(_ row: ReferenceRow) -> ReferenceTable {
    let body = context.blob(row.position) ?? []
    do throws(ReferenceTableError) {
      return try ReferenceTable(decoding: body)
    } catch {
      // Only what was read once is ever loaded.
      UnreadableState.stop(
        "the body of event \(row.position)",
        "\(error); run recount verify, and restore a backup")
    }
  }
}
