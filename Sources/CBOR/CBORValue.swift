/// A CBOR item in memory, for construction, tests and paths that are not hot; hot paths write
/// with `CBOREncoder` and read in place with `CBORCursor` and `CBORView`.
///
/// Two values are equal exactly if their deterministic encodings are: 1 is not 1.0, 0.0 is not
/// -0.0, and NaN equals NaN.
///
/// ```swift
/// let value: CBORValue = ["cartId": "c-1", "items": [1, 2], "ratio": 0.5, "note": .null]
/// ```
public enum CBORValue: Sendable {
  /// An integer from 0 to 2^64 - 1.
  case unsigned(UInt64)
  /// The integer -1 - the argument, down to -2^64.
  case negative(UInt64)
  /// A byte string.
  case bytes([UInt8])
  /// A text string.
  case text(String)
  /// An array.
  case array([CBORValue])
  /// A map.
  case map(CBORMap)
  /// A tag number and the item that it qualifies.
  indirect case tag(UInt64, CBORValue)
  /// False or true.
  case bool(Bool)
  /// Null.
  case null
  /// Undefined.
  case undefined
  /// Any other simple value: 0 to 19 and 32 to 255.
  case simple(UInt8)
  /// A float; its width is not kept.
  case double(Double)

  /// An integer of either sign.
  public static func signed(_ value: Int64) -> CBORValue {
    value >= 0 ? .unsigned(UInt64(value)) : .negative(UInt64(~value))
  }

  /// A map of text keys, which must differ: a repeated key traps. For keys from outside use
  /// `CBORMap.init`, which throws.
  public static func object(_ pairs: [(String, CBORValue)]) -> CBORValue {
    do {
      return .map(try CBORMap(pairs))
    } catch {
      preconditionFailure("a map that the program itself builds has distinct keys")
    }
  }
}

extension CBORValue: Equatable {
  public static func == (left: CBORValue, right: CBORValue) -> Bool {
    switch (left, right) {
    case (.unsigned(let a), .unsigned(let b)): a == b
    case (.negative(let a), .negative(let b)): a == b
    case (.bytes(let a), .bytes(let b)): a == b
    // By bytes: String's own equality unites canonically equivalent texts.
    case (.text(let a), .text(let b)): a.utf8.elementsEqual(b.utf8)
    case (.array(let a), .array(let b)): a == b
    case (.map(let a), .map(let b)): a == b
    case (.tag(let a, let x), .tag(let b, let y)): a == b && x == y
    case (.bool(let a), .bool(let b)): a == b
    case (.null, .null), (.undefined, .undefined): true
    case (.simple(let a), .simple(let b)): a == b
    case (.double(let a), .double(let b)):
      a.bitPattern == b.bitPattern || (a.isNaN && b.isNaN)
    default: false
    }
  }
}

extension CBORValue {
  /// The value of an integer that fits, or nil.
  public var int64: Int64? {
    switch self {
    case .unsigned(let value): Int64(exactly: value)
    case .negative(let argument): Int64(exactly: argument).map { ~$0 }
    default: nil
    }
  }

  /// The value of a non-negative integer, or nil.
  public var uint64: UInt64? {
    if case .unsigned(let value) = self { value } else { nil }
  }

  /// The value of a float, or nil; integers are not converted.
  public var double: Double? {
    if case .double(let value) = self { value } else { nil }
  }

  /// The text, or nil.
  public var string: String? {
    if case .text(let value) = self { value } else { nil }
  }

  /// The byte string, or nil.
  public var byteString: [UInt8]? {
    if case .bytes(let value) = self { value } else { nil }
  }

  /// The truth value, or nil.
  public var bool: Bool? {
    if case .bool(let value) = self { value } else { nil }
  }

  /// The elements of an array, or nil.
  public var elements: [CBORValue]? {
    if case .array(let value) = self { value } else { nil }
  }

  /// The entries of a map in order, or nil.
  public var entries: [CBORMap.Entry]? {
    if case .map(let value) = self { value.entries } else { nil }
  }

  /// Whether this is null.
  public var isNull: Bool { self == .null }

  /// The value for a text key; nil where this is no map or has no such key. Setting nil removes
  /// the entry; setting in anything but a map traps.
  public subscript(key: String) -> CBORValue? {
    get {
      guard case .map(let map) = self else { return nil }
      return map[.text(key)]
    }
    set {
      guard case .map(var map) = self else {
        preconditionFailure("only a map has entries to set")
      }
      map[.text(key)] = newValue
      self = .map(map)
    }
  }

  /// The element at `index`; nil where this is no array or has fewer.
  public subscript(index: Int) -> CBORValue? {
    guard case .array(let elements) = self, elements.indices.contains(index) else { return nil }
    return elements[index]
  }
}
