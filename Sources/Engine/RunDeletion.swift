import LMDB
import Synchronization

/// Rows that nobody needs any more, deleted step by step beside the engine's thread.
final class RunDeletion: Sendable {
  private let rows: ViewRows
  private let stepRows: UInt32
  private let rest: Mutex<[Range<UInt32>]>

  /// - Parameter step: Rows of one transaction.
  init(_ ranges: [Range<UInt32>], rows: ViewRows, step: Int) {
    self.rows = rows
    stepRows = UInt32(step)
    rest = Mutex(ranges)
  }

  /// Deletes the next rows, in one transaction. Where that fails the rest is left to the next opening.
  /// - Returns: Whether there is more to do.
  func step() -> Bool {
    rest.withLock { rest in
      guard let range = rest.last else { return false }
      let first = range.upperBound - min(stepRows, UInt32(range.count))
      do {
        try rows.remove(first..<range.upperBound)
      } catch {
        return false
      }
      if first == range.lowerBound {
        rest.removeLast()
      } else {
        rest[rest.count - 1] = range.lowerBound..<first
      }
      return !rest.isEmpty
    }
  }
}
