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
  /// Whether records that are no longer among the newest are packed into segments.
  package var seals = true
  /// How many of the newest records stay as they were appended.
  package var hotRecords: UInt64 = 65_536
  /// How long segments that are ready wait for a commit of events before they get one of their own.
  package var sealingPauseMilliseconds = 100
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
/// | `segments` | position of the first record, u64 big-endian | 256 records, packed |
/// | `tree` | level u8, tile u64 big-endian | up to 256 hashes of the Merkle tree |
/// | `blobs` | position of the registering event | the body |
/// | `names` | space u8, number u32 big-endian | the interned name |
/// | `meta` | `version` | format version, u64 big-endian |
package final class Ledger: Sendable {
  let records: RecordStore
  let environment: Environment
  let blobs: TableHandle
  let namesTable: NamesTable
  private let head: Mutex<Head>
  private let appended = Signal()
  /// nil: nothing is sealed here.
  private let sealer: Sealer?

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
    do throws(LMDBError) {
      environment = try Environment(directory: directory, options: settings)
    } catch {
      throw Self.openingError(error, directory)
    }
    let creates = !options.readOnly
    do throws(LedgerError) {
      records = try RecordStore(environment, creates: creates)
      blobs = try Self.table("blobs", environment, creates: creates)
      namesTable = try Self.names(environment, creates: creates)
    } catch {
      if case .store(let cause) = error { throw Self.openingError(cause, directory) }
      throw error
    }
    head = Mutex(Head(position: 0, recordedAt: 0))
    let seals = !options.readOnly && options.seals
    sealer =
      seals
      ? try Sealer(
        records, hotRecords: options.hotRecords,
        idleMilliseconds: options.sealingPauseMilliseconds) : nil
    let position = try records.lastPosition()
    let last = position == 0 ? nil : try event(at: position)
    head.withLock { $0 = Head(position: position, recordedAt: last?.recordedAt ?? 0) }
  }

  deinit {
    // Threads that are at their end may hold the environment for a moment longer.
    close()
  }

  private static func openingError(_ error: LMDBError, _ directory: String) -> LedgerError {
    error.code == .noSuchFile || error.code == .notFound
      ? .absent(directory: directory) : .store(error)
  }

  private static func table(
    _ name: String, _ environment: Environment, creates: Bool
  ) throws(LedgerError) -> TableHandle {
    do throws(LMDBError) {
      return try environment.openTable(name, create: creates)
    } catch {
      throw .store(error)
    }
  }

  private static func names(
    _ environment: Environment, creates: Bool
  ) throws(LedgerError) -> NamesTable {
    do throws(LMDBError) {
      return try NamesTable(environment, creates: creates)
    } catch {
      throw .store(error)
    }
  }

  /// The end of the ledger, as this process knows it.
  package var end: Head { head.withLock { $0 } }

  /// Ends the use of the files. No other call may follow.
  package func close() {
    sealer?.stop()
    environment.close()
  }

  /// What made sealing stop, if anything did: damage among the records that were to be sealed.
  /// Reading and appending go on.
  package var sealingFailure: LedgerError? { sealer?.failure }

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
    if let sealer {
      try sealer.commit(records: events.count) { (sealed) throws(LedgerError) in
        try write(events, bodies, sealed)
      }
    } else {
      try write(events, bodies, [])
    }
    head.withLock { $0 = Head(position: last.position, recordedAt: last.recordedAt) }
    appended.raise()
    sealer?.note(end: last.position)
  }

  private func write(
    _ events: [Event], _ bodies: [Blob], _ sealed: ArraySlice<SealedSegment>
  ) throws(LedgerError) {
    do throws(LMDBError) {
      try environment.write { (txn) throws(LMDBError) in
        try records.append(events, &txn)
        try records.seal(sealed, &txn)
        for body in bodies {
          try txn.put(body.bytes.span, for: body.position, in: blobs, mode: .append)
        }
        let given = events.filter { $0.type == Names.internedType }.map { event in
          guard let entry = NameEntry(event) else {
            preconditionFailure("a name.interned event lacks a field")
          }
          return entry
        }
        try namesTable.put(given, &txn)
      }
    } catch {
      throw .store(error)
    }
  }

  /// Takes note of an end that was stored by other means than appending.
  func moved(to end: Head) {
    head.withLock { $0 = end }
    appended.raise()
  }

  // MARK: - Reading

  /// The names given so far.
  /// - Parameter isTrusting: Gives what is there, for who compares it with the events.
  /// - Throws: ``LedgerError/store(_:)`` with `.corrupted` where they are damaged.
  package func names(isTrusting: Bool = false) throws(LedgerError) -> Names {
    try namesTable.read(in: environment, isTrusting: isTrusting)
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

  /// The positions from `first` through `last` that have bodies, in order.
  package func blobPositions(
    from first: UInt64, through last: UInt64
  ) throws(LedgerError) -> [UInt64] {
    var positions: [UInt64] = []
    do throws(LMDBError) {
      try environment.read { (txn) throws(LMDBError) in
        let lower = BigEndian.bytes(first)
        try txn.forEach(in: blobs, from: lower.span) { (key, _) throws(LMDBError) in
          guard let position = key.bigEndianUInt64, position <= last else { return false }
          positions.append(position)
          return true
        }
      }
    } catch {
      throw .store(error)
    }
    return positions
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
    } catch {
      throw LedgerError(reading: error)
    }
  }

  /// Hands the records from `first` through `last` to `body`, without copying them: a span cannot
  /// leave the call.
  ///
  /// Sealed records are inflated ahead on the other cores; those of `tail` are read where they lie
  /// in the file's map.
  package func forEachRecord(
    from first: UInt64, through last: UInt64? = nil, _ body: (UInt64, RawSpan) throws -> Bool
  ) throws {
    try records.forEachRecord(from: first, through: last ?? UInt64.max, body)
  }

  /// Hands the headers from `first` through `last` to `body`, in order, until it returns false.
  /// Cost: about 20 ns each where they are sealed: a fold that needs no more than headers should
  /// take them from here.
  package func forEachHeader(
    from first: UInt64, through last: UInt64? = nil, _ body: (UInt64, EventHeader) throws -> Bool
  ) throws {
    try records.forEachHeader(from: first, through: last ?? UInt64.max, body)
  }

  /// The last position that is sealed; 0: none is. Grows while the ledger is appended to.
  package var sealedThrough: UInt64 {
    get throws(LedgerError) { try records.sealedThrough() }
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
