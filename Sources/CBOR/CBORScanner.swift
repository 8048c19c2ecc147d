/// How strictly outside bytes are taken.
public enum CBORRules: Sendable {
  /// Only the core deterministic encoding (RFC 8949 section 4.2.1): one encoding per value.
  case deterministic
  /// Any well-formed item whose text is UTF-8 and whose maps have distinct keys (section 5.3).
  case wellFormed
}

/// Reads bytes from outside: checks them, or decodes them into values. Never traps, never reads
/// past the span, and never allocates by a length that the input claims.
public struct CBORScanner: ~Escapable {
  /// The deepest nesting that a caller may allow: each level takes a stack frame or two.
  public static let depthCeiling = 512

  let bytes: RawSpan
  let rules: CBORRules
  let maximumDepth: Int
  /// The next byte to read.
  var offset = 0

  /// Begins at the first byte of `bytes`.
  /// - Parameter maximumDepth: 0 takes no array, map or tag; above `depthCeiling` is lowered.
  @_lifetime(copy bytes)
  public init(_ bytes: RawSpan, rules: CBORRules = .deterministic, maximumDepth: Int = 32) {
    self.bytes = bytes
    self.rules = rules
    self.maximumDepth = min(maximumDepth, Self.depthCeiling)
  }

  /// Checks that `bytes` are exactly one item in deterministic encoding.
  /// - Throws: The first rule broken and its offset. Cost: no allocation, about 1 ns a byte.
  public static func validate(_ bytes: RawSpan, maximumDepth: Int = 32) throws(CBORError) {
    var scanner = CBORScanner(bytes, maximumDepth: maximumDepth)
    try scanner.checkItem(depth: 0)
    try scanner.checkEnd()
  }

  /// Checks that `bytes` in `range` are exactly one item in deterministic encoding. Offsets in
  /// errors count from the start of the range. Traps where the range lies outside the array.
  public static func validate(
    _ bytes: [UInt8], in range: Range<Int>? = nil, maximumDepth: Int = 32
  ) throws(CBORError) {
    let span = bytes.rawSpan.extracting(range ?? 0..<bytes.count)
    try validate(span, maximumDepth: maximumDepth)
  }

  /// How many bytes are left.
  var remaining: Int { bytes.byteCount - offset }

  func checkEnd() throws(CBORError) {
    guard remaining == 0 else { throw CBORError(.trailingBytes, at: offset) }
  }

  /// Reads a head and leaves `offset` behind it. Information 31 comes back with argument 0.
  mutating func readHead() throws(CBORError) -> CBORHead {
    let start = offset
    guard remaining > 0 else { throw CBORError(.truncated, at: start) }
    let initial = bytes.byte(at: start)
    let information = initial & 0x1f
    offset += 1
    switch information {
    case 0..<24:
      return CBORHead(initial: initial, argument: UInt64(information), end: offset)
    case 24..<28:
      let width = 1 << Int(information - 24)
      guard remaining >= width else { throw CBORError(.truncated, at: start) }
      let head = CBORWalk.longHead(bytes, at: start, initial: initial)
      offset = head.end
      try checkForm(head, at: start)
      return head
    case 31 where (2...5).contains(initial >> 5) || initial == 0xff:
      guard rules == .wellFormed || initial == 0xff else {
        throw CBORError(.indefiniteLength, at: start)
      }
      return CBORHead(initial: initial, argument: 0, end: offset)
    default:
      throw CBORError(.reservedForm, at: start)
    }
  }

  /// Checks a head whose argument follows the initial byte.
  private func checkForm(_ head: CBORHead, at start: Int) throws(CBORError) {
    if head.initial == 0xf8 {
      guard head.argument >= 32 else { throw CBORError(.invalidSimpleValue, at: start) }
      return
    }
    guard rules == .deterministic else { return }
    let isShortest =
      switch head.initial {
      case 0xf9:
        // The exponent of infinities and NaN: of these only infinity and one NaN remain.
        head.argument & 0x7c00 != 0x7c00 || head.argument & 0x3ff == 0
          || head.argument == UInt64(CBORFloat.nanHalf)
      case 0xfa, 0xfb:
        isShortestFloat(head)
      default:
        head.argument > Self.largestArgument(below: head.information)
      }
    guard isShortest else { throw CBORError(.notShortest, at: start) }
  }

  /// The largest argument that fits a shorter form than that of `information`, 24 to 27.
  private static func largestArgument(below information: UInt8) -> UInt64 {
    switch information {
    case 24: 23
    case 25: 0xff
    case 26: 0xffff
    default: 0xffff_ffff
    }
  }

  private func isShortestFloat(_ head: CBORHead) -> Bool {
    guard let value = head.double else { return false }
    return switch CBORFloat.shortest(value) {
    case .half: false
    case .single: head.initial == 0xfa
    case .double: head.initial == 0xfb
    }
  }

  /// Checks that the rest of the input can hold `count` items of at least `size` bytes each.
  func checkRoom(_ count: UInt64, size: UInt64 = 1, at start: Int) throws(CBORError) {
    guard count <= UInt64(remaining) / size else { throw CBORError(.truncated, at: start) }
  }

  /// Checks that another container may open inside `depth` open ones.
  func checkDepth(_ depth: Int, at start: Int) throws(CBORError) {
    guard depth < maximumDepth else { throw CBORError(.tooDeep, at: start) }
  }
}
