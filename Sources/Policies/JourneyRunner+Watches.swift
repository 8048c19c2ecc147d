import Binding
import CBOR
import Engine
import Expressions
import Facts
import Journeys
import Ledger
import Programs

/// What a run watches, told by the events that change it.
extension JourneyRunner {
  /// `watching`, where it is not what the run's last event told: a map of entity to keys.
  func watching(_ draft: inout RunDraft) -> [(String, CBORValue)] {
    let watches = binding.program.journey.watches
    // A run that comes from another version may still watch what this one does not.
    guard !watches.isEmpty || draft.row.watching.count > 1 else { return [] }
    scope.run = draft.facts
    var left = ProgramLimits.watchedKeys
    var fields: [(String, CBORValue)] = []
    for watch in watches {
      let keys = keys(of: watch).prefix(left)
      left -= keys.count
      guard !keys.isEmpty else { continue }
      fields.append((binding.program.entities[watch.entity].name, .array(keys.map { .text($0) })))
    }
    let value = CBORValue.object(fields)
    let bytes = value.encoded()
    guard bytes != draft.row.watching else { return [] }
    draft.row.watching = bytes
    return [("watching", value)]
  }

  private func keys(of watch: Program.Watch) -> [String] {
    guard let value = scope.optional(watch.key) else { return [] }
    var keys: [String] = []
    for element in value.elements {
      guard let bytes = EventExpression.key(element) else { continue }
      let key = String(decoding: bytes, as: UTF8.self)
      if !keys.contains(key) { keys.append(key) }
    }
    return keys
  }
}

extension Value {
  /// The elements of a list; any other value is its own.
  fileprivate var elements: [Value] {
    if case .list(let elements) = self { return Array(elements) }
    return [self]
  }
}
