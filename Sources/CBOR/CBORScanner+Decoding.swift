extension CBORScanner {
  /// Decodes the one item that the span holds.
  mutating func decodeWhole() throws(CBORError) -> CBORValue {
    if rules == .deterministic {
      // Order and uniqueness of keys are checked here, on the encoded bytes.
      try checkItem(depth: 0)
      try checkEnd()
      offset = 0
    }
    let value = try decodeItem(depth: 0)
    try checkEnd()
    return value
  }

  private mutating func decodeItem(depth: Int) throws(CBORError) -> CBORValue {
    let start = offset
    let head = try readHead()
    let isIndefinite = head.information == 31
    switch head.major {
    case 0: return .unsigned(head.argument)
    case 1: return .negative(head.argument)
    case 2: return .bytes(try decodeString(head, at: start))
    case 3:
      // Each chunk was checked to be UTF-8, so that nothing is repaired here.
      return .text(String(decoding: try decodeString(head, at: start), as: UTF8.self))
    case 4:
      try checkDepth(depth, at: start)
      try checkRoom(head.argument, at: start)
      return .array(
        try decodeElements(isIndefinite ? nil : head.length, depth: depth + 1))
    case 5:
      try checkDepth(depth, at: start)
      try checkRoom(head.argument, size: 2, at: start)
      return .map(try decodeMap(isIndefinite ? nil : head.length, depth: depth + 1))
    case 6:
      try checkDepth(depth, at: start)
      return .tag(head.argument, try decodeItem(depth: depth + 1))
    default:
      if head.initial == 0xff { throw CBORError(.misplacedBreak, at: start) }
      return Self.simpleOrFloat(head)
    }
  }

  private static func simpleOrFloat(_ head: CBORHead) -> CBORValue {
    if let value = head.double { return .double(value) }
    return switch head.initial {
    case 0xf4: .bool(false)
    case 0xf5: .bool(true)
    case 0xf6: .null
    case 0xf7: .undefined
    default: .simple(UInt8(truncatingIfNeeded: head.argument))
    }
  }

  /// Steps over a break code, if one is next.
  private mutating func takeBreak() -> Bool {
    guard remaining > 0, bytes.byte(at: offset) == 0xff else { return false }
    offset += 1
    return true
  }

  /// The contents of a byte or text string, chunks joined.
  private mutating func decodeString(
    _ head: CBORHead, at start: Int
  ) throws(CBORError) -> [UInt8] {
    guard head.information == 31 else { return try decodeChunk(head, at: start) }
    var contents: [UInt8] = []
    while !takeBreak() {
      let chunkStart = offset
      let chunk = try readHead()
      guard chunk.major == head.major, chunk.information != 31 else {
        throw CBORError(.misplacedChunk, at: chunkStart)
      }
      contents += try decodeChunk(chunk, at: chunkStart)
    }
    return contents
  }

  private mutating func decodeChunk(_ head: CBORHead, at start: Int) throws(CBORError) -> [UInt8] {
    try checkRoom(head.argument, at: start)
    let range = offset..<(offset + head.length)
    if head.major == 3 { try checkUTF8(range) }
    offset = range.upperBound
    return bytes.array(range)
  }

  private mutating func decodeElements(
    _ count: Int?, depth: Int
  ) throws(CBORError) -> [CBORValue] {
    var elements: [CBORValue] = []
    if let count {
      for _ in 0..<count { elements.append(try decodeItem(depth: depth)) }
    } else {
      while !takeBreak() { elements.append(try decodeItem(depth: depth)) }
    }
    return elements
  }

  private mutating func decodeMap(_ count: Int?, depth: Int) throws(CBORError) -> CBORMap {
    var entries: [CBORMap.Entry] = []
    var keyOffsets: [Int] = []
    while count.map({ entries.count < $0 }) ?? !takeBreak() {
      keyOffsets.append(offset)
      let key = try decodeItem(depth: depth)
      entries.append(CBORMap.Entry(key: key, value: try decodeItem(depth: depth)))
    }
    if rules == .deterministic { return CBORMap(sorted: entries) }
    do {
      return try CBORMap(entries)
    } catch {
      // The map numbers its entries; the bytes are what the caller knows.
      throw CBORError(.duplicateKey, at: keyOffsets[error.offset])
    }
  }
}
