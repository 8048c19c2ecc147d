import CBOR

/// A row that a ``Table`` keeps decoded in memory and stores as bytes.
public protocol TableRow: Sendable {
  /// Reads what ``write(to:)`` wrote.
  init(from reader: inout ByteReader)
  /// Writes every field. The same row gives the same bytes.
  func write(to writer: inout ByteWriter)
}

/// Rows by dense number: a decoded write-back cache over the rows stored in `views/`.
///
/// Policies and projections read and change rows here; changed rows are flushed in sorted batches.
/// A row that is not in memory is loaded on first use. Confined to the engine's thread.
public final class Table<Row: TableRow> {
  public enum State: UInt8 {
    /// Not loaded: the store may have it.
    case unknown
    /// As it is stored, or known to be absent.
    case clean
    /// Changed since the last flush, or set aside by it: which of the two is which changes each time.
    case even
    case odd
  }

  public struct Slot {
    public var row: Row?
    public var state: State

    public init(row: Row?, state: State) {
      self.row = row
      self.state = state
    }
  }

  /// The table's name in `views/`.
  public let name: String
  /// Rows in groups of 64; an empty group was never touched.
  public var groups: [ContiguousArray<Slot>] = []
  /// Numbers of the rows that have changed, in order of their first change.
  public var dirty: [UInt32] = []
  /// The state of those rows.
  public var changed = State.even
  /// Numbers of the rows that are set aside. One that changes meanwhile is gathered before it does.
  private var frozen: [UInt32] = []
  private var isFrozen = false
  /// How many of them were gathered, and their encoded rows.
  private var gatheredCount = 0
  private var gathered = RowBatch()
  /// Numbers from here on are not in the store.
  public var storedEnd: UInt32 = 0
  private var source: (any RowSource)?
  private var writer = ByteWriter()

  public init(name: String) {
    self.name = name
  }

  /// The row with `number`, or nil. Cost: an array access, or one look-up in the store.
  @inlinable
  public func row(_ number: UInt32) -> Row? {
    let (group, index) = locate(number)
    return groups[group][index].row
  }

  /// Lets `body` read the row with `number` in place; nil where there is none.
  @inlinable
  public func withRow<Result>(_ number: UInt32, _ body: (borrowing Row) -> Result) -> Result? {
    let (group, index) = locate(number)
    guard groups[group][index].row != nil else { return nil }
    return body(groups[group][index].row!)
  }

  /// Changes the row with `number` in place, after making it where there is none.
  @inlinable
  public func update<Result>(
    _ number: UInt32, orInsert make: @autoclosure () -> Row, _ body: (inout Row) -> Result
  ) -> Result {
    let (group, index) = locate(number)
    touch(number, group, index)
    if groups[group][index].row == nil { groups[group][index].row = make() }
    return body(&groups[group][index].row!)
  }

  /// Changes the row with `number` in place; does nothing and returns nil where there is none.
  @inlinable
  public func update<Result>(_ number: UInt32, _ body: (inout Row) -> Result) -> Result? {
    let (group, index) = locate(number)
    guard groups[group][index].row != nil else { return nil }
    touch(number, group, index)
    return body(&groups[group][index].row!)
  }

  /// Puts `row` under `number`.
  @inlinable
  public func set(_ number: UInt32, _ row: Row) {
    let (group, index) = locate(number)
    touch(number, group, index)
    groups[group][index].row = row
  }

  /// Removes the row with `number`, if there is one.
  @inlinable
  public func remove(_ number: UInt32) {
    let (group, index) = locate(number)
    guard groups[group][index].row != nil else { return }
    touch(number, group, index)
    groups[group][index].row = nil
  }

  /// Calls `body` for every row, by number. Rows that are not in memory are read in sequence and not
  /// kept: about 0.3 µs each.
  public func forEach(_ body: (UInt32, Row) -> Void) {
    var next: UInt32 = 0
    do {
      try source?.forEachStoredRow(table: name) { number, bytes in
        forEachLoaded(next..<number, body)
        next = number + 1
        if isLoaded(number) {
          forEachLoaded(number..<next, body)
        } else {
          body(number, decode(bytes.array(0..<bytes.byteCount), number))
        }
      }
    } catch {
      UnreadableState.stop("the table \(name) in the views", "\(error)")
    }
    forEachLoaded(next..<max(next, UInt32(groups.count * 64)), body)
  }

  private func isLoaded(_ number: UInt32) -> Bool {
    let group = Int(number >> 6)
    guard group < groups.count, !groups[group].isEmpty else { return false }
    return groups[group][Int(number & 63)].state != .unknown
  }

  /// Calls `body` for the rows of a range that are in memory.
  private func forEachLoaded(_ range: Range<UInt32>, _ body: (UInt32, Row) -> Void) {
    var number = range.lowerBound
    while number < range.upperBound, Int(number >> 6) < groups.count {
      let group = Int(number >> 6)
      if groups[group].isEmpty {
        number = UInt32(group + 1) << 6
        continue
      }
      if let row = groups[group][Int(number & 63)].row { body(number, row) }
      number += 1
    }
  }

  private func decode(_ bytes: [UInt8], _ number: UInt32) -> Row {
    var reader = ByteReader(bytes)
    let row = Row(from: &reader)
    precondition(reader.isAtEnd, "table \(name): row \(number) is longer than its fields")
    return row
  }

  /// Takes note that a row, which is loaded, is about to be changed.
  public func touch(_ number: UInt32, _ group: Int, _ index: Int) {
    let state = groups[group][index].state
    guard state != changed else { return }
    if state != .clean { gather(number, &gathered) }
    groups[group][index].state = changed
    dirty.append(number)
  }

  /// Encodes a row that has changed.
  private func gather(_ number: UInt32, _ batch: inout RowBatch) {
    if let row = groups[Int(number >> 6)][Int(number & 63)].row {
      writer.reset()
      row.write(to: &writer)
      batch.put(number, writer.bytes)
    } else {
      batch.remove(number)
    }
  }

  @inlinable
  public func locate(_ number: UInt32) -> (group: Int, index: Int) {
    let group = Int(number >> 6)
    let index = Int(number & 63)
    if group >= groups.count || groups[group].isEmpty || groups[group][index].state == .unknown {
      load(number, group, index)
    }
    return (group, index)
  }

  public func load(_ number: UInt32, _ group: Int, _ index: Int) {
    while groups.count <= group { groups.append([]) }
    if groups[group].isEmpty {
      groups[group] = ContiguousArray(
        repeating: Slot(row: nil, state: UInt32(group) << 6 >= storedEnd ? .clean : .unknown),
        count: 64)
    }
    guard groups[group][index].state == .unknown else { return }
    groups[group][index].state = .clean
    if number < storedEnd, let bytes = source?.storedRow(table: name, number: number) {
      groups[group][index].row = decode(bytes, number)
    }
  }
}

extension Table: StoredTable {
  public var pendingCount: Int { dirty.count }

  public func open(_ source: any RowSource) throws {
    self.source = source
    groups = []
    dirty = []
    endFreeze()
    storedEnd = try source.storedEnd(table: name)
  }

  public func pendingRows() -> RowBatch {
    precondition(!isFrozen, "table \(name): a flush is under way")
    dirty.sort()
    var batch = RowBatch()
    for number in dirty { gather(number, &batch) }
    return batch
  }

  public func flushed() {
    if !isFrozen {
      for number in dirty { groups[Int(number >> 6)][Int(number & 63)].state = .clean }
      if let last = dirty.last { storedEnd = max(storedEnd, last + 1) }
      dirty.removeAll(keepingCapacity: true)
    } else {
      storedEnd = max(storedEnd, gathered.end)
      endFreeze()
    }
  }

  public func freeze() {
    precondition(!isFrozen, "table \(name): a flush is under way")
    isFrozen = true
    swap(&frozen, &dirty)
    changed = changed == .even ? .odd : .even
  }

  public func gather(_ limit: Int) -> Int {
    let start = gatheredCount
    let end = start + min(limit, frozen.count - start)
    while gatheredCount < end {
      let number = frozen[gatheredCount]
      let (group, index) = (Int(number >> 6), Int(number & 63))
      // What has changed again was gathered before.
      if groups[group][index].state != changed {
        gather(number, &gathered)
        groups[group][index].state = .clean
      }
      gatheredCount += 1
    }
    return end - start
  }

  public func frozenRows() -> FrozenRows {
    let rows = gathered
    return {
      var rows = rows
      rows.sort()
      return rows
    }
  }

  public func thaw() {
    for number in frozen {
      let (group, index) = (Int(number >> 6), Int(number & 63))
      guard groups[group][index].state != changed else { continue }
      groups[group][index].state = changed
      dirty.append(number)
    }
    endFreeze()
  }

  private func endFreeze() {
    frozen = []
    isFrozen = false
    gatheredCount = 0
    gathered = RowBatch()
  }
}
