import CBOR
import Engine
import Ledger

/// Which runs watch which entities.
extension Journeys {
  /// The active runs of a program that watch an entity with this key, in the order in which they
  /// began.
  package func watchers(program: String, entity: String, key: [UInt8]) -> [UInt32] {
    watchKeys.number(of: Self.watchKey(program, entity) + key)
      .flatMap { watchers.row($0)?.numbers } ?? []
  }

  /// Whether any active run watches something. Cost: a comparison.
  package var isAnyWatching: Bool { !watchingCounts.isEmpty }

  /// The versions that active runs which watch something are pinned to, in no order.
  package var watchingVersions: some Sequence<String> { watchingCounts.keys }

  private static func watchKey(_ program: String, _ entity: String) -> [UInt8] {
    Array("\(program)\u{0}\(entity)\u{0}".utf8)
  }

  /// Puts what an event says that the run watches in place of what it watched before.
  func watch(_ run: inout RunRow, _ number: UInt32, _ data: CBORView) {
    guard let watching = data.view(forKey: "watching") else { return }
    unwatch(&run, number)
    run.watching = watching.encoded
    forEachKey(of: run) { key in
      watchers.update(watchKeys.intern(key), orInsert: NumberList()) { row in
        let place = row.numbers.firstPlace(from: number)
        if place == row.numbers.count || row.numbers[place] != number {
          row.numbers.insert(number, at: place)
        }
      }
    }
    countWatching(run, 1)
  }

  /// Ends all watching of a run.
  func unwatch(_ run: inout RunRow, _ number: UInt32) {
    countWatching(run, -1)
    forEachKey(of: run) { key in
      guard let watched = watchKeys.number(of: key) else { return }
      _ = watchers.update(watched) { row in
        let place = row.numbers.firstPlace(from: number)
        if place < row.numbers.count, row.numbers[place] == number {
          row.numbers.remove(at: place)
        }
      }
      if watchers.row(watched)?.numbers.isEmpty == true { watchers.remove(watched) }
    }
    run.watching = [0xa0]
  }

  /// Counts a run for its version if it watches something.
  func countWatching(_ run: RunRow, _ change: Int) {
    guard run.watching.count > 1 else { return }
    let count = watchingCounts[run.version, default: 0] + change
    watchingCounts[run.version] = count == 0 ? nil : count
  }

  /// Counts anew what ``watchingVersions`` tells.
  func countAllWatching() {
    watchingCounts = [:]
    var isAnyWatching = false
    watchers.forEach { _, _ in isAnyWatching = true }
    guard isAnyWatching else { return }
    runs.forEach { _, run in countWatching(run, 1) }
  }

  private func forEachKey(of run: RunRow, _ body: ([UInt8]) -> Void) {
    guard run.watching.count > 1 else { return }
    CBORView(storage: run.watching).forEachEntry { entity, keys in
      let prefix = Self.watchKey(run.program, entity.string ?? "")
      keys.forEachElement { body(prefix + Array(($0.string ?? "").utf8)) }
    }
  }
}

extension [UInt32] {
  /// The place of the first number of a sorted list that is at least `number`.
  package func firstPlace(from number: UInt32) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if self[middle] < number { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
