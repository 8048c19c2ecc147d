import CBOR
import Ledger

/// Where the attributes of one event lie in its document's CBOR.
struct Envelope {
  // Offsets of values; 0 where the attribute is absent or null, as the document's own head lies
  // there or before.
  private var specversion = 0
  private var id = 0
  private var source = 0
  private var type = 0
  private var subject = 0
  private(set) var time = 0
  private(set) var contentType = 0
  private(set) var data = 0
  private(set) var dataEnd = 0
  private(set) var base64 = 0

  /// Finds the attributes of the event at `offset`. Cost: one walk over the document.
  init(_ bytes: RawSpan, at offset: Int) throws(Refusal) {
    let map = CBORWalk.head(bytes, at: offset)
    guard map.major == 5 else {
      throw Refusal(field: "", reason: "is \(map.kind.noun); send one JSON object a line")
    }
    var position = map.end
    for _ in 0..<map.length {
      let value = CBORWalk.end(bytes, of: position)
      let end = CBORWalk.end(bytes, of: value)
      if bytes.byte(at: value) != 0xf6 { note(bytes, key: position, value: value, end: end) }
      position = end
    }
  }

  /// Keeps the place of an attribute that the product reads. Keys are told apart by their head,
  /// which holds their length, so that most entries take one comparison or two.
  private mutating func note(_ bytes: RawSpan, key: Int, value: Int, end: Int) {
    switch bytes.byte(at: key) {
    case 0x62:
      if CBORWalk.matches(bytes, at: key, Attribute.Key.id) { id = value }
    case 0x64:
      if CBORWalk.matches(bytes, at: key, Attribute.Key.data) {
        data = value
        dataEnd = end
      } else if CBORWalk.matches(bytes, at: key, Attribute.Key.time) {
        time = value
      } else if CBORWalk.matches(bytes, at: key, Attribute.Key.type) {
        type = value
      }
    case 0x66:
      if CBORWalk.matches(bytes, at: key, Attribute.Key.source) { source = value }
    case 0x67:
      if CBORWalk.matches(bytes, at: key, Attribute.Key.subject) { subject = value }
    case 0x6b:
      if CBORWalk.matches(bytes, at: key, Attribute.Key.specversion) {
        specversion = value
      } else if CBORWalk.matches(bytes, at: key, Attribute.Key.dataBase64) {
        base64 = value
      }
    case 0x6f:
      if CBORWalk.matches(bytes, at: key, Attribute.Key.datacontenttype) { contentType = value }
    default: break
    }
  }

  /// Checks the version of the format.
  func checkVersion(_ bytes: RawSpan) throws(Refusal) {
    guard specversion == 0 || !CBORWalk.matches(bytes, at: specversion, Attribute.Key.version)
    else { return }
    let attribute = Attribute.specversion
    let range = try text(bytes, attribute)
    throw Refusal(
      field: attribute.rawValue,
      reason: "is \"\(bytes.string(range))\"; this product reads CloudEvents 1.0:"
        + " \(attribute.mend)")
  }

  /// Where the text of a required attribute lies: not empty and within its limit.
  func text(_ bytes: RawSpan, _ attribute: Attribute) throws(Refusal) -> Range<Int> {
    let value = offset(of: attribute)
    guard value != 0 else {
      throw Refusal(field: attribute.rawValue, reason: "is missing; \(attribute.mend)")
    }
    let head = CBORWalk.head(bytes, at: value)
    guard let range = head.textRange else {
      throw Refusal(
        field: attribute.rawValue,
        reason: "is \(head.kind.noun), not a string; \(attribute.mend)")
    }
    guard !range.isEmpty else {
      throw Refusal(field: attribute.rawValue, reason: "is empty; \(attribute.mend)")
    }
    let limit = attribute == .type ? Limits.typeBytes : Limits.identifierBytes
    guard range.count <= limit else {
      throw Refusal(
        field: attribute.rawValue,
        reason: "is \(range.count) bytes of UTF-8 long; at most \(limit) fit: shorten it")
    }
    return range
  }

  private func offset(of attribute: Attribute) -> Int {
    switch attribute {
    case .specversion: specversion
    case .id: id
    case .source: source
    case .type: type
    case .subject: subject
    case .time: time
    case .datacontenttype: contentType
    case .data: data
    case .dataBase64: base64
    }
  }
}
