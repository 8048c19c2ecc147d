extension CBORValue {
  /// The deterministic encoding.
  public func encoded() -> [UInt8] {
    var encoder = CBOREncoder()
    encode(into: &encoder)
    return encoder.bytes
  }

  /// Appends the deterministic encoding.
  public func encode(into encoder: inout CBOREncoder) {
    switch self {
    case .unsigned(let value): encoder.unsigned(value)
    case .negative(let argument): encoder.negative(argument)
    case .bytes(let value): encoder.bytes(value)
    case .text(let value): encoder.text(value)
    case .array(let elements):
      encoder.arrayHeader(elements.count)
      for element in elements { element.encode(into: &encoder) }
    case .map(let map):
      encoder.mapHeader(map.count)
      for entry in map.entries {
        entry.key.encode(into: &encoder)
        entry.value.encode(into: &encoder)
      }
    case .tag(let number, let content):
      encoder.tag(number)
      content.encode(into: &encoder)
    case .bool(let value): encoder.bool(value)
    case .null: encoder.null()
    case .undefined: encoder.undefined()
    case .simple(let value): encoder.simple(value)
    case .double(let value): encoder.double(value)
    }
  }

  /// Decodes exactly one item from bytes that may come from anywhere.
  /// - Parameter rules: `.deterministic` takes only what `encoded()` would give back byte for
  ///   byte; `.wellFormed` also takes other encodings of valid items.
  /// - Parameter maximumDepth: How many arrays, maps and tags may contain each other; at most
  ///   `CBORScanner.depthCeiling`.
  /// - Throws: The first rule broken and its offset.
  public init(
    decoding bytes: [UInt8], rules: CBORRules = .deterministic, maximumDepth: Int = 32
  ) throws(CBORError) {
    try self.init(decoding: bytes.rawSpan, rules: rules, maximumDepth: maximumDepth)
  }

  /// Decodes exactly one item from borrowed bytes; see `init(decoding:rules:maximumDepth:)`.
  public init(
    decoding bytes: RawSpan, rules: CBORRules = .deterministic, maximumDepth: Int = 32
  ) throws(CBORError) {
    var scanner = CBORScanner(bytes, rules: rules, maximumDepth: maximumDepth)
    self = try scanner.decodeWhole()
  }
}
