import Engine
import Host
import Ledger
import Policies

/// What carries out effects.
enum Carriers {
  /// A directory of JSON files, one a message or action, below the data directory.
  static func directory(_ data: String) -> @Sendable (Store) throws -> (any EffectCarrier)? {
    { store in
      try OutboxCarrier(directory: data + "/outbox", store: store) { failure in
        Output.note("messages wait: \(failure)")
      }
    }
  }
}
