/// A value of an XGBoost model file, JSON or UBJSON alike.
///
/// Arrays of numbers are flat, for they are nearly all of a model.
enum XGBoostValue: Sendable {
  case null
  case flag(Bool)
  case integer(Int64)
  /// A number in the single precision that libxgboost reads it in.
  case float(Float)
  case text(String)
  /// An array that holds integers only, and the empty array.
  case integers([Int64])
  /// An array of numbers, at least one of which is no integer.
  case floats([Float])
  case array([XGBoostValue])
  case object([String: XGBoostValue])

  /// What the value is, for messages.
  var kind: String {
    switch self {
    case .null: "null"
    case .flag: "true or false"
    case .integer: "an integer"
    case .float: "a number"
    case .text: "a text"
    case .integers: "an array of integers"
    case .floats: "an array of numbers"
    case .array: "an array"
    case .object: "an object"
    }
  }
}

/// Collects an array's elements, flat while they are numbers.
struct XGBoostArray {
  private var integers: [Int64] = []
  private var floats: [Float] = []
  private var values: [XGBoostValue] = []

  /// Adds an element.
  mutating func append(_ value: XGBoostValue) {
    switch value {
    case .integer(let integer) where floats.isEmpty && values.isEmpty:
      integers.append(integer)
    case .integer(let integer) where values.isEmpty:
      floats.append(Float(integer))
    case .float(let float) where values.isEmpty:
      if floats.isEmpty {
        floats = integers.map(Float.init)
        integers = []
      }
      floats.append(float)
    default:
      if values.isEmpty {
        values = integers.map(XGBoostValue.integer) + floats.map(XGBoostValue.float)
        (integers, floats) = ([], [])
      }
      values.append(value)
    }
  }

  /// The array.
  var value: XGBoostValue {
    if !values.isEmpty { return .array(values) }
    return floats.isEmpty ? .integers(integers) : .floats(floats)
  }
}

/// A value and the path that leads to it, so that each reading can say where it failed.
struct XGBoostField {
  let value: XGBoostValue
  let path: String

  /// A field of an object.
  func field(_ name: String) throws(BoostedTreesError) -> XGBoostField {
    guard let field = try optional(name) else {
      throw BoostedTreesError(
        .missingField, path.isEmpty ? "the model" : path, "there is no \(name)",
        mend: "save the model with XGBoost's save_model")
    }
    return field
  }

  /// A field of an object, if it is there.
  func optional(_ name: String) throws(BoostedTreesError) -> XGBoostField? {
    guard case .object(let fields) = value else { throw wrongType("an object") }
    return fields[name].map {
      XGBoostField(value: $0, path: path.isEmpty ? name : "\(path).\(name)")
    }
  }

  func text() throws(BoostedTreesError) -> String {
    guard case .text(let text) = value else { throw wrongType("a text") }
    return text
  }

  /// A whole number, which XGBoost writes as a text in parameters.
  func count(upTo limit: Int) throws(BoostedTreesError) -> Int {
    let number: Int64? =
      switch value {
      case .integer(let integer): integer
      case .text(let text): Int64(text)
      default: nil
      }
    guard let number else { throw wrongType("a whole number") }
    guard number >= 0 else {
      throw BoostedTreesError(
        .invalidNumber, path, "\(number) is negative", mend: "save the model anew")
    }
    guard number <= limit else {
      throw BoostedTreesError(
        .tooLarge, path, "\(number) is more than \(limit)", mend: "train a smaller model")
    }
    return Int(number)
  }

  /// Integers; true and false count as 1 and 0, as older versions wrote them.
  func integers() throws(BoostedTreesError) -> [Int64] {
    switch value {
    case .integers(let integers): return integers
    case .array(let values):
      var integers: [Int64] = []
      integers.reserveCapacity(values.count)
      for value in values {
        switch value {
        case .flag(let flag): integers.append(flag ? 1 : 0)
        case .integer(let integer): integers.append(integer)
        default: throw wrongType("an array of integers")
        }
      }
      return integers
    default: throw wrongType("an array of integers")
    }
  }

  func floats() throws(BoostedTreesError) -> [Float] {
    switch value {
    case .floats(let floats): return floats
    case .integers(let integers): return integers.map(Float.init)
    default: throw wrongType("an array of numbers")
    }
  }

  /// The elements of any array.
  func elements() throws(BoostedTreesError) -> [XGBoostField] {
    let values: [XGBoostValue]
    switch value {
    case .array(let array): values = array
    case .integers(let integers): values = integers.map(XGBoostValue.integer)
    case .floats(let floats): values = floats.map(XGBoostValue.float)
    default: throw wrongType("an array")
    }
    return values.enumerated().map { XGBoostField(value: $1, path: "\(path)[\($0)]") }
  }

  private func wrongType(_ expected: String) -> BoostedTreesError {
    BoostedTreesError(
      .wrongType, path.isEmpty ? "the model" : path, "\(value.kind) stands here, not \(expected)",
      mend: "save the model with XGBoost's save_model")
  }
}
