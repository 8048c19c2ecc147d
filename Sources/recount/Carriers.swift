import Engine
import Host
import Ledger
import Policies

/// What carries out effects.
enum Carriers {
  /// A directory of JSON files, one a message or action, below the data directory.
  static func directory(_ data: String) -> @Sendable (Store) throws -> (any EffectCarrier)? {
    { _ in nil }
  }
}
