public import LMDB

/// A table whose rows live in memory and are flushed to `views/`.
public protocol StoredTable: AnyObject {
  /// The table's name in `views/`.
  var name: String { get }
  /// Rows changed since the last flush.
  var pendingCount: Int { get }
  /// Forgets what is in memory and goes on from what `source` has.
  func open(_ source: any RowSource) throws
  /// The changed rows, by number. They stay changed until ``flushed()``.
  func pendingRows() -> RowBatch
  /// The rows of the last ``pendingRows()`` or ``frozenRows()`` are committed.
  func flushed()

  /// Sets aside what has changed since the last flush, to be gathered as it is now, whatever changes
  /// later. Nothing may be set aside already. Cost: a few µs.
  func freeze()
  /// Encodes at most `limit` of the rows that are set aside.
  /// - Returns: How many it encoded: fewer than `limit` if that was all.
  func gather(_ limit: Int) -> Int
  /// What gives the rows that were set aside, once all are gathered. It may be called on any thread,
  /// once.
  func frozenRows() -> FrozenRows
  /// What was set aside could not be stored, and has changed since the last flush again.
  func thaw()
}

/// Gives rows to whoever writes them, beside the engine's thread.
public typealias FrozenRows = @Sendable () throws(LMDBError) -> RowBatch

/// Where tables read their stored rows.
public protocol RowSource: AnyObject {
  /// The stored bytes of a row, or nil.
  func storedRow(table: String, number: UInt32) -> [UInt8]?
  /// Lets `body` read the stored bytes of a row where they lie; it must not read other rows meanwhile.
  /// - Returns: Whether there is such a row.
  func withStoredRow(table: String, number: UInt32, _ body: (RawSpan) -> Void) -> Bool
  /// One more than the highest stored number.
  func storedEnd(table: String) throws -> UInt32
  /// Lets `body` read every stored row where it lies, by number.
  func forEachStoredRow(table: String, _ body: (UInt32, RawSpan) -> Void) throws
  /// The table for work beside the engine's thread; nil where rows cannot be written.
  func viewRows(table: String) throws -> ViewRows?
}

extension RowSource {
  public func viewRows(table: String) throws -> ViewRows? { nil }
}

/// Encoded rows, all in one buffer, each with its checksum.
public struct RowBatch: Sendable {
  struct Entry {
    let number: UInt32
    let start: Int
    let end: Int
    let isRemoved: Bool
  }

  private(set) var entries: [Entry] = []
  private(set) var bytes: [UInt8] = []

  public init() {}

  /// How many rows.
  var count: Int { entries.count }

  /// One more than the highest number; 0: there is none.
  var end: UInt32 { entries.reduce(0) { max($0, $1.number + 1) } }

  /// Brings the entries into the order of their numbers, in which they are written.
  mutating func sort() {
    entries.sort { $0.number < $1.number }
  }

  /// Adds a changed row. No number may come twice.
  public mutating func put(_ number: UInt32, _ row: [UInt8]) {
    let start = bytes.count
    bytes += row
    RowChecksum.append(to: &bytes, from: start, number: number)
    entries.append(
      Entry(number: number, start: start, end: bytes.count, isRemoved: false))
  }

  /// Adds a removed row. No number may come twice.
  public mutating func remove(_ number: UInt32) {
    entries.append(
      Entry(number: number, start: bytes.count, end: bytes.count, isRemoved: true))
  }
}
