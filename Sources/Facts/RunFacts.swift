import Binding
import CBOR
package import Expressions

/// What expressions may read of a run: one that is active, or one that is about to start.
package struct RunFacts: Sendable {
  package var key: String
  package var isActive: Bool
  package var program: String
  /// nil: the run has not started.
  package var startedAt: Int64?
  package var state: String?
  package var enteredAt: Int64?
  /// The run's variables; a variable that was never set is absent.
  package var variables = RunVariables()
  /// Deliveries requested so far, by channel.
  package var sent = ChannelCounts()

  /// A run that has not started.
  package init(key: String, program: String) {
    self.key = key
    self.program = program
    isActive = false
  }
}

/// Deliveries by channel.
package struct ChannelCounts: Sendable {
  private var counts: [(channel: String, count: Int)] = []

  /// None.
  package init() {}

  /// The count of a channel; nil: none.
  package subscript(channel: String) -> Int? {
    counts.first { $0.channel == channel }?.count
  }

  /// Counts deliveries on a channel.
  package mutating func add(_ count: Int, channel: String) {
    if let index = counts.firstIndex(where: { $0.channel == channel }) {
      counts[index].count += count
    } else {
      counts.append((channel, count))
    }
  }
}

/// A run's variables: those that are stored, decoded only where one is read, under those that were
/// set since.
package struct RunVariables: Sendable {
  private var stored: CBORView?
  private var fresh: [String: Value] = [:]

  /// No variables.
  package init() {}

  /// - Parameter stored: One CBOR map.
  package init(stored: [UInt8]) {
    self.stored = CBORView(storage: stored)
  }

  /// The value of a variable; nil where it was never set.
  package subscript(name: String) -> Value? {
    get { fresh[name] ?? stored?.view(forKey: CBORKey(name)).map { Value($0) } }
    set { fresh[name] = newValue }
  }
}

/// A score, as expressions read it.
package struct ScoreFacts: Sendable {
  package var value: Double
  package var margin: Double
  package var level: String
  /// Whether the model had no answer.
  package var isFallback: Bool

  package init(value: Double, margin: Double, level: String, isFallback: Bool = false) {
    self.value = value
    self.margin = margin
    self.level = level
    self.isFallback = isFallback
  }
}
