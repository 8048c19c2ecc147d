/// Reads JSON (RFC 8259) as XGBoost writes it: strictly, with its tokens `NaN`, `Infinity` and
/// `-Infinity` besides.
///
/// Every byte sequence gives a value or an error; recursion ends at ``BoostedTreesLimits/depth``.
struct XGBoostJSON {
  private let bytes: [UInt8]
  private var position = 0

  /// The value of a whole file.
  static func value(of bytes: [UInt8]) throws(BoostedTreesError) -> XGBoostValue {
    var reader = XGBoostJSON(bytes: bytes)
    let value = try reader.value(depth: 0)
    reader.skipSpace()
    guard reader.position == bytes.count else {
      throw reader.malformed("there is more behind the end of the JSON")
    }
    return value
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private mutating func value(depth: Int) throws(BoostedTreesError) -> XGBoostValue {
    guard depth < BoostedTreesLimits.depth else {
      throw BoostedTreesError(
        .tooLarge, "byte \(position)",
        "arrays and objects nest deeper than \(BoostedTreesLimits.depth)",
        mend: "save the model with XGBoost's save_model")
    }
    skipSpace()
    switch peek {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .text(try text())
    case UInt8(ascii: "t"): return try word("true", .flag(true))
    case UInt8(ascii: "f"): return try word("false", .flag(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case UInt8(ascii: "N"): return try word("NaN", .float(.nan))
    case UInt8(ascii: "I"): return try word("Infinity", .float(.infinity))
    case UInt8(ascii: "-") where byte(at: position + 1) == UInt8(ascii: "I"):
      return try word("-Infinity", .float(-.infinity))
    case UInt8(ascii: "-"): return try number()
    case let byte? where byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9"):
      return try number()
    default: throw malformed("no value begins here")
    }
  }

  private mutating func object(depth: Int) throws(BoostedTreesError) -> XGBoostValue {
    var fields: [String: XGBoostValue] = [:]
    position += 1
    skipSpace()
    if take("}") { return .object(fields) }
    while true {
      skipSpace()
      guard peek == UInt8(ascii: "\"") else { throw malformed("a key was expected") }
      let start = position
      let key = try text()
      skipSpace()
      guard take(":") else { throw malformed("a colon was expected") }
      let value = try value(depth: depth + 1)
      guard fields.updateValue(value, forKey: key) == nil else {
        position = start
        throw malformed("the key \(key) comes twice")
      }
      skipSpace()
      if take("}") { return .object(fields) }
      guard take(",") else { throw malformed("a comma or a closing brace was expected") }
    }
  }

  private mutating func array(depth: Int) throws(BoostedTreesError) -> XGBoostValue {
    var array = XGBoostArray()
    position += 1
    skipSpace()
    if take("]") { return array.value }
    while true {
      array.append(try value(depth: depth + 1))
      skipSpace()
      if take("]") { return array.value }
      guard take(",") else { throw malformed("a comma or a closing bracket was expected") }
    }
  }

  /// A number: a 64-bit integer where it has neither fraction nor exponent, else the nearest
  /// single-precision number.
  private mutating func number() throws(BoostedTreesError) -> XGBoostValue {
    let start = position
    var isInteger = true
    _ = take("-")
    let whole = digits()
    guard whole > 0 else { throw malformed("a digit was expected") }
    guard whole == 1 || bytes[position - whole] != UInt8(ascii: "0") else {
      throw malformed("a number does not begin with 0")
    }
    if take(".") {
      isInteger = false
      guard digits() > 0 else { throw malformed("a digit was expected") }
    }
    if take("e") || take("E") {
      isInteger = false
      if !take("+") { _ = take("-") }
      guard digits() > 0 else { throw malformed("a digit was expected") }
    }
    let literal = String(decoding: bytes[start..<position], as: UTF8.self)
    if isInteger, let integer = Int64(literal) { return .integer(integer) }
    guard let float = Float(literal) else { throw malformed("\(literal) is no number") }
    return .float(float)
  }

  private mutating func digits() -> Int {
    let start = position
    while let byte = peek, byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") { position += 1 }
    return position - start
  }

  private mutating func text() throws(BoostedTreesError) -> String {
    let start = position
    position += 1
    var content: [UInt8] = []
    while let byte = peek {
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let text = String(validating: content, as: UTF8.self) else {
          position = start
          throw malformed("the text is not UTF-8")
        }
        return text
      case UInt8(ascii: "\\"): try escape(into: &content)
      case 0..<0x20: throw malformed("a control character stands in a text")
      default: content.append(byte)
      }
    }
    position = start
    throw malformed("the text does not end")
  }

  private mutating func escape(into content: inout [UInt8]) throws(BoostedTreesError) {
    guard let byte = peek else { throw malformed("the text does not end") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): content.append(byte)
    case UInt8(ascii: "b"): content.append(0x08)
    case UInt8(ascii: "f"): content.append(0x0c)
    case UInt8(ascii: "n"): content.append(0x0a)
    case UInt8(ascii: "r"): content.append(0x0d)
    case UInt8(ascii: "t"): content.append(0x09)
    case UInt8(ascii: "u"):
      var code = try unit()
      if code >> 10 == 0xd800 >> 10 {
        guard take("\\") && take("u") else { throw malformed("half a surrogate pair") }
        let low = try unit()
        guard low >> 10 == 0xdc00 >> 10 else { throw malformed("half a surrogate pair") }
        code = 0x10000 + (code & 0x3ff) << 10 + low & 0x3ff
      }
      guard let scalar = Unicode.Scalar(code) else { throw malformed("half a surrogate pair") }
      content += Array(UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    default: throw malformed("an unknown escape")
    }
  }

  /// Four hexadecimal digits.
  private mutating func unit() throws(BoostedTreesError) -> UInt32 {
    var unit: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = peek, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw malformed("four hexadecimal digits were expected")
      }
      unit = unit << 4 | UInt32(digit)
      position += 1
    }
    return unit
  }

  private mutating func word(
    _ word: StaticString, _ value: XGBoostValue
  ) throws(BoostedTreesError) -> XGBoostValue {
    let letters = Array("\(word)".utf8)
    guard bytes[position...].starts(with: letters) else { throw malformed("no value begins here") }
    position += letters.count
    return value
  }

  private mutating func skipSpace() {
    while let byte = peek, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 {
      position += 1
    }
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard peek == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private var peek: UInt8? { byte(at: position) }

  private func byte(at index: Int) -> UInt8? { index < bytes.count ? bytes[index] : nil }

  private func malformed(_ message: String) -> BoostedTreesError {
    BoostedTreesError(
      .malformed, "byte \(position)", message, mend: "save the model with XGBoost's save_model")
  }
}
