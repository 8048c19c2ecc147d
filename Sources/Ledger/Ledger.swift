import CBOR
package import LMDB
import Synchronization

/// A body that an event stands for: a program's files, a model.
package struct Blob: Sendable {
  /// The event whose data hold the body's hash.
  package let position: UInt64
  package let bytes: [UInt8]

  package init(position: UInt64, bytes: [UInt8]) {
    self.position = position
    self.bytes = bytes
  }
}

/// How a ledger is opened.
package struct LedgerOptions: Sendable {
  /// Opens without the right to append; the directory must hold a ledger.
  package var readOnly = false
  /// How far the data file is extended with zeros ahead of use; 0: not at all.
  package var growAheadBytes = 16 << 20
  /// The largest the ledger may become, in bytes of address space.
  package var maximumMapBytes = 1 << 40
  /// Called around every write, for tests that look at the files there.
  package var onWritePoint: (@Sendable (WritePoint) -> Void)?

  package init() {}
}

/// The one immutable log: events by position, and the bodies that some of them stand for.
///
/// Appending is one thread's work; reading is anybody's. What ``append(_:blobs:)`` returned from
/// is on disk. All tables are written at their ends only, so that a synced commit touches few
/// pages: every index by key belongs to `views/`.
///
/// | table | key | value |
/// | --- | --- | --- |
/// | `tail` | position of the first record, u64 big-endian | consecutive records of one commit |
/// | `blobs` | position of the registering event | the body |
/// | `names` | space u8, number u32 big-endian | the interned name |
/// | `meta` | `version` | format version, u64 big-endian |
package final class Ledger: Sendable {
  static let formatVersion: UInt64 = 1

  private let environment: Environment
  private let tail: TableHandle
  private let blobs: TableHandle
  private let namesTable: TableHandle
  private let head: Mutex<Head>
  private let appended = Signal()

  /// The end of the ledger.
  package struct Head: Sendable, Equatable {
    /// The last event's position; 0: the ledger is empty.
    package var position: UInt64
    /// The last event's ledger time; 0 in an empty ledger.
    package var recordedAt: Int64
  }

  /// Opens the ledger in `directory`, and makes one where there is none.
  /// - Throws: ``LedgerError``: ``LedgerError/absent(directory:)`` for a read-only ledger that is
  ///   not there, ``LedgerError/version(found:)``, store failures.
  package init(
    directory: String, options: LedgerOptions = LedgerOptions()
  ) throws(LedgerError) {
    var settings = EnvironmentOptions()
    settings.readOnly = options.readOnly
    settings.growAheadBytes = options.readOnly ? 0 : options.growAheadBytes
    settings.maximumMapBytes = options.maximumMapBytes
    settings.initialMapBytes = min(1 << 30, options.maximumMapBytes)
    settings.onWritePoint = options.onWritePoint
    let found: UInt64
    do throws(LMDBError) {
      environment = try Environment(directory: directory, options: settings)
      let create = !options.readOnly
      let meta = try environment.openTable("meta", create: create)
      tail = try environment.openTable("tail", create: create)
      blobs = try environment.openTable("blobs", create: create)
      namesTable = try environment.openTable("names", create: create)
      if create { try Self.writeVersion(environment, meta) }
      head = Mutex(Head(position: 0, recordedAt: 0))
      found = try Self.version(environment, meta)
    } catch {
      if error.code == .noSuchFile || error.code == .notFound {
        throw .absent(directory: directory)
      }
      throw .store(error)
    }
    guard found == Self.formatVersion else { throw .version(found: found) }
    let last = try lastEvent()
    head.withLock {
      $0 = Head(position: last?.position ?? 0, recordedAt: last?.recordedAt ?? 0)
    }
  }

  private static func writeVersion(
    _ environment: Environment, _ meta: TableHandle
  ) throws(LMDBError) {
    let key = Array("version".utf8)
    let isThere = try environment.read { (txn) throws(LMDBError) in
      try txn.contains(key.span, in: meta)
    }
    if isThere { return }
    let version = BigEndian.bytes(formatVersion)
    try environment.write { (txn) throws(LMDBError) in
      try txn.put(version.span, for: key.span, in: meta)
    }
  }

  /// The format version that the directory has; 0: none is noted.
  private static func version(
    _ environment: Environment, _ meta: TableHandle
  ) throws(LMDBError) -> UInt64 {
    try environment.read { (txn) throws(LMDBError) -> UInt64 in
      guard let bytes = try txn.value(for: Array("version".utf8).span, in: meta),
        bytes.count == 8
      else { return 0 }
      return bytes.rawSpan.bigEndian(at: 0, as: UInt64.self)
    }
  }

  /// The end of the ledger, as this process knows it.
  package var end: Head { head.withLock { $0 } }

  /// Ends the use of the files. No other call may follow.
  package func close() {
    environment.close()
  }

  // MARK: - Appending

  /// Appends `events` in one transaction with one sync. Their positions must follow the end
  /// without a gap, their ledger times must not go back.
  ///
  /// Bodies go into `blobs`, names that `name.interned` events give into `names`.
  /// - Throws: ``LedgerError/store(_:)``: nothing of the batch is written, the ledger goes on
  ///   being readable. Cost: one fdatasync; about 0.4 µs an event in batches of 256.
  package func append(_ events: [Event], blobs bodies: [Blob] = []) throws(LedgerError) {
    guard let last = events.last else { return }
    var expected = end
    for event in events {
      precondition(event.position == expected.position + 1, "positions are dense")
      precondition(event.recordedAt >= expected.recordedAt, "ledger time never goes back")
      expected = Head(position: event.position, recordedAt: event.recordedAt)
    }
    do throws(LMDBError) {
      try environment.write { (txn) throws(LMDBError) in
        for cut in TailBlock.cuts(of: events) {
          let block = TailBlock.encode(events[cut])
          try txn.put(
            block.span, for: events[cut.lowerBound].position, in: tail, mode: .append)
        }
        for body in bodies {
          try txn.put(body.bytes.span, for: body.position, in: blobs, mode: .append)
        }
        for event in events where event.type == Names.internedType {
          let entry = try Self.nameEntry(of: event, environment)
          try txn.put(entry.value.span, for: entry.key.span, in: namesTable)
        }
      }
    } catch {
      throw .store(error)
    }
    head.withLock { $0 = Head(position: last.position, recordedAt: last.recordedAt) }
    appended.raise()
  }

  private static func nameEntry(
    of event: Event, _ environment: Environment
  ) throws(LMDBError) -> (key: [UInt8], value: [UInt8]) {
    let data = event.payload
    guard let space = data.view(forKey: Field.space)?.string,
      let number = data.view(forKey: Field.number)?.uint64,
      let name = data.view(forKey: Field.name)?.string
    else { preconditionFailure("a name.interned event lacks a field") }
    let tag: Names.Space = space == Names.Space.type.text ? .type : .program
    return ([tag.rawValue] + BigEndian.bytes(UInt32(number)), Array(name.utf8))
  }

  // MARK: - Reading

  /// The names given so far.
  package func names() throws(LedgerError) -> Names {
    let names = Names()
    do throws(LMDBError) {
      try environment.read { (txn) throws(LMDBError) in
        try txn.forEach(in: namesTable) { (key, value) throws(LMDBError) in
          let space = Names.Space(rawValue: key.rawSpan.byte(at: 0)) ?? .type
          _ = names.add(space, value.rawSpan.string(0..<value.count))
          return true
        }
      }
    } catch {
      throw .store(error)
    }
    return names
  }

  /// The body that the event at `position` stands for, or nil.
  package func blob(at position: UInt64) throws(LedgerError) -> [UInt8]? {
    do throws(LMDBError) {
      return try environment.read { (txn) throws(LMDBError) -> [UInt8]? in
        guard let bytes = try txn.value(for: position, in: blobs) else { return nil }
        return bytes.rawSpan.array(0..<bytes.count)
      }
    } catch {
      throw .store(error)
    }
  }

  /// The event at `position`, or nil past the end. Cost: one descent of the tree, one copy.
  package func event(at position: UInt64) throws(LedgerError) -> Event? {
    var found: Event?
    try forEachEvent(from: position, through: position) { event in
      found = event
      return false
    }
    return found
  }

  /// Hands the events from `first` through `last` to `body`, in order, until it returns false.
  /// - Parameter last: nil: through the end that the read's snapshot has.
  /// - Throws: ``LedgerError/damaged(position:_:)`` where stored bytes are no records.
  package func forEachEvent(
    from first: UInt64, through last: UInt64? = nil, _ body: (Event) throws -> Bool
  ) throws {
    try forEachRecord(from: first, through: last) { position, record in
      let event: Event
      do throws(RecordError) {
        event = try Event(position: position, record: record.array(0..<record.byteCount))
      } catch {
        throw LedgerError.damaged(position: position, error)
      }
      return try body(event)
    }
  }

  /// `forEachEvent` for a body that does not throw.
  package func forEachEvent(
    from first: UInt64, through last: UInt64? = nil, _ body: (Event) -> Bool
  ) throws(LedgerError) {
    do {
      try forEachEvent(from: first, through: last) { (event) throws in body(event) }
    } catch let error as LedgerError {
      throw error
    } catch let error as LMDBError {
      throw .store(error)
    } catch {
      preconditionFailure("reading threw \(error)")
    }
  }

  /// Hands the records from `first` through `last` to `body` where they lie in the file's map,
  /// without copying them: a span cannot leave the call.
  package func forEachRecord(
    from first: UInt64, through last: UInt64? = nil, _ body: (UInt64, RawSpan) throws -> Bool
  ) throws {
    let last = last ?? UInt64.max
    let first = max(first, 1)
    guard first <= last else { return }
    try environment.read { txn in
      var cursor = try txn.cursor(in: tail)
      guard try Self.seek(&cursor, blockOf: first) else { return }
      var expected = cursor.key.rawSpan.bigEndian(at: 0, as: UInt64.self)
      if expected > first { throw Self.gap(at: first, before: expected) }
      repeat {
        let block = cursor.value.rawSpan
        let start = cursor.key.rawSpan.bigEndian(at: 0, as: UInt64.self)
        do throws(RecordError) {
          _ = try TailBlock.count(in: block)
        } catch {
          throw LedgerError.damaged(position: start, error)
        }
        let count = Int(block.littleEndian(at: 0, as: UInt32.self))
        guard start == expected else { throw Self.gap(at: expected, before: start) }
        expected = start + UInt64(count)
        if start > last { return }
        let skipped = first > start ? Int(first - start) : 0
        guard skipped < count else { continue }
        for index in skipped..<count {
          let position = start + UInt64(index)
          if position > last { return }
          let range: Range<Int>
          do throws(RecordError) {
            range = try TailBlock.range(of: index, count: count, in: block)
          } catch {
            throw LedgerError.damaged(position: position, error)
          }
          if try !body(position, block.extracting(range)) { return }
        }
      } while try cursor.next()
    }
  }

  private static func gap(at position: UInt64, before start: UInt64) -> LedgerError {
    .damaged(position: position, RecordError("a block is missing; the next begins at \(start)"))
  }

  /// Puts the cursor on the last block that starts at or before `position`, or on the first one.
  private static func seek(
    _ cursor: inout ReadCursor, blockOf position: UInt64
  ) throws(LMDBError) -> Bool {
    if try cursor.seek(notBelow: position) {
      if cursor.key.rawSpan.bigEndian(at: 0, as: UInt64.self) == position { return true }
      if try cursor.previous() { return true }
      return try cursor.first()
    }
    return try cursor.last()
  }

  private func lastEvent() throws(LedgerError) -> Event? {
    let position: UInt64
    do throws(LMDBError) {
      position = try environment.read { (txn) throws(LMDBError) -> UInt64 in
        var cursor = try txn.cursor(in: tail)
        guard try cursor.last() else { return 0 }
        let block = cursor.value.rawSpan
        guard block.byteCount >= 4 else { return 0 }
        let start = cursor.key.rawSpan.bigEndian(at: 0, as: UInt64.self)
        return start + UInt64(block.littleEndian(at: 0, as: UInt32.self)) - 1
      }
    } catch {
      throw .store(error)
    }
    return position == 0 ? nil : try event(at: position)
  }

  // MARK: - Following

  /// Waits until the ledger's end is past `position`.
  /// - Returns: Whether it is; false after `milliseconds`.
  package func wait(past position: UInt64, milliseconds: Int) -> Bool {
    appended.wait(milliseconds: milliseconds) { end.position > position }
  }
}

/// Numbers as bytes whose order is theirs.
package enum BigEndian {
  /// The bytes of `value`, the most significant first.
  package static func bytes<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(littleEndian: value.byteSwapped)
    return bytes
  }
}
