import Binding
import Expressions
package import Ledger
package import Programs

/// An item of a population while it is decided: what `event.NAME` is.
struct ItemFacts {
  enum Datum {
    case unread
    /// nil: its expression failed.
    case read(Value?)
  }

  /// The population's data, whose names come before the fields of the starting event.
  let data: [Program.NamedExpression]
  var values: [Datum]
  /// Whether data are being evaluated: `event` is the starting event alone then.
  var isEvaluatingData = false

  init(data: [Program.NamedExpression]) {
    self.data = data
    values = Array(repeating: .unread, count: data.count)
  }

  /// The index of the data with this name; nil where the event itself is to be read.
  func index(of name: String) -> Int? {
    isEvaluatingData ? nil : data.firstIndex { $0.name == name }
  }
}

extension Scope {
  /// Begins the handling of an item of a population that `start` has started.
  /// - Parameters:
  ///   - key: The item's key; nil: the customer's id.
  ///   - customer: The number of its customer; 0 while that is not known.
  package func begin(
    item key: String?, of population: Program.Population, _ binding: ProgramBinding, start: Event,
    customer: UInt32, now: Int64
  ) {
    begin(binding, event: start, customer: customer, now: now)
    self.key = key
    item = ItemFacts(data: population.data)
  }

  /// The value of the data with this index, evaluated once an item; nil where it fails.
  func datum(_ index: Int) -> Value? {
    guard let facts = item else { return nil }
    if case .read(let value) = facts.values[index] { return value }
    // The expression that asks goes on afterwards, and notes what it reads, not what this one does.
    let suspended = (current, notes.isTaking)
    notes.isTaking = false
    item?.isEvaluatingData = true
    let value = optional(facts.data[index].value)
    item?.isEvaluatingData = false
    (current, notes.isTaking) = suspended
    item?.values[index] = .read(value)
    return value
  }
}
