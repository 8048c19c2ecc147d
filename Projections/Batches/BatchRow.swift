package import Engine

/// One batch: a population that a schedule or an event started, and how far it has come.
package struct BatchRow: TableRow, Equatable {
  /// 32 hex digits, from the program and the id of the event that started it.
  package var id: String
  package var program: String
  /// The version that it is pinned to, 64 hex digits.
  package var version: String
  /// Position of `batch.started`.
  package var position: UInt64
  /// Position of the timer or event that started it.
  package var cause: UInt64
  /// Ledger time of the start.
  package var startedAt: Int64
  package var isScheduled: Bool
  /// The entity whose keys are the items; empty: customers.
  package var entity: String
  /// Where the items are keys that events concerned lately: the number of the first one among those,
  /// see `Features.touches`; nil: they are all keys, or customers.
  package var first: UInt32?
  /// Items at the start, numbered from 0.
  package var items: UInt64
  /// Whether the items are ranked before any is decided in full.
  package var isRanked: Bool
  /// How many may be decided in full; `UInt64.max`: all.
  package var limit: UInt64
  /// Items screened so far: the next one's number.
  package var screened: UInt64 = 0
  /// Slices so far.
  package var slices: UInt32 = 0
  /// Position of the last slice; 0: none.
  package var lastSlice: UInt64 = 0
  /// Items that passed the screening, and those that were taken up to be decided in full.
  package var passed: UInt64 = 0
  package var chosen: UInt64 = 0
  /// Numbers of the rows that hold those that passed.
  package var chunks: [UInt32] = []
  /// Ledger time of the end; 0: it is not over.
  package var endedAt: Int64 = 0
  /// Verdicts of the screening by the words that tell them, and rejections by filter.
  package var verdicts = Counts()
  package var rejected = Counts()
  /// Outcomes of the full decisions.
  package var outcomes = Counts()
  /// Levels of the runs that were started.
  package var levels = Counts()

  package init(
    id: String, program: String, version: String, position: UInt64, cause: UInt64,
    startedAt: Int64
  ) {
    self.id = id
    self.program = program
    self.version = version
    self.position = position
    self.cause = cause
    self.startedAt = startedAt
    isScheduled = false
    entity = ""
    items = 0
    isRanked = false
    limit = .max
  }

  /// Whether every item was screened.
  package var isScreened: Bool { screened >= items }

  package init(from reader: inout ByteReader) {
    id = reader.text()
    program = reader.text()
    version = reader.text()
    position = reader.unsigned()
    cause = reader.unsigned()
    startedAt = reader.signed()
    isScheduled = reader.bool()
    entity = reader.text()
    first = reader.bool() ? UInt32(reader.unsigned()) : nil
    items = reader.unsigned()
    isRanked = reader.bool()
    limit = reader.unsigned()
    screened = reader.unsigned()
    slices = UInt32(reader.unsigned())
    lastSlice = reader.unsigned()
    passed = reader.unsigned()
    chosen = reader.unsigned()
    for _ in 0..<reader.count() { chunks.append(UInt32(reader.unsigned())) }
    endedAt = reader.signed()
    verdicts = Counts(from: &reader)
    rejected = Counts(from: &reader)
    outcomes = Counts(from: &reader)
    levels = Counts(from: &reader)
  }

  package func write(to writer: inout ByteWriter) {
    writer.text(id)
    writer.text(program)
    writer.text(version)
    writer.unsigned(position)
    writer.unsigned(cause)
    writer.signed(startedAt)
    writer.bool(isScheduled)
    writer.text(entity)
    writer.bool(first != nil)
    if let first { writer.unsigned(UInt64(first)) }
    writer.unsigned(items)
    writer.bool(isRanked)
    writer.unsigned(limit)
    writer.unsigned(screened)
    writer.unsigned(UInt64(slices))
    writer.unsigned(lastSlice)
    writer.unsigned(passed)
    writer.unsigned(chosen)
    writer.count(chunks.count)
    for chunk in chunks { writer.unsigned(UInt64(chunk)) }
    writer.signed(endedAt)
    verdicts.write(to: &writer)
    rejected.write(to: &writer)
    outcomes.write(to: &writer)
    levels.write(to: &writer)
  }
}

/// Counts by word, in order of first appearance.
package struct Counts: Equatable, Sendable {
  package private(set) var entries: [(word: String, count: UInt64)] = []

  package init() {}

  /// The count of a word.
  package subscript(word: String) -> UInt64 {
    entries.first { $0.word == word }?.count ?? 0
  }

  package mutating func add(_ word: String, _ count: UInt64 = 1) {
    if let index = entries.firstIndex(where: { $0.word == word }) {
      entries[index].count += count
    } else {
      entries.append((word, count))
    }
  }

  package static func == (left: Counts, right: Counts) -> Bool {
    left.entries.elementsEqual(right.entries) { $0 == $1 }
  }

  init(from reader: inout ByteReader) {
    for _ in 0..<reader.count() { entries.append((reader.text(), reader.unsigned())) }
  }

  func write(to writer: inout ByteWriter) {
    writer.count(entries.count)
    for entry in entries {
      writer.text(entry.word)
      writer.unsigned(entry.count)
    }
  }
}
