package import Expressions
package import Ledger

/// An expression over an event with the places of what it shares with others.
package final class SharedExpression: Sendable {
  package let expression: EventExpression
  /// The place of its value; -1 where that depends on an element too.
  fileprivate let place: Int
  /// By attribute: the place of its value; -1 for an element's.
  fileprivate let attributePlaces: [Int]

  fileprivate init(expression: EventExpression, place: Int, attributePlaces: [Int]) {
    self.expression = expression
    self.place = place
    self.attributePlaces = attributePlaces
  }
}

/// Gives expressions over events the places of their values, so that one which many features have in
/// common is evaluated once an event.
package struct ExpressionPlaces {
  private var places: [String: Int] = [:]

  package init() {}

  /// - Parameter readsElement: Whether the value depends on an element of a list, not on the event
  ///   alone.
  package mutating func share(
    _ expression: EventExpression, readsElement: Bool
  ) -> SharedExpression {
    let compiled = expression.compiled
    return SharedExpression(
      expression: expression,
      place: readsElement ? -1 : place(of: "= " + compiled.source),
      attributePlaces: compiled.attributes.map { attribute in
        attribute.root == "event" ? place(of: attribute.description) : -1
      })
  }

  private mutating func place(of name: String) -> Int {
    if let known = places[name] { return known }
    places[name] = places.count
    return places.count - 1
  }
}

/// Evaluates expressions over one event after another. Confined to one thread.
package final class EventEvaluation: Activation {
  private let names: Names
  private var event: Event?
  private var element: Value?
  private var current: SharedExpression?
  private var kept = KeptValues()

  package init(names: Names) {
    self.names = names
  }

  /// Begins with an event. Cost: none.
  package func begin(_ event: Event) {
    self.event = event
    kept.forget()
  }

  /// The value for the event and an element of one of its lists; nil where the evaluation fails.
  package func value(_ shared: SharedExpression, element: Value? = nil) -> Value? {
    if shared.place >= 0, let known = kept[shared.place] { return known }
    current = shared
    self.element = element
    var value: Value?
    do throws(EvaluationError) {
      value = try shared.expression.compiled.evaluate(self)
    } catch {
      value = nil
    }
    if shared.place >= 0 { kept[shared.place] = .some(value) }
    return value
  }

  package func attribute(_ slot: Int) throws(EvaluationError) -> Value? {
    guard let current, let event else { return nil }
    let place = current.attributePlaces[slot]
    guard place >= 0 else {
      return try current.expression.attribute(slot, event, element, names)
    }
    if let known = kept[place] { return known }
    let value = try current.expression.attribute(slot, event, element, names)
    kept[place] = .some(value)
    return value
  }

  package func call(_ slot: Int, _ arguments: [Value]) throws(EvaluationError) -> Value {
    guard let current else { return .null }
    return try current.expression.call(slot, arguments)
  }
}
