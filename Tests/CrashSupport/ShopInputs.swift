package import Engine
import Ledger
import Simulation

/// The load of crash tests: what a small shop's customers do who are told nothing.
package enum ShopInputs {
  /// All inputs, in order; the same for the same seed.
  package static func all(seed: UInt64) -> [Input] {
    var shop = Shop(ShopConfiguration(seed: seed, customers: 40, days: 20))
    var inputs: [Input] = []
    while let event = shop.next() {
      inputs.append(
        Input(
          kind: event.isOutcome ? .outcome : .input, type: event.type,
          subject: Array(event.subject.utf8), source: Array(event.source.utf8),
          externalID: Array(event.id.utf8), occurredAt: event.time, payload: event.payload))
    }
    return inputs
  }
}
