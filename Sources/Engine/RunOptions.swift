/// How a ``RunIndex`` keeps its runs. The defaults are the product's; tests take smaller ones.
package struct RunOptions: Sendable {
  /// The largest chunk in bytes. 32,752 and the page header of the store fill eight pages.
  package var chunkBytes = 32_752
  /// Runs that together have no more entries than this are made one at the flush itself.
  package var absorbedEntries = 32_768
  /// Runs become one when the newer ones have `fanIn - 1` times the entries of the oldest of them.
  package var fanIn = 3
  /// Chunks that a merge writes, or rows that are deleted after it, in one transaction.
  package var rowsPerTransaction = 32
  /// The bits of a key: the keys are below 2 to this power. Where there are filters, they are hashes,
  /// evenly spread below it.
  package var keyBits: UInt64 = 64
  /// Bits of filter an entry; 0: no filters, each look-up reads every run.
  package var filterBitsPerEntry = 12
  /// What all filters together may take in memory, in bytes.
  package var filterBudgetBytes = 128 << 20

  /// The defaults above.
  package init() {}
}
