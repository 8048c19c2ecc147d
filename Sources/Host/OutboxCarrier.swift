import Catalog
import Delivery
package import Engine
package import Ledger
package import Policies
import Programs

/// Carries effects out through an outbox whose sink is a directory of JSON files.
package final class OutboxCarrier: EffectCarrier {
  private let outbox: Outbox<DirectorySink>
  private let names: Names
  /// Told once of each failure that keeps effects waiting.
  private let onFailure: (String) -> Void
  private var lastFailure: String?

  /// - Parameters:
  ///   - directory: Where the files go; made if it is not there.
  ///   - syncs: Whether a file is on disk before its outcome is recorded. Imports of history under
  ///     the event clock do without: after a crash of the machine some files may be missing.
  package init(
    directory: String, store: Store, syncs: Bool, onFailure: @escaping (String) -> Void
  ) throws {
    names = store.context.names
    self.onFailure = onFailure
    let catalog = store.catalog
    outbox = Outbox(sink: try DirectorySink(directory: directory, syncs: syncs), pending: []) {
      _, version, template in
      catalog.program(version: version)?.templates.first { $0.id == template }
    }
  }

  package func carryOut(_ effects: [Event]) -> [Input] {
    outbox.add(Effect.effects(in: effects, names: names))
    guard outbox.waitingCount > 0 else { return [] }
    let report = outbox.carryOut()
    let failure = report.failure.map { "\($0)" }
    if let failure, failure != lastFailure { onFailure(failure) }
    lastFailure = failure
    return report.outcomes
  }
}
