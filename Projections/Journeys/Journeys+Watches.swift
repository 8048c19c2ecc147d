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
        let place = row.numbers.firstIndex { $0 >= number } ?? row.numbers.count
        if place == row.numbers.count || row.numbers[place] != number {
          row.numbers.insert(number, at: place)
        }
      }
    }
  }

  /// Ends all watching of a run.
  func unwatch(_ run: inout RunRow, _ number: UInt32) {
    forEachKey(of: run) { key in
      guard let watched = watchKeys.number(of: key) else { return }
      _ = watchers.update(watched) { $0.numbers.removeAll { $0 == number } }
      if watchers.row(watched)?.numbers.isEmpty == true { watchers.remove(watched) }
    }
    run.watching = [0xa0]
  }

  private func forEachKey(of run: RunRow, _ body: ([UInt8]) -> Void) {
    guard run.watching.count > 1 else { return }
    CBORView(storage: run.watching).forEachEntry { entity, keys in
      let prefix = Self.watchKey(run.program, entity.string ?? "")
      keys.forEachElement { body(prefix + Array(($0.string ?? "").utf8)) }
    }
  }
}
