/// How a table's keys are ordered.
@usableFromInline
package enum KeyOrder: UInt8, Sendable, Hashable {
  /// Byte strings of 1 to 511 bytes, compared as unsigned bytes, a prefix before what it begins.
  case bytes

  /// Native 64-bit unsigned integers, compared as numbers (MDB_INTEGERKEY). Exactly 8 bytes.
  case integer
}

/// An open table of one environment: cheap to copy, valid until the table is dropped or the
/// environment closes. Using it later throws `.staleTable`.
///
/// A transaction that began before the table was opened cannot use it (`.invalidArgument`).
@usableFromInline
package struct TableHandle: Sendable, Hashable {
  /// LMDB's slot for the table.
  let index: UInt32

  /// How its keys are ordered.
  package let keys: KeyOrder

  /// Unique in the process; equal to what the environment keeps for the slot as long as the
  /// handle is good.
  let generation: UInt64
}

/// Counts of one table, at one transaction.
package struct TableStatistics: Sendable, Hashable {
  /// Bytes in a page, 4,096 as a rule.
  package let pageSizeBytes: Int
  /// Levels of the tree; 0 if empty.
  package let depth: Int
  /// Inner pages.
  package let branchPages: Int
  /// Pages with keys and small values.
  package let leafPages: Int
  /// Pages of values too large for a leaf (above about half a page).
  package let overflowPages: Int
  /// Keys in the table.
  package let entryCount: Int

  /// All pages, in bytes.
  package var sizeBytes: Int {
    (branchPages + leafPages + overflowPages) * pageSizeBytes
  }
}
