/// The parts of a regular expression.
indirect enum PatternPiece: Sendable {
  case empty
  case set(CharacterSet)
  case sequence([PatternPiece])
  case alternatives([PatternPiece])
  case repetition(PatternPiece, least: Int, most: Int?, isGreedy: Bool)
  /// A group; numbered from 1 if it captures.
  case group(PatternPiece, number: Int?)
  case assertion(PatternAssertion)
}

/// A condition on a place in the text.
enum PatternAssertion: Sendable {
  case textStart, textEnd, lineStart, lineEnd, wordBoundary, noWordBoundary
}

/// Why a pattern is not a regular expression.
struct PatternError: Error {
  let message: String
}

/// Reads RE2's syntax (github.com/google/re2/wiki/Syntax) without Unicode scripts and `\C`.
struct PatternParser {
  private static let maximumNesting = 100
  private static let maximumRepeat = 1_000

  private struct Flags {
    var foldsCase = false
    var dotMatchesNewline = false
    var isMultiline = false
    var isUngreedy = false
  }

  private let scalars: [Unicode.Scalar]
  private var position = 0
  private var flags = Flags()
  private var nesting = 0
  private(set) var groupCount = 0

  init(_ pattern: String) {
    scalars = Array(pattern.unicodeScalars)
  }

  mutating func parse() throws(PatternError) -> PatternPiece {
    let piece = try alternatives()
    guard position == scalars.count else { throw PatternError(message: "unexpected ')'") }
    return piece
  }

  private func peek(_ ahead: Int = 0) -> Unicode.Scalar? {
    position + ahead < scalars.count ? scalars[position + ahead] : nil
  }

  private mutating func skip(_ text: String) -> Bool {
    let wanted = Array(text.unicodeScalars)
    guard scalars[position...].starts(with: wanted) else { return false }
    position += wanted.count
    return true
  }

  private mutating func alternatives() throws(PatternError) -> PatternPiece {
    nesting += 1
    defer { nesting -= 1 }
    guard nesting <= PatternParser.maximumNesting else {
      throw PatternError(message: "groups are nested more than 100 deep")
    }
    var pieces = [try sequence()]
    while skip("|") { pieces.append(try sequence()) }
    return pieces.count == 1 ? pieces[0] : .alternatives(pieces)
  }

  private mutating func sequence() throws(PatternError) -> PatternPiece {
    var pieces: [PatternPiece] = []
    while let next = peek(), next != "|", next != ")" {
      if skip("\\Q") {
        while position < scalars.count, !skip("\\E") {
          pieces.append(literal(scalars[position]))
          position += 1
        }
        continue
      }
      guard let piece = try atom() else { continue }
      pieces.append(try repeated(piece))
    }
    return pieces.count == 1 ? pieces[0] : pieces.isEmpty ? .empty : .sequence(pieces)
  }

  private mutating func repeated(_ piece: PatternPiece) throws(PatternError) -> PatternPiece {
    let (least, most): (Int, Int?)
    if skip("*") {
      (least, most) = (0, nil)
    } else if skip("+") {
      (least, most) = (1, nil)
    } else if skip("?") {
      (least, most) = (0, 1)
    } else if let bounds = try bounds() {
      (least, most) = bounds
    } else {
      return piece
    }
    let isLazy = skip("?")
    if let next = peek(), next == "*" || next == "+" || next == "?" {
      throw PatternError(message: "one repetition right after another")
    }
    return .repetition(piece, least: least, most: most, isGreedy: isLazy == flags.isUngreedy)
  }

  /// `{n}`, `{n,}` or `{n,m}`; a brace that is none of them is a plain character.
  private mutating func bounds() throws(PatternError) -> (Int, Int?)? {
    let start = position
    guard skip("{"), let least = number() else {
      position = start
      return nil
    }
    var most: Int? = least
    if skip(",") { most = number() }
    guard skip("}") else {
      position = start
      return nil
    }
    guard least <= PatternParser.maximumRepeat, most ?? 0 <= PatternParser.maximumRepeat,
      least <= most ?? least
    else { throw PatternError(message: "a repetition is at most 1000 times, the least first") }
    return (least, most)
  }

  private mutating func number() -> Int? {
    let digits = scalars[position...].prefix { $0.value &- 0x30 <= 9 }
    guard !digits.isEmpty, digits.count <= 6 else { return nil }
    position += digits.count
    return digits.reduce(0) { $0 * 10 + Int($1.value - 0x30) }
  }

  private func literal(_ scalar: Unicode.Scalar) -> PatternPiece {
    set([scalar.value...scalar.value])
  }

  private func set(_ ranges: [ClosedRange<UInt32>], isNegated: Bool = false) -> PatternPiece {
    var set = CharacterSet(ranges)
    set.isNegated = isNegated
    return .set(flags.foldsCase ? set.foldingCase : set)
  }

  /// nil for what stands for nothing, such as `(?i)`.
  private mutating func atom() throws(PatternError) -> PatternPiece? {
    guard let first = peek() else { return nil }
    switch first {
    case "(": return try group()
    case "[": return try bracket()
    case ".":
      position += 1
      return flags.dotMatchesNewline ? set([0...0x10FFFF]) : set([0x0A...0x0A], isNegated: true)
    case "^":
      position += 1
      return .assertion(flags.isMultiline ? .lineStart : .textStart)
    case "$":
      position += 1
      return .assertion(flags.isMultiline ? .lineEnd : .textEnd)
    case "*", "+", "?": throw PatternError(message: "nothing before '\(first)' to repeat")
    case "\\": return try escape()
    default:
      position += 1
      return literal(first)
    }
  }

  private mutating func group() throws(PatternError) -> PatternPiece? {
    position += 1
    var number: Int?
    let before = flags
    if skip("?") {
      if skip("P<") || skip("<") {
        let name = scalars[position...].prefix {
          $0 == "_" || ($0.isASCII && $0.properties.isAlphabetic) || $0.value &- 0x30 <= 9
        }
        position += name.count
        guard !name.isEmpty, skip(">") else {
          throw PatternError(message: "a group's name holds letters, digits and '_' only")
        }
        groupCount += 1
        number = groupCount
      } else if try !readFlags() {
        // `(?i)` holds until the group around it ends.
        return nil
      }
    } else {
      groupCount += 1
      number = groupCount
    }
    let inner = try alternatives()
    guard skip(")") else { throw PatternError(message: "a group is not closed") }
    flags = before
    return .group(inner, number: number)
  }

  /// Reads `i-s:`; whether a group follows.
  private mutating func readFlags() throws(PatternError) -> Bool {
    var isOn = true
    while let next = peek() {
      position += 1
      switch next {
      case "i": flags.foldsCase = isOn
      case "s": flags.dotMatchesNewline = isOn
      case "m": flags.isMultiline = isOn
      case "U": flags.isUngreedy = isOn
      case "-" where isOn: isOn = false
      case ":": return true
      case ")": return false
      default: throw PatternError(message: "unknown flag '\(next)' after '(?'")
      }
    }
    throw PatternError(message: "a group is not closed")
  }

  private mutating func escape() throws(PatternError) -> PatternPiece {
    let assertions: [Unicode.Scalar: PatternAssertion] = [
      "A": .textStart, "z": .textEnd, "b": .wordBoundary, "B": .noWordBoundary,
    ]
    if let next = peek(1), let assertion = assertions[next] {
      position += 2
      return .assertion(assertion)
    }
    if let set = try classEscape() { return .set(flags.foldsCase ? set.foldingCase : set) }
    return literal(try characterEscape())
  }

  /// `\d`, `\W`, `\pL`, `\P{Lu}`; nil if another escape stands here.
  private mutating func classEscape() throws(PatternError) -> CharacterSet? {
    guard let letter = peek(1) else { return nil }
    let small = Unicode.Scalar(letter.value | 0x20).map { String($0) } ?? ""
    if letter.isASCII, ["d", "s", "w"].contains(small), let ranges = CharacterSet.named[small] {
      position += 2
      let set = CharacterSet(ranges)
      return letter.value & 0x20 != 0 ? set : CharacterSet(set.complement)
    }
    guard letter == "p" || letter == "P" else { return nil }
    position += 2
    var name = ""
    var isNegated = letter == "P"
    if skip("{") {
      if skip("^") { isNegated.toggle() }
      while let next = peek(), next != "}" {
        name.unicodeScalars.append(next)
        position += 1
      }
      guard skip("}") else { throw PatternError(message: "'\\p{' is not closed") }
    } else if let next = peek() {
      name = String(next)
      position += 1
    }
    if name == "Any" { return CharacterSet(isNegated ? [] : [0...0x10FFFF]) }
    guard CharacterSet.isCategory(name) else {
      throw PatternError(message: "unknown category '\(name)': use L, Lu, Nd, …")
    }
    var set = CharacterSet([])
    set.categories = [(name, isNegated)]
    return set
  }

  private mutating func characterEscape() throws(PatternError) -> Unicode.Scalar {
    guard let letter = peek(1) else { throw PatternError(message: "it ends with '\\'") }
    position += 2
    switch letter {
    case "a": return "\u{07}"
    case "f": return "\u{0C}"
    case "n": return "\n"
    case "r": return "\r"
    case "t": return "\t"
    case "v": return "\u{0B}"
    case "x": return try hexEscape()
    case "0"..."7":
      var value = letter.value - 0x30
      // One digit that is not zero would be a reference to a group, which no RE2 pattern has.
      guard letter == "0" || peek().map({ $0.value &- 0x30 < 8 }) == true else {
        throw PatternError(message: "references to groups are not supported")
      }
      for _ in 0..<2 {
        guard let digit = peek(), digit.value &- 0x30 < 8 else { break }
        value = value * 8 + digit.value - 0x30
        position += 1
      }
      return Unicode.Scalar(value) ?? "\0"
    default:
      guard letter.isASCII, !letter.properties.isAlphabetic, letter.value &- 0x30 > 9 else {
        throw PatternError(message: "unknown escape '\\\(letter)'")
      }
      return letter
    }
  }

  private mutating func hexEscape() throws(PatternError) -> Unicode.Scalar {
    let isBraced = skip("{")
    var value: UInt32 = 0
    var count = 0
    while let next = peek(), next.isASCII, let digit = hexValue(UInt8(next.value)),
      count < (isBraced ? 6 : 2)
    {
      value = value << 4 | digit
      count += 1
      position += 1
    }
    guard count > 0, isBraced ? skip("}") : count == 2, let scalar = Unicode.Scalar(value) else {
      throw PatternError(message: "'\\x' needs two digits, or a code point in braces")
    }
    return scalar
  }

  private mutating func bracket() throws(PatternError) -> PatternPiece {
    position += 1
    let isNegated = skip("^")
    var ranges: [ClosedRange<UInt32>] = []
    var categories: [(prefix: String, isNegated: Bool)] = []
    var isFirst = true
    while true {
      guard let next = peek() else { throw PatternError(message: "'[' is not closed") }
      if next == "]", !isFirst { break }
      isFirst = false
      if next == "[", peek(1) == ":" {
        ranges += try posixClass()
        continue
      }
      if next == "\\", let found = try classEscape() {
        ranges += found.ranges
        categories += found.categories
        continue
      }
      let low = try bracketCharacter()
      var high = low
      if peek() == "-", let after = peek(1), after != "]" {
        position += 1
        high = try bracketCharacter()
      }
      guard low.value <= high.value else {
        throw PatternError(message: "the range '\(low)-\(high)' is turned round")
      }
      ranges.append(low.value...high.value)
    }
    position += 1
    var set = CharacterSet(ranges)
    set.categories = categories
    set.isNegated = isNegated
    return .set(flags.foldsCase ? set.foldingCase : set)
  }

  private mutating func bracketCharacter() throws(PatternError) -> Unicode.Scalar {
    guard let next = peek() else { throw PatternError(message: "'[' is not closed") }
    if next == "\\" { return try characterEscape() }
    position += 1
    return next
  }

  private mutating func posixClass() throws(PatternError) -> [ClosedRange<UInt32>] {
    position += 2
    let isNegated = skip("^")
    let name = String(String.UnicodeScalarView(scalars[position...].prefix { $0 != ":" }))
    position += name.unicodeScalars.count
    guard skip(":]"), name.utf8.count > 1, let ranges = CharacterSet.named[name] else {
      throw PatternError(message: "unknown class '[:\(name):]'")
    }
    return isNegated ? CharacterSet(ranges).complement : ranges
  }
}
