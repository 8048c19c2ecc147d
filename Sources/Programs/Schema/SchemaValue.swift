/// A JSON value of a schema, with the keys of its objects in a fixed order.
package indirect enum SchemaValue: Sendable, Equatable {
  case null
  case flag(Bool)
  case integer(Int)
  case number(Double)
  case text(String)
  case list([SchemaValue])
  case object([Entry])

  /// A key of an object, with its value.
  package struct Entry: Sendable, Equatable {
    /// Unique in its object.
    package let key: String
    package let value: SchemaValue

    /// An entry of the two.
    package init(key: String, value: SchemaValue) {
      self.key = key
      self.value = value
    }
  }

  /// The value of a key; nil if there is none.
  package subscript(key: String) -> SchemaValue? {
    guard case .object(let entries) = self else { return nil }
    return entries.first { $0.key == key }?.value
  }
}

extension SchemaValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral,
  ExpressibleByDictionaryLiteral
{
  package init(stringLiteral value: String) { self = .text(value) }
  package init(integerLiteral value: Int) { self = .integer(value) }
  package init(floatLiteral value: Double) { self = .number(value) }
  package init(booleanLiteral value: Bool) { self = .flag(value) }
  package init(arrayLiteral elements: SchemaValue...) { self = .list(elements) }
  package init(dictionaryLiteral elements: (String, SchemaValue)...) {
    self = .object(elements.map { Entry(key: $0.0, value: $0.1) })
  }

  /// A list of texts.
  static func texts(_ texts: [String]) -> SchemaValue { .list(texts.map { .text($0) }) }

  /// The object with more entries behind its own.
  func adding(_ other: SchemaValue) -> SchemaValue {
    guard case .object(let own) = self, case .object(let more) = other else { return self }
    return .object(own + more)
  }
}
