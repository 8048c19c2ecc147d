/// How a table's keys are ordered.
public enum KeyOrder: UInt8, Sendable, Hashable {
  /// Byte strings of 1 to 511 bytes, compared as unsigned bytes, a prefix before what it begins.
  case bytes

  /// Native 64-bit unsigned integers, compared as numbers (MDB_INTEGERKEY). Exactly 8 bytes.
  case integer
}

/// An open table of one environment: cheap to copy, valid until the table is dropped or the
/// environment closes. Using it later throws `.staleTable`.
///
/// A transaction that began before the table was opened cannot use it (`.invalidArgument`).
public struct TableHandle: Sendable, Hashable {
  /// LMDB's slot for the table.
  let index: UInt32

  /// How its keys are ordered.
  public let keys: KeyOrder

  /// Unique in the process; equal to what the environment keeps for the slot as long as the
  /// handle is good.
  let generation: UInt64
}

/// Counts of one table, at one transaction.
public struct TableStatistics: Sendable, Hashable {
  /// Bytes in a page, 4,096 as a rule.
  public let pageSizeBytes: Int
  /// Levels of the tree; 0 if empty.
  public let depth: Int
  /// Inner pages.
  public let branchPages: Int
  /// Pages with keys and small values.
  public let leafPages: Int
  /// Pages of values too large for a leaf (above about half a page).
  public let overflowPages: Int
  /// Keys in the table.
  public let entryCount: Int

  /// All pages, in bytes.
  public var sizeBytes: Int {
    (branchPages + leafPages + overflowPages) * pageSizeBytes
  }
}
