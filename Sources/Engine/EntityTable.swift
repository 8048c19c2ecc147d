/// Gives texts dense numbers in order of first appearance, so that tables about them are arrays.
///
/// The numbers follow from the ledger alone. All texts are in memory: about 40 bytes a customer id.
/// Confined to the engine's thread.
package final class EntityTable {
  /// The table's name in `views/`.
  package let name: String
  private var interner = Interner()
  /// How many texts `views/` holds already.
  private var storedCount = 0
  /// How many there were when they were set aside; nil: none are.
  private var frozenCount: Int?
  private var gathered = RowBatch()

  package init(name: String) {
    self.name = name
  }

  /// How many texts have a number; the numbers are 0 ..< count.
  package var count: Int { interner.count }

  /// The number of the text in `range` of `bytes`; nil if it never appeared. Cost: about 20 ns.
  package func number(of bytes: [UInt8], in range: Range<Int>) -> UInt32? {
    interner.number(of: bytes, in: range)
  }

  /// The number of `bytes`; nil if they never appeared.
  package func number(of bytes: [UInt8]) -> UInt32? {
    interner.number(of: bytes, in: 0..<bytes.count)
  }

  /// The number of the text in `range` of `bytes`, a new one if it never appeared.
  package func intern(_ bytes: [UInt8], in range: Range<Int>) -> UInt32 {
    interner.intern(bytes, in: range)
  }

  /// The number of `bytes`, a new one if they never appeared.
  package func intern(_ bytes: [UInt8]) -> UInt32 {
    interner.intern(bytes, in: 0..<bytes.count)
  }

  /// The bytes that have `number`.
  package func bytes(of number: UInt32) -> [UInt8] {
    interner.bytes(of: number)
  }

  /// The text that has `number`.
  package func text(of number: UInt32) -> String {
    interner.text(of: number)
  }
}

extension EntityTable: StoredTable {
  package var pendingCount: Int { count - (frozenCount ?? storedCount) }

  package func open(_ source: any RowSource) throws {
    interner = Interner(capacity: Int(try source.storedEnd(table: name)))
    try source.forEachStoredRow(table: name) { number, text in
      precondition(number == count, "table \(name): row \(count) is missing")
      interner.appendNew(text)
    }
    storedCount = count
    endFreeze()
  }

  package func pendingRows() -> RowBatch {
    precondition(frozenCount == nil, "table \(name): a flush is under way")
    var batch = RowBatch()
    for number in storedCount..<count {
      batch.put(UInt32(number), bytes(of: UInt32(number)))
    }
    return batch
  }

  package func flushed() {
    storedCount = frozenCount ?? count
    endFreeze()
  }

  package func freeze() {
    precondition(frozenCount == nil, "table \(name): a flush is under way")
    frozenCount = count
  }

  package func gather(_ limit: Int) -> Int {
    let frozenCount = frozenCount ?? storedCount
    let start = storedCount + gathered.count
    let end = start + min(limit, frozenCount - start)
    for number in start..<end { gathered.put(UInt32(number), bytes(of: UInt32(number))) }
    return end - start
  }

  package func frozenRows() -> FrozenRows {
    let rows = gathered
    return { rows }
  }

  package func thaw() { endFreeze() }

  private func endFreeze() {
    frozenCount = nil
    gathered = RowBatch()
  }
}
