package import CBOR
package import Expressions
package import Ledger

/// A field of `event` that an expression reads, resolved once.
package enum EventAttribute: Sendable {
  /// A field of the data, by its path.
  case data([CBORKey])
  case type
  case subject
  case time
  case recordedAt
  case position
  case externalID

  /// Resolves the path of an attribute whose root is `event`.
  ///
  /// `type`, `subject`, `time`, `recordedAt`, `position` and `externalId` are the event's own and
  /// win over fields of the data, which are also reached below `data`.
  package init(path: [String]) {
    guard path.count <= 1 else {
      self = .data((path[0] == "data" ? path.dropFirst() : path[...]).map { CBORKey($0) })
      return
    }
    switch path.first {
    case "type": self = .type
    case "subject": self = .subject
    case "time": self = .time
    case "recordedAt": self = .recordedAt
    case "position": self = .position
    case "externalId": self = .externalID
    case "data", nil: self = .data([])
    case .some(let name): self = .data([CBORKey(name)])
    }
  }

  /// The value in `event`, or nil where its data have no such field.
  package func value(in event: Event, names: Names) -> Value? {
    switch self {
    case .data(let path): event.payload.view(path: path).map { Value($0) }
    case .type: .string(names.name(.type, event.type) ?? "")
    case .subject: .string(event.subject)
    case .time: .timestamp(microseconds: event.header.occurredAt)
    case .recordedAt: .timestamp(microseconds: event.recordedAt)
    case .position: .int(Int64(event.position))
    case .externalID: .string(event.externalID)
    }
  }
}

extension CBORView {
  /// The item at the end of a path of keys, or nil.
  package func view(path: [CBORKey]) -> CBORView? {
    var item = self
    for key in path {
      guard let next = item.view(forKey: key) else { return nil }
      item = next
    }
    return item
  }
}

/// An expression over an event alone, and an element of one of its lists: what features, entity
/// keys and trait updates are made of.
package struct EventExpression: Sendable {
  package let compiled: CompiledExpression
  private let slots: [Slot]
  /// Whether the whole expression is one field.
  private let isPlainField: Bool

  private enum Slot: Sendable {
    case event(EventAttribute)
    case element([String])
    case unknown(String)
  }

  /// Binds `compiled`, whose roots are `event` and perhaps `elementName`.
  package init(_ compiled: CompiledExpression, elementName: String = "") {
    self.compiled = compiled
    isPlainField =
      compiled.attributes.count == 1 && compiled.attributes[0].description == compiled.source
    slots = compiled.attributes.map { attribute in
      switch attribute.root {
      case "event": .event(EventAttribute(path: attribute.path))
      case elementName: .element(attribute.path)
      default: .unknown(attribute.description)
      }
    }
  }

  /// The value for an event and element; nil where the evaluation fails: the event is left out.
  package func value(_ event: Event, element: Value? = nil, names: Names) -> Value? {
    do throws(EvaluationError) {
      return try compiled.evaluate(
        EventActivation(expression: self, event: event, element: element, names: names))
    } catch {
      return nil
    }
  }

  /// The key that the expression gives: text, or an integer in decimal; nil for anything else and
  /// for the empty text.
  package func key(_ event: Event, names: Names) -> [UInt8]? {
    var key: [UInt8] = []
    return appendKey(of: event, names: names, to: &key) ? key : nil
  }

  /// Appends the key that the expression gives.
  /// - Returns: false, and nothing is appended, where it gives none.
  package func appendKey(of event: Event, names: Names, to key: inout [UInt8]) -> Bool {
    // The common case without an evaluation: a field of the data.
    if case .event(.data(let path))? = slots.first, isPlainField {
      guard let item = event.payload.view(path: path) else { return false }
      if let range = item.textBytesRange {
        key += item.storage[range]
        return !range.isEmpty
      }
      guard let number = item.int64 else { return false }
      key += String(number).utf8
      return true
    }
    guard let bytes = value(event, names: names).flatMap(Self.key) else { return false }
    key += bytes
    return true
  }

  /// A value as a key: see ``key(_:names:)``.
  package static func key(_ value: Value) -> [UInt8]? {
    switch value {
    case .string(let text): text.isEmpty ? nil : Array(text.utf8)
    case .int(let number): Array(String(number).utf8)
    case .uint(let number): Array(String(number).utf8)
    default: nil
    }
  }

  private final class EventActivation: Activation {
    private let expression: EventExpression
    private let event: Event
    private let element: Value?
    private let names: Names

    init(expression: EventExpression, event: Event, element: Value?, names: Names) {
      self.expression = expression
      self.event = event
      self.element = element
      self.names = names
    }

    func attribute(_ slot: Int) throws(EvaluationError) -> Value? {
      try expression.attribute(slot, event, element, names)
    }

    func call(_ slot: Int, _ arguments: [Value]) throws(EvaluationError) -> Value {
      try expression.call(slot, arguments)
    }
  }

  func attribute(
    _ slot: Int, _ event: Event, _ element: Value?, _ names: Names
  ) throws(EvaluationError) -> Value? {
    switch slots[slot] {
    case .event(let attribute): attribute.value(in: event, names: names)
    case .element(let path): element?.selecting(path)
    case .unknown(let name):
      throw EvaluationError(.host, "\(name) is not known where only the event is")
    }
  }

  func call(_ slot: Int, _ arguments: [Value]) throws(EvaluationError) -> Value {
    let name = compiled.hostCalls[slot]
    guard let result = try PlainFunctions.call(name, arguments) else {
      throw EvaluationError(.host, "\(name) is not known where only the event is")
    }
    return result
  }
}
