import CBOR
import Ledger

/// Names that come again and again, checked once: a few dozen types, and the last source.
struct KnownNames {
  /// A type that may come from outside.
  struct KnownType {
    let bytes: [UInt8]
    let text: String
    /// Whether it tells what came of a delivery or an action.
    let isOutcome: Bool
  }

  // Each type has one slot by its hash; a newcomer takes the slot.
  private var types: [KnownType?] = Array(repeating: nil, count: 64)
  private var source: [UInt8] = []
  /// Whether the last source is one of the product's own.
  private var isOwnSource = false

  /// The type in `range`, which is not empty and within its limit.
  mutating func type(_ bytes: RawSpan, _ range: Range<Int>) throws(Refusal) -> KnownType {
    let slot = Self.slot(bytes, range)
    if let known = types[slot], bytes.matches(range, known.bytes.rawSpan) { return known }
    try bytes.checkControls(range, .type)
    let text = bytes.string(range)
    guard !EventType.reserved.contains(text) else {
      throw Refusal(
        .type, "\"\(text)\" is a type of the product's own events; give the event another type")
    }
    let type = KnownType(
      bytes: bytes.array(range), text: text, isOutcome: EventType.outcomes.contains(text))
    types[slot] = type
    return type
  }

  /// The source in `range`, which is not empty and within its limit.
  mutating func source(_ bytes: RawSpan, _ range: Range<Int>) throws(Refusal) -> [UInt8] {
    if bytes.matches(range, source.rawSpan) { return source }
    try bytes.checkControls(range, .source)
    source = bytes.array(range)
    isOwnSource = source.starts(with: "recount:".utf8)
    return source
  }

  /// Refuses the last source where it is the product's own: an input under it could take the id of
  /// a timer or of an outcome that is still to come, which would then pass for a duplicate. An
  /// outcome that was exported may come back.
  func checkSource(of type: KnownType) throws(Refusal) {
    guard isOwnSource, !(type.isOutcome && source.elementsEqual(OwnSource.outcome.utf8)) else {
      return
    }
    throw Refusal(
      .source,
      "\"\(String(decoding: source, as: UTF8.self))\" is the product's own;"
        + " name the producer without recount: in front")
  }

  /// A slot by length, first and last eight bytes, which tell the types of a shop apart.
  private static func slot(_ bytes: RawSpan, _ range: Range<Int>) -> Int {
    let size = range.count
    // What lies behind a type shorter than eight bytes is masked out.
    let mask: UInt64 = size >= 8 ? .max : ~(.max >> UInt64(8 * size))
    let first = bytes.prefix64(at: range.lowerBound) & mask
    let last = size >= 8 ? bytes.bigEndian(at: range.upperBound - 8, as: UInt64.self) : 0
    let mixed = (first ^ (last << 23 | last >> 41)) &* 0x9e37_79b9_7f4a_7c15
    return Int(truncatingIfNeeded: (mixed &+ UInt64(size)) >> 58)
  }
}
