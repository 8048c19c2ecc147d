import Engine
import Ledger

/// Which keys of an entity events have concerned lately, hour by hour: what populations go through
/// that look back with `since`.
///
/// ```
/// ordinal   40     41     42     43     44     45   …     one entry a key and hour, in order
/// hour      7      7      8      8      8      9          UTC, never falling
/// entity    a      b      a      c      b      a
/// previous  -      -      40     -      41     42         the same key's entry before
/// ```
///
/// Entries from one ordinal on have each key once if those are left out whose previous entry is among
/// them too. That holds for good, whatever is noted later, so that a batch can number its items by
/// ordinals. Each new entry drops up to two that are older than ``keptHours``: what is kept follows from
/// the ledger alone. Confined to the engine's thread.
final class Touches {
  /// How long entries are kept: as long again as any population looks back, for batches that go on.
  static let keptHours: UInt32 = 62 * 24
  private static let hourMicroseconds: Int64 = 3_600_000_000

  /// The entries, by numbers in the order in which they came.
  let rows = Table<TouchRow>(name: "features.touches")
  /// The kinds that entries are kept of.
  let kinds = EntityTable(name: "features.touched-kinds")
  private var logs: [UInt32: Log] = [:]
  private var nextRow: UInt32 = 0
  /// By entity: one more than the ordinal of its last entry; 0: it has none.
  private var last: [UInt32] = []

  private struct Log {
    struct Entry {
      let row: UInt32
      let entity: UInt32
      let hour: UInt32
      /// One more than the ordinal of the same key's entry before; 0: there was none.
      let previous: UInt32
    }

    /// The ordinal of the first entry.
    var first: UInt32 = 0
    /// Entries before this index are dropped.
    var head = 0
    var entries: [Entry] = []

    var count: Int { entries.count - head }
    var end: UInt32 { first + UInt32(count) }

    subscript(ordinal: UInt32) -> Entry { entries[head + Int(ordinal - first)] }

    mutating func removeFirst() {
      first += 1
      head += 1
      guard head * 2 > entries.count, head > 64 else { return }
      entries.removeFirst(head)
      head = 0
    }
  }

  /// Goes on from the tables, which were just opened.
  func reset() {
    logs = [:]
    last = []
    nextRow = 0
    for number in 0..<UInt32(kinds.count) { logs[kind(number)] = Log() }
    rows.forEach { number, row in
      nextRow = number + 1
      var log = logs[row.kind] ?? Log()
      if log.count == 0 { log.first = row.ordinal }
      append(row, number, to: &log)
      logs[row.kind] = log
    }
  }

  private func kind(_ number: UInt32) -> UInt32 {
    kinds.bytes(of: number).reduce(0) { $0 << 8 | UInt32($1) }
  }

  /// Begins to keep entries of a kind.
  /// - Returns: Whether none were kept before.
  func keep(kind: UInt32) -> Bool {
    guard logs[kind] == nil else { return false }
    _ = kinds.intern(BigEndian.bytes(kind))
    logs[kind] = Log()
    return true
  }

  /// Notes that an event has concerned an entity; times never fall. Cost: a look at two arrays where
  /// the entity was noted in the same hour.
  func note(_ entity: UInt32, kind: UInt32, at time: Int64) {
    guard !logs.isEmpty, let index = logs.index(forKey: kind) else { return }
    let hour = Self.hour(time)
    if Int(entity) < last.count, last[Int(entity)] > logs.values[index].first {
      guard logs.values[index][last[Int(entity)] - 1].hour < hour else { return }
    }
    let row = TouchRow(
      kind: kind, entity: entity, hour: hour, ordinal: logs.values[index].end)
    rows.set(nextRow, row)
    append(row, nextRow, to: &logs.values[index])
    nextRow += 1
    for _ in 0..<2 where logs.values[index].count > 1 {
      let oldest = logs.values[index][logs.values[index].first]
      guard oldest.hour + Self.keptHours < hour else { return }
      rows.remove(oldest.row)
      logs.values[index].removeFirst()
    }
  }

  private func append(_ row: TouchRow, _ number: UInt32, to log: inout Log) {
    while last.count <= Int(row.entity) { last.append(0) }
    let known = last[Int(row.entity)]
    log.entries.append(
      Log.Entry(
        row: number, entity: row.entity, hour: row.hour,
        previous: known > log.first ? known : 0))
    last[Int(row.entity)] = row.ordinal + 1
  }

  private static func hour(_ time: Int64) -> UInt32 {
    UInt32(clamping: max(0, time) / hourMicroseconds)
  }

  // MARK: - Reading

  /// The ordinals of the entries from the hour of `time` on.
  func ordinals(kind: UInt32, since time: Int64) -> Range<UInt32> {
    guard let log = logs[kind] else { return 0..<0 }
    let hour = Self.hour(time)
    var (low, high) = (log.first, log.end)
    while low < high {
      let middle = low + (high - low) / 2
      if log[middle].hour < hour { low = middle + 1 } else { high = middle }
    }
    return low..<log.end
  }

  /// The entity of an entry; nil where it was dropped, or where an entry from `first` on has the entity
  /// already.
  func entity(kind: UInt32, at ordinal: UInt32, from first: UInt32) -> UInt32? {
    guard let index = logs.index(forKey: kind), ordinal >= logs.values[index].first,
      ordinal < logs.values[index].end
    else { return nil }
    let entry = logs.values[index][ordinal]
    return entry.previous > first ? nil : entry.entity
  }
}

/// That events have concerned a key in an hour.
struct TouchRow: TableRow, Equatable {
  let kind: UInt32
  let entity: UInt32
  /// Hours since 1970 UTC.
  let hour: UInt32
  /// Its place among the entries of its kind, from 0.
  let ordinal: UInt32

  init(kind: UInt32, entity: UInt32, hour: UInt32, ordinal: UInt32) {
    self.kind = kind
    self.entity = entity
    self.hour = hour
    self.ordinal = ordinal
  }

  init(from reader: inout ByteReader) {
    kind = UInt32(reader.unsigned())
    entity = UInt32(reader.unsigned())
    hour = UInt32(reader.unsigned())
    ordinal = UInt32(reader.unsigned())
  }

  func write(to writer: inout ByteWriter) {
    writer.unsigned(UInt64(kind))
    writer.unsigned(UInt64(entity))
    writer.unsigned(UInt64(hour))
    writer.unsigned(UInt64(ordinal))
  }
}
