import CBOR

/// Walks over a JSON document by the rules of `JSONTranscoder` and finds the first fault, with its
/// offset and pointer. It is the slow second opinion on documents that the parser refused.
package struct JSONDiagnosis: ~Escapable {
  private enum Step {
    case key(String)
    case index(Int)
  }

  private let json: RawSpan
  private let maximumDepth: Int
  private var offset = 0
  private var path: [Step] = []

  @_lifetime(copy json)
  private init(_ json: RawSpan, maximumDepth: Int) {
    self.json = json
    self.maximumDepth = maximumDepth
  }

  /// The first fault in `json`, or nil where there is none. Never traps, and reads nothing outside
  /// the span. Cost: about 10 ns a byte, and a copy of each object's keys.
  package static func firstFault(in json: RawSpan, maximumDepth: Int) -> JSONError? {
    var diagnosis = JSONDiagnosis(json, maximumDepth: maximumDepth)
    do {
      try diagnosis.document()
      return nil
    } catch {
      return error
    }
  }

  private func fault(_ kind: JSONError.Kind, at offset: Int) -> JSONError {
    let pointer = path.map { step in
      switch step {
      case .index(let index): "/\(index)"
      case .key(let key): "/" + Self.escaped(key)
      }
    }
    return JSONError(kind, at: offset, pointer: pointer.joined())
  }

  /// A key as a reference token (RFC 6901 section 3).
  private static func escaped(_ key: String) -> String {
    var token = ""
    for scalar in key.unicodeScalars {
      switch scalar {
      case "~": token += "~0"
      case "/": token += "~1"
      default: token.unicodeScalars.append(scalar)
      }
    }
    return token
  }

  /// The byte at `offset`, or nil at the end.
  private var next: UInt8? {
    offset < json.byteCount ? json.byte(at: offset) : nil
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard next == byte else { return false }
    offset += 1
    return true
  }

  private mutating func skipWhiteSpace() {
    while let byte = next, byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d {
      offset += 1
    }
  }

  private func unexpected() -> JSONError {
    fault(next == nil ? .unexpectedEnd : .unexpectedCharacter, at: offset)
  }

  private mutating func document() throws(JSONError) {
    skipWhiteSpace()
    guard next != nil else { throw fault(.empty, at: offset) }
    try value(depth: 0)
    skipWhiteSpace()
    guard next == nil else { throw fault(.trailingCharacters, at: offset) }
  }

  /// Reads a value that lies inside `depth` arrays and objects.
  private mutating func value(depth: Int) throws(JSONError) {
    guard let first = next else { throw unexpected() }
    switch first {
    case UInt8(ascii: "{"): try object(depth: depth)
    case UInt8(ascii: "["): try array(depth: depth)
    case UInt8(ascii: "\""): _ = try string()
    case UInt8(ascii: "t"): try word("true")
    case UInt8(ascii: "f"): try word("false")
    case UInt8(ascii: "n"): try word("null")
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try number()
    case UInt8(ascii: "+"), UInt8(ascii: "."): throw fault(.invalidNumber, at: offset)
    default: throw unexpected()
    }
  }

  private mutating func word(_ word: StaticString) throws(JSONError) {
    for byte in word.description.utf8 {
      guard take(byte) else { throw unexpected() }
    }
    try endOfScalar(else: .unexpectedCharacter)
  }

  /// Checks that a word or number does not go on; other characters are the container's to judge.
  private func endOfScalar(else kind: JSONError.Kind) throws(JSONError) {
    switch next {
    case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
      throw fault(kind, at: offset)
    case let byte? where Character(Unicode.Scalar(byte)).isASCIIAlphanumeric:
      throw fault(kind, at: offset)
    default:
      return
    }
  }

  private mutating func array(depth: Int) throws(JSONError) {
    guard depth < maximumDepth else { throw fault(.tooDeep, at: offset) }
    offset += 1
    skipWhiteSpace()
    if take(UInt8(ascii: "]")) { return }
    var index = 0
    while true {
      path.append(.index(index))
      try value(depth: depth + 1)
      path.removeLast()
      skipWhiteSpace()
      if take(UInt8(ascii: "]")) { return }
      guard take(UInt8(ascii: ",")) else { throw unexpected() }
      skipWhiteSpace()
      index += 1
    }
  }

  private mutating func object(depth: Int) throws(JSONError) {
    guard depth < maximumDepth else { throw fault(.tooDeep, at: offset) }
    offset += 1
    skipWhiteSpace()
    if take(UInt8(ascii: "}")) { return }
    // Membership alone is asked of the set, never its order.
    var keys: Set<[UInt8]> = []
    while true {
      guard next == UInt8(ascii: "\"") else { throw unexpected() }
      let keyOffset = offset
      let key = try string()
      path.append(.key(String(decoding: key, as: UTF8.self)))
      guard keys.insert(key).inserted else { throw fault(.duplicateKey, at: keyOffset) }
      skipWhiteSpace()
      guard take(UInt8(ascii: ":")) else { throw unexpected() }
      skipWhiteSpace()
      try value(depth: depth + 1)
      path.removeLast()
      skipWhiteSpace()
      if take(UInt8(ascii: "}")) { return }
      guard take(UInt8(ascii: ",")) else { throw unexpected() }
      skipWhiteSpace()
    }
  }

  /// Reads a string and returns what it stands for, as UTF-8.
  private mutating func string() throws(JSONError) -> [UInt8] {
    offset += 1
    var text: [UInt8] = []
    while true {
      let start = offset
      while let byte = next, byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") {
        offset += 1
      }
      if let invalid = json.invalidUTF8(in: start..<offset) {
        throw fault(.invalidUTF8, at: invalid)
      }
      text += json.array(start..<offset)
      switch next {
      case nil: throw fault(.unexpectedEnd, at: offset)
      case UInt8(ascii: "\""):
        offset += 1
        return text
      case UInt8(ascii: "\\"): text += try escape()
      default: throw fault(.controlCharacter, at: offset)
      }
    }
  }

  /// Reads an escape and returns what it stands for, as UTF-8.
  private mutating func escape() throws(JSONError) -> [UInt8] {
    let start = offset
    offset += 1
    guard let letter = next else { throw fault(.unexpectedEnd, at: offset) }
    offset += 1
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [letter]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "f"): return [0x0c]
    case UInt8(ascii: "n"): return [0x0a]
    case UInt8(ascii: "r"): return [0x0d]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "u"): return try unicodeEscape(at: start)
    default: throw fault(.invalidEscape, at: start)
    }
  }

  private mutating func unicodeEscape(at start: Int) throws(JSONError) -> [UInt8] {
    var code = try fourDigits(at: start)
    if (0xd800..<0xdc00).contains(code) {
      guard take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else {
        throw fault(.loneSurrogate, at: start)
      }
      let low = try fourDigits(at: offset - 2)
      guard (0xdc00..<0xe000).contains(low) else { throw fault(.loneSurrogate, at: start) }
      code = 0x10000 + (code - 0xd800) << 10 + (low - 0xdc00)
    }
    guard let scalar = Unicode.Scalar(code) else { throw fault(.loneSurrogate, at: start) }
    return Array(String(Character(scalar)).utf8)
  }

  private mutating func fourDigits(at start: Int) throws(JSONError) -> UInt32 {
    var code: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = next else { throw fault(.unexpectedEnd, at: offset) }
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw fault(.invalidEscape, at: start)
      }
      code = code << 4 | UInt32(digit)
      offset += 1
    }
    return code
  }

  /// Takes digits and returns how many there were.
  private mutating func digits() -> Int {
    let start = offset
    while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { offset += 1 }
    return offset - start
  }

  private mutating func number() throws(JSONError) {
    let start = offset
    let isNegative = take(UInt8(ascii: "-"))
    let isZero = next == UInt8(ascii: "0")
    let count = digits()
    var isInteger = true
    guard count > 0, !isZero || count == 1 else { throw fault(.invalidNumber, at: start) }
    if take(UInt8(ascii: ".")) {
      isInteger = false
      guard digits() > 0 else { throw fault(.invalidNumber, at: start) }
    }
    if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
      isInteger = false
      if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
      guard digits() > 0 else { throw fault(.invalidNumber, at: start) }
    }
    try endOfScalar(else: .invalidNumber)
    let text = json.string(start..<offset)
    if isInteger {
      let fits = isNegative ? Int64(text) != nil : UInt64(text) != nil
      guard fits else { throw fault(.integerOutOfRange, at: start) }
    } else if Double(text)?.isInfinite ?? true {
      throw fault(.floatOutOfRange, at: start)
    }
  }
}

extension Character {
  fileprivate var isASCIIAlphanumeric: Bool {
    isASCII && (isLetter || isNumber)
  }
}
