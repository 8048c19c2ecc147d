import Engine
import Host
import Ledger
import Policies

/// What carries out effects.
enum Carriers {
  /// A directory of JSON files, one a message or action, below the data directory.
  static func directory(
    _ data: String, clock: ClockMode
  ) -> @Sendable (Store) throws -> (any EffectCarrier)? {
    { store in
      if let reason = store.engine.discardedViews {
        Output.note("the views were damaged and are made anew from the ledger: \(reason)")
      }
      return try OutboxCarrier(
        directory: data + "/outbox", store: store, syncs: clock == .wall
      ) { failure in
        Output.note("messages wait: \(failure)")
      }
    }
  }
}
