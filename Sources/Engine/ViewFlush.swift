import CBOR
package import LMDB
import Ledger
import Synchronization

/// Rows of tables and how far projections have come with them, to be written in one transaction.
///
/// It may be written beside the engine's thread, which goes on reading the rows as they were.
package final class ViewFlush: Sendable {
  typealias Part = (table: TableHandle, rows: FrozenRows)

  private enum State: Sendable {
    case waiting
    case over(LMDBError?)
  }

  private let environment: Environment
  private let parts: [Part]
  private let progress: [(String, ViewStore.Progress)]
  private let progressTable: TableHandle
  private let state = Mutex(State.waiting)
  private let signal = Signal()

  init(
    _ environment: Environment, _ parts: [Part], progress: [(String, ViewStore.Progress)],
    in progressTable: TableHandle
  ) {
    self.environment = environment
    self.parts = parts
    self.progress = progress
    self.progressTable = progressTable
  }

  /// Whether it is written or has failed.
  var isOver: Bool {
    state.withLock {
      if case .over = $0 { return true }
      return false
    }
  }

  /// Waits until it is written or has failed.
  package func wait() {
    signal.wait { isOver }
  }

  /// Throws why it was not written, if it has failed.
  package func check() throws(LMDBError) {
    let failure = state.withLock { state -> LMDBError? in
      if case .over(let failure) = state { return failure }
      return nil
    }
    if let failure { throw failure }
  }

  /// Writes it, and keeps what failed for ``check()``.
  package func run() {
    do throws(LMDBError) {
      try write()
      state.withLock { $0 = .over(nil) }
    } catch {
      let failure = error
      state.withLock { $0 = .over(failure) }
    }
    signal.raise()
  }

  /// Writes it.
  package func write() throws(LMDBError) {
    var batches: [(table: TableHandle, rows: RowBatch)] = []
    for part in parts { batches.append((part.table, try part.rows())) }
    try environment.write { (txn) throws(LMDBError) in
      for batch in batches {
        for entry in batch.rows.entries {
          let key = UInt64(entry.number)
          if entry.isRemoved {
            try txn.delete(key, in: batch.table)
          } else {
            let row = batch.rows.bytes.span.extracting(entry.start..<entry.end)
            try txn.put(row, for: key, in: batch.table)
          }
        }
      }
      for (name, progress) in progress {
        var writer = ByteWriter()
        writer.unsigned(progress.position)
        writer.text(progress.version)
        var bytes = writer.bytes
        RowChecksum.append(to: &bytes, from: 0, number: RowChecksum.unnumbered)
        try txn.put(bytes.span, for: Array(name.utf8).span, in: progressTable)
      }
    }
  }
}
