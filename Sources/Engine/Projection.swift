package import Ledger

/// Folds events into tables.
///
/// A projection is a pure function of the ledger: what it does depends on the events that it was
/// shown, in order, and on nothing else. It never refuses an event and never reads a clock.
package protocol Projection: AnyObject {
  /// Names the projection in `views/`, output and commands.
  var name: String { get }
  /// Tells this fold from others of the same name: the code's revision. A stored state of
  /// another version is thrown away and folded anew.
  var version: String { get }
  /// Projections of one group read each other's tables while they fold, so they are always folded
  /// together, in the engine's order.
  var group: String { get }
  /// The tables that it owns, in a fixed order.
  var tables: [any StoredTable] { get }
  /// Whether events of this type are to be shown to it. Asked once a type, and again for every
  /// type after ``Interests/changed`` was set.
  func concerns(type: String) -> Bool
  /// Forgets everything that is in memory and goes on from its tables, which were just opened.
  func reset()
  /// Folds one event. `subject` is the number of the event's subject.
  func project(_ event: Event, subject: UInt32)
  /// Called once more for the same event after all policies have reacted to it: here features
  /// that do not count the event that asks for them take it in.
  func settle(_ event: Event, subject: UInt32)
}

extension Projection {
  package var group: String { name }
  package func reset() {}
  package func settle(_ event: Event, subject: UInt32) {}
}

/// Reacts to events with new events.
///
/// A policy reads tables and changes none; it may keep nothing of its own between events but what
/// follows from control events.
package protocol Policy: AnyObject {
  /// Reacts to `event`, which is in the ledger's next commit and in every projection.
  func react(to event: Event, subject: UInt32, emitting emissions: inout Emissions)
}

/// An event that a policy wants appended.
package struct Emission: Sendable {
  package var kind: EventKind
  package var type: String
  /// The program concerned; empty: none.
  package var program: String
  package var subject: [UInt8]
  /// Deterministic CBOR.
  package var payload: [UInt8]

  package init(
    kind: EventKind, type: String, program: String, subject: [UInt8], payload: [UInt8]
  ) {
    self.kind = kind
    self.type = type
    self.program = program
    self.subject = subject
    self.payload = payload
  }
}

/// What policies emitted in reaction to one event, in order.
package struct Emissions {
  package private(set) var list: [Emission] = []

  package init() {}

  package mutating func append(_ emission: Emission) {
    list.append(emission)
  }

  package mutating func removeAll() {
    list.removeAll(keepingCapacity: true)
  }
}
