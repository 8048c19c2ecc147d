// There is no literal for null: `value[key] == nil` would then compare with it, and be false for
// an absent key. Write `.null`.

extension CBORValue: ExpressibleByStringLiteral {
  /// A text string.
  public init(stringLiteral value: String) {
    self = .text(value)
  }
}

extension CBORValue: ExpressibleByStringInterpolation {}

extension CBORValue: ExpressibleByIntegerLiteral {
  /// An integer.
  public init(integerLiteral value: Int64) {
    self = .signed(value)
  }
}

extension CBORValue: ExpressibleByFloatLiteral {
  /// A float.
  public init(floatLiteral value: Double) {
    self = .double(value)
  }
}

extension CBORValue: ExpressibleByBooleanLiteral {
  /// False or true.
  public init(booleanLiteral value: Bool) {
    self = .bool(value)
  }
}

extension CBORValue: ExpressibleByArrayLiteral {
  /// An array.
  public init(arrayLiteral elements: CBORValue...) {
    self = .array(elements)
  }
}

extension CBORValue: ExpressibleByDictionaryLiteral {
  /// A map of text keys; a repeated key traps.
  public init(dictionaryLiteral elements: (String, CBORValue)...) {
    self = .object(elements)
  }
}
