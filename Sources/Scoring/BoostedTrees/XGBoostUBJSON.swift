/// Reads UBJSON (draft 12, ubjson.org) as XGBoost writes it: objects without a declared count,
/// keys without the marker `S`, arrays with or without type and count, big-endian numbers.
///
/// Every byte sequence gives a value or an error. A declared count is believed only as far as the
/// bytes that follow could hold it.
struct XGBoostUBJSON {
  private let bytes: [UInt8]
  private var position = 0

  /// The value of a whole file.
  static func value(of bytes: [UInt8]) throws(BoostedTreesError) -> XGBoostValue {
    var reader = XGBoostUBJSON(bytes: bytes)
    let value = try reader.value(try reader.marker(), depth: 0)
    guard reader.position == bytes.count else {
      throw reader.malformed("there is more behind the end of the UBJSON")
    }
    return value
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private mutating func value(
    _ marker: UInt8, depth: Int
  ) throws(BoostedTreesError) -> XGBoostValue {
    guard depth < BoostedTreesLimits.depth else {
      throw BoostedTreesError(
        .tooLarge, "byte \(position)",
        "arrays and objects nest deeper than \(BoostedTreesLimits.depth)",
        mend: "save the model with XGBoost's save_model")
    }
    switch marker {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "S"): return .text(try text())
    case UInt8(ascii: "T"): return .flag(true)
    case UInt8(ascii: "F"): return .flag(false)
    case UInt8(ascii: "Z"): return .null
    default: return try number(marker)
    }
  }

  private mutating func number(_ marker: UInt8) throws(BoostedTreesError) -> XGBoostValue {
    switch marker {
    case UInt8(ascii: "i"): .integer(Int64(Int8(truncatingIfNeeded: try unsigned(1))))
    case UInt8(ascii: "U"): .integer(Int64(try unsigned(1)))
    case UInt8(ascii: "I"): .integer(Int64(Int16(truncatingIfNeeded: try unsigned(2))))
    case UInt8(ascii: "l"): .integer(Int64(Int32(truncatingIfNeeded: try unsigned(4))))
    case UInt8(ascii: "L"): .integer(Int64(bitPattern: try unsigned(8)))
    case UInt8(ascii: "d"):
      .float(Float(bitPattern: UInt32(truncatingIfNeeded: try unsigned(4))))
    case UInt8(ascii: "D"): .float(Float(Double(bitPattern: try unsigned(8))))
    default: throw malformed("the marker \(marker) is unknown", at: position - 1)
    }
  }

  private mutating func object(depth: Int) throws(BoostedTreesError) -> XGBoostValue {
    var fields: [String: XGBoostValue] = [:]
    while true {
      if peek == UInt8(ascii: "}") {
        position += 1
        return .object(fields)
      }
      let start = position
      let key = try text()
      let value = try value(try marker(), depth: depth + 1)
      guard fields.updateValue(value, forKey: key) == nil else {
        throw malformed("the key \(key) comes twice", at: start)
      }
    }
  }

  private mutating func array(depth: Int) throws(BoostedTreesError) -> XGBoostValue {
    var type: UInt8?
    if peek == UInt8(ascii: "$") {
      position += 1
      type = try marker()
      guard peek == UInt8(ascii: "#") else { throw malformed("a typed array needs a count") }
    }
    var array = XGBoostArray()
    guard peek == UInt8(ascii: "#") else {
      while peek != UInt8(ascii: "]") {
        array.append(try value(try marker(), depth: depth + 1))
      }
      position += 1
      return array.value
    }
    position += 1
    let count = try length()
    if let type {
      // Markers that take no bytes would let a few bytes stand for any number of elements.
      for _ in 0..<count { array.append(try number(type)) }
    } else {
      for _ in 0..<count { array.append(try value(try marker(), depth: depth + 1)) }
    }
    return array.value
  }

  /// A text: its length, then its bytes.
  private mutating func text() throws(BoostedTreesError) -> String {
    let start = position
    let count = try length()
    let end = position + count
    guard let text = String(validating: bytes[position..<end], as: UTF8.self) else {
      throw malformed("the text is not UTF-8", at: start)
    }
    position = end
    return text
  }

  /// A count of bytes or elements, at most as many as bytes are left.
  private mutating func length() throws(BoostedTreesError) -> Int {
    let start = position
    guard case .integer(let count) = try number(try marker()) else {
      throw malformed("a length was expected", at: start)
    }
    guard count >= 0 && count <= bytes.count - position else {
      throw malformed(
        "a length of \(count) is declared, \(bytes.count - position) bytes are left", at: start)
    }
    return Int(count)
  }

  /// The next marker that is no filler.
  private mutating func marker() throws(BoostedTreesError) -> UInt8 {
    while let byte = peek {
      position += 1
      if byte != UInt8(ascii: "N") { return byte }
    }
    throw malformed("the file ends too early")
  }

  private mutating func unsigned(_ size: Int) throws(BoostedTreesError) -> UInt64 {
    guard bytes.count - position >= size else { throw malformed("the file ends too early") }
    var value: UInt64 = 0
    for index in position..<position + size { value = value << 8 | UInt64(bytes[index]) }
    position += size
    return value
  }

  private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

  private func malformed(_ message: String, at place: Int? = nil) -> BoostedTreesError {
    BoostedTreesError(
      .malformed, "byte \(place ?? position)", message,
      mend: "save the model with XGBoost's save_model")
  }
}
