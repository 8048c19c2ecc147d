package import Expressions

/// Values that were read while one event is handled, by place: each is looked up once.
package struct KeptValues {
  private struct Entry {
    var round: UInt64
    var value: Value?
  }

  private var entries: [Entry] = []
  private var round: UInt64 = 1

  package init() {}

  /// Forgets all values. Cost: none.
  package mutating func forget() { round += 1 }

  /// The value that is kept at a place; nil: none is.
  package subscript(place: Int) -> Value?? {
    get {
      guard place < entries.count, entries[place].round == round else { return nil }
      return .some(entries[place].value)
    }
    set {
      while entries.count <= place { entries.append(Entry(round: 0, value: nil)) }
      guard case .some(let value) = newValue else { return }
      entries[place] = Entry(round: round, value: value)
    }
  }
}
