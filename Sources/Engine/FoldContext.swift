package import Ledger

/// What projections and policies share: names, subjects, timers, and the way to history and
/// bodies.
package final class FoldContext {
  /// Numbers of event types and programs.
  package let names: Names
  /// Numbers of subjects, in order of first appearance.
  package let subjects = EntityTable(name: "subjects")
  /// Where timers are set.
  package let timers = TimerSink()
  /// Set by a projection whose concerns have changed; the engine asks anew.
  package var concernsChanged = false
  /// The event at a position, committed or in the present turn.
  package var event: (UInt64) -> Event? = { _ in nil }
  /// The body of an event, committed or in the present turn.
  package var blob: (UInt64) -> [UInt8]? = { _ in nil }
  /// Hands all events before a position to a closure, in order.
  package var history: (_ before: UInt64, _ body: (Event, _ subject: UInt32) -> Void) -> Void =
    { _, _ in }

  package init(names: Names) {
    self.names = names
  }
}
