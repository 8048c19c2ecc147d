extension RawSpan {
  /// The offset of the first ill-formed UTF-8 sequence in `range` (Unicode 15, table 3-7), or nil
  /// where all of it is well-formed. Traps outside the span. Cost: a word a step for ASCII.
  public func invalidUTF8(in range: Range<Int>) -> Int? {
    var position = range.lowerBound
    let end = range.upperBound
    while position < end {
      if byteCount - position >= 8 {
        // Eight bytes at once, those past the range masked out.
        let left = end - position
        let mask: UInt64 = left >= 8 ? .max : ~(.max >> UInt64(8 * left))
        let word = bigEndian(at: position, as: UInt64.self)
        let high = word & 0x8080_8080_8080_8080 & mask
        if high == 0 {
          position += 8
          continue
        }
        position += high.leadingZeroBitCount / 8
      } else if byte(at: position) < 0x80 {
        position += 1
        continue
      }
      guard let length = sequenceLength(at: position, end: end) else { return position }
      position += length
    }
    return nil
  }

  /// The length of the well-formed multi-byte sequence at `position`, or nil.
  private func sequenceLength(at position: Int, end: Int) -> Int? {
    let lead = byte(at: position)
    // What the second byte may be excludes overlong forms, surrogates and values over U+10FFFF.
    let (length, second): (Int, ClosedRange<UInt8>) =
      switch lead {
      case 0xc2...0xdf: (2, 0x80...0xbf)
      case 0xe0: (3, 0xa0...0xbf)
      case 0xed: (3, 0x80...0x9f)
      case 0xe1...0xef: (3, 0x80...0xbf)
      case 0xf0: (4, 0x90...0xbf)
      case 0xf1...0xf3: (4, 0x80...0xbf)
      case 0xf4: (4, 0x80...0x8f)
      default: (0, 0...0)
      }
    guard length > 0, end - position >= length, second.contains(byte(at: position + 1)) else {
      return nil
    }
    for index in 2..<max(2, length) where byte(at: position + index) & 0xc0 != 0x80 {
      return nil
    }
    return length
  }
}
