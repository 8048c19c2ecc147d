import LMDB

/// The bytes that a ledger's tables take in its file.
struct LedgerParts {
  /// In the order in which they are told.
  static let tables = ["segments", "tree", "tail", "blobs", "names", "meta"]

  private(set) var bytes: [String: Int] = [:]
  /// Pages that were freed, mostly by sealing, and await use.
  let freeBytes: Int
  /// All up to the last page that was ever used: without the zeros ahead of it.
  let usedBytes: Int

  /// Segments and tree: what a sealed event takes for good.
  var packedBytes: Int { (bytes["segments"] ?? 0) + (bytes["tree"] ?? 0) }

  /// Looks at a ledger that nobody has open.
  init(directory: String) throws {
    var options = EnvironmentOptions()
    options.readOnly = true
    let environment = try Environment(directory: directory, options: options)
    defer { environment.close() }
    let info = try environment.info()
    usedBytes = info.usedBytes
    freeBytes = try environment.statistics().freePages * info.pageSizeBytes
    for table in Self.tables {
      let handle = try environment.openTable(table, create: false)
      bytes[table] = try environment.read { try $0.statistics(of: handle).sizeBytes }
    }
  }
}
