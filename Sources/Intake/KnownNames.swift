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

  private static func slot(_ bytes: RawSpan, _ range: Range<Int>) -> Int {
    // The first and the last eight bytes tell types apart; those of a shorter one overlap the
    // bytes before it in the document, a head of one or two bytes, which says only its length.
    var hash = UInt64(truncatingIfNeeded: range.count)
    for index in range { hash = (hash ^ UInt64(bytes.byte(at: index))) &* 0x9e37_79b9_7f4a_7c15 }
    return Int(truncatingIfNeeded: hash >> 58)
  }
}
