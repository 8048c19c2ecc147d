import Ledger
import Synchronization

/// A ledger that many threads append to: its one thread takes whatever waits and commits that.
/// What arrives during a commit goes into the next.
struct GroupCommit {
  /// The most events of a commit.
  private static let maximumEvents = 8_192

  private let ledger: Ledger
  private let sample: SampleEvents
  private var position: UInt64 = 0
  private(set) var commits = 0

  init(directory: String, seed: UInt64) throws {
    ledger = try Ledger(directory: directory)
    sample = SampleEvents(seed: seed)
  }

  /// Commits up to `waiting` events.
  /// - Returns: How many.
  mutating func commit(_ waiting: Int) throws -> Int {
    let count = min(waiting, Self.maximumEvents)
    try ledger.append((0..<UInt64(count)).map { sample.event(position + $0 + 1) })
    position += UInt64(count)
    commits += 1
    return count
  }

  func close() {
    ledger.close()
  }
}
