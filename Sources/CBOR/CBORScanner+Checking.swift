extension CBORScanner {
  /// Checks the deterministic item at `offset`, which lies inside `depth` containers.
  mutating func checkItem(depth: Int) throws(CBORError) {
    let start = offset
    if checkShortScalar() { return }
    let head = try readHead()
    switch head.major {
    case 2:
      try checkRoom(head.argument, at: start)
      offset += head.length
    case 3:
      try checkRoom(head.argument, at: start)
      try checkUTF8(offset..<(offset + head.length))
      offset += head.length
    case 4:
      try checkDepth(depth, at: start)
      try checkRoom(head.argument, at: start)
      for _ in 0..<head.length { try checkItem(depth: depth + 1) }
    case 5:
      try checkDepth(depth, at: start)
      try checkRoom(head.argument, size: 2, at: start)
      try checkEntries(head.length, depth: depth + 1)
    case 6:
      try checkDepth(depth, at: start)
      try checkItem(depth: depth + 1)
    case 7 where head.initial == 0xff:
      throw CBORError(.misplacedBreak, at: start)
    default:
      break
    }
  }

  /// Steps over an integer or simple value of one byte, or a short text, which most items are.
  /// False, with nothing changed, where the item is another or not in order.
  private mutating func checkShortScalar() -> Bool {
    guard remaining > 0 else { return false }
    let initial = bytes.byte(at: offset)
    guard initial & 0x1f < 24 else { return false }
    switch initial >> 5 {
    case 0, 1, 7:
      offset += 1
      return true
    case 3:
      let end = offset + 1 + Int(initial & 0x1f)
      guard end <= bytes.byteCount, bytes.invalidUTF8(in: (offset + 1)..<end) == nil else {
        return false
      }
      offset = end
      return true
    default:
      return false
    }
  }

  private mutating func checkEntries(_ count: Int, depth: Int) throws(CBORError) {
    var previous = 0..<0
    for index in 0..<count {
      let start = offset
      try checkItem(depth: depth)
      let key = start..<offset
      if index > 0 {
        let order = bytes.compare(previous, with: key)
        if order == 0 { throw CBORError(.duplicateKey, at: start) }
        if order > 0 { throw CBORError(.unsortedKeys, at: start) }
      }
      previous = key
      try checkItem(depth: depth)
    }
  }

  /// Checks that `range`, inside the span, is UTF-8.
  func checkUTF8(_ range: Range<Int>) throws(CBORError) {
    if let offset = bytes.invalidUTF8(in: range) { throw CBORError(.invalidUTF8, at: offset) }
  }
}
