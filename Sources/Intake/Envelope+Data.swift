import CBOR
import CivilTime
import Ledger

extension Envelope {
  /// Microseconds since 1970 UTC of the producer's time, or nil where it gave none.
  func moment(_ bytes: RawSpan, isRequired: Bool) throws(Refusal) -> Int64? {
    guard time != 0 else {
      guard isRequired else { return nil }
      throw Refusal(
        .time, "is missing, and the event clock needs it; \(Attribute.time.mend)")
    }
    let head = CBORWalk.head(bytes, at: time)
    guard let range = head.textRange else {
      throw Refusal(
        .time, "is \(head.kind.noun), not a string; \(Attribute.time.mend)")
    }
    let text = Span<UInt8>(_bytes: bytes.extracting(range))
    let moment: Int64
    do {
      moment = try RFC3339.microseconds(parsing: text)
    } catch {
      throw Refusal(.time, "is \(error)")
    }
    guard moment >= 0 else {
      throw Refusal(.time, "lies before 1970-01-01T00:00:00Z; set the producer's clock")
    }
    return moment
  }

  /// The bytes of the data, after everything that says what they are was checked.
  func payload(_ bytes: RawSpan) throws(Refusal) -> [UInt8] {
    try checkContentType(bytes)
    guard base64 == 0 else {
      throw Refusal(.dataBase64, "is not taken; \(Attribute.dataBase64.mend)")
    }
    // An empty map.
    guard data != 0 else { return [0xa0] }
    let kind = CBORWalk.head(bytes, at: data).kind
    guard kind == .map else {
      throw Refusal(.data, "is \(kind.noun), not an object; \(Attribute.data.mend)")
    }
    let size = dataEnd - data
    guard size <= Limits.payloadBytes else {
      throw Refusal(
        .data,
        "is \(size) bytes as CBOR; at most \(Limits.payloadBytes) fit:"
          + " send less, or where the rest can be found")
    }
    return bytes.array(data..<dataEnd)
  }

  private func checkContentType(_ bytes: RawSpan) throws(Refusal) {
    guard contentType != 0,
      !CBORWalk.matches(bytes, at: contentType, Attribute.Key.json)
    else { return }
    let text = bytes.string(try self.text(bytes, .datacontenttype))
    guard Self.namesJSON(text) else {
      throw Refusal(
        .datacontenttype, "is \"\(text)\", which is not JSON; \(Attribute.datacontenttype.mend)")
    }
  }

  /// Whether a media type has the subtype or the suffix `json` (CloudEvents JSON format,
  /// section 3.1), with any parameters, such as a charset.
  private static func namesJSON(_ text: String) -> Bool {
    let type = text.prefix { $0 != ";" }.lowercased()
    let parts = type.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty else { return false }
    let subtype = parts[1].reversed().drop { $0 == " " || $0 == "\t" }
    return subtype.elementsEqual("json".reversed()) || subtype.starts(with: "+json".reversed())
  }
}

extension CBORKind {
  /// What JSON calls a value of this kind.
  var noun: String {
    switch self {
    case .unsigned, .negative, .float: "a number"
    case .text: "a string"
    case .array: "an array"
    case .map: "an object"
    case .bool: "true or false"
    case .null: "null"
    // JSON has nothing that would become one of these.
    case .bytes, .tag, .undefined, .simple: "no JSON value"
    }
  }
}

extension Refusal {
  /// A refusal for an attribute.
  init(_ attribute: Attribute, _ reason: String) {
    self.init(field: attribute.rawValue, reason: reason)
  }
}

extension RawSpan {
  /// Refuses control characters in the UTF-8 text in `range`: U+0000 to U+001F and U+007F to
  /// U+009F, as CloudEvents 1.0 does (section 3.2).
  func checkControls(_ range: Range<Int>, _ attribute: Attribute) throws(Refusal) {
    var index = range.lowerBound
    while index < range.upperBound {
      let byte = byte(at: index)
      var code: UInt8?
      if byte < 0x20 || byte == 0x7f {
        code = byte
      } else if byte == 0xc2 {
        // Two bytes for U+0080 to U+00BF: the second is the character's number.
        let next = self.byte(at: index + 1)
        if next < 0xa0 { code = next }
      }
      if let code {
        throw Refusal(
          attribute,
          "holds the control character U+00\(Hex.string([code]).uppercased()) at byte"
            + " \(index - range.lowerBound); leave it out")
      }
      index += 1
    }
  }
}
