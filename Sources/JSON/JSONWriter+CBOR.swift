package import CBOR

extension JSONWriter {
  /// Writes a CBOR item: integers exactly, floats as by `double`, byte strings in base64 (RFC 4648
  /// section 4, padded), undefined and other simple values as null, tagged items without their
  /// tag. Keys that are not text become text: integers by their digits, others in diagnostic
  /// notation.
  package mutating func item(_ view: borrowing CBORView) {
    item(view.storage.rawSpan, at: view.offset)
  }

  /// Writes a CBOR item; see `item(_:)` for views.
  package mutating func item(_ cursor: borrowing CBORCursor) {
    item(cursor.bytes, at: cursor.offset)
  }

  /// Writes the CBOR item at `offset` of validated bytes.
  /// - Returns: The offset after the item.
  @discardableResult
  package mutating func item(_ bytes: RawSpan, at offset: Int) -> Int {
    let head = CBORWalk.head(bytes, at: offset)
    switch head.kind {
    case .unsigned: uint(head.argument)
    case .negative: negative(head.argument)
    case .text: string(utf8: bytes.extracting(head.end..<(head.end + head.length)))
    case .bytes: string(Self.base64(bytes.extracting(head.end..<(head.end + head.length))))
    case .bool: bool(head.initial == 0xf5)
    case .null, .undefined, .simple: null()
    case .float: double(head.double ?? .nan)
    case .tag: return item(bytes, at: head.end)
    case .array: return elements(bytes, head)
    case .map: return entries(bytes, head)
    }
    return (head.major == 2 || head.major == 3) ? head.end + head.length : head.end
  }

  private mutating func elements(_ bytes: RawSpan, _ head: CBORHead) -> Int {
    beginArray()
    var position = head.end
    for _ in 0..<head.length { position = item(bytes, at: position) }
    endArray()
    return position
  }

  private mutating func entries(_ bytes: RawSpan, _ head: CBORHead) -> Int {
    beginObject()
    var position = head.end
    for _ in 0..<head.length {
      let keyHead = CBORWalk.head(bytes, at: position)
      if let range = keyHead.textRange {
        key(utf8: bytes.extracting(range))
        position = range.upperBound
      } else {
        let end = CBORWalk.end(bytes, of: position)
        key(CBORCursor(bytes, at: position).diagnostic)
        position = end
      }
      position = item(bytes, at: position)
    }
    endObject()
    return position
  }

  /// Writes the integer -1 - `argument`.
  private mutating func negative(_ argument: UInt64) {
    if let value = Int64(exactly: argument) { return int(~value) }
    let text = Array(CBORValue.negativeText(argument).utf8)
    raw(text.rawSpan)
  }

  private static func base64(_ bytes: RawSpan) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var text: [UInt8] = []
    text.reserveCapacity((bytes.byteCount + 2) / 3 * 4)
    for start in stride(from: 0, to: bytes.byteCount, by: 3) {
      let count = min(3, bytes.byteCount - start)
      var group: UInt32 = 0
      for index in 0..<count { group |= UInt32(bytes.byte(at: start + index)) << (16 - 8 * index) }
      for index in 0..<4 {
        let digit = Int(group >> (18 - 6 * index) & 63)
        text.append(index <= count ? alphabet[digit] : UInt8(ascii: "="))
      }
    }
    return String(decoding: text, as: UTF8.self)
  }
}
