// There is no literal for null: `value[key] == nil` would then compare with it, and be false for
// an absent key. Write `.null`.

extension CBORValue: ExpressibleByStringLiteral {
  /// A text string.
  package init(stringLiteral value: String) {
    self = .text(value)
  }
}

extension CBORValue: ExpressibleByStringInterpolation {}

extension CBORValue: ExpressibleByIntegerLiteral {
  /// An integer.
  package init(integerLiteral value: Int64) {
    self = .signed(value)
  }
}

extension CBORValue: ExpressibleByFloatLiteral {
  /// A float.
  package init(floatLiteral value: Double) {
    self = .double(value)
  }
}

extension CBORValue: ExpressibleByBooleanLiteral {
  /// False or true.
  package init(booleanLiteral value: Bool) {
    self = .bool(value)
  }
}

extension CBORValue: ExpressibleByArrayLiteral {
  /// An array.
  package init(arrayLiteral elements: CBORValue...) {
    self = .array(elements)
  }
}

extension CBORValue: ExpressibleByDictionaryLiteral {
  /// A map of text keys; a repeated key traps.
  package init(dictionaryLiteral elements: (String, CBORValue)...) {
    self = .object(elements)
  }
}
