/// A SHA-256, 32 bytes held in place: no array, no allocation.
///
package struct MerkleHash: Hashable, Sendable {
  /// How many bytes a hash has.
  package static let sizeBytes = 32

  /// Word i holds the bytes 8i to 8i + 7, the first of them in its highest bits.
  package let words: (UInt64, UInt64, UInt64, UInt64)

  /// The hash whose 32 bytes are the four words, big-endian, one after the other.
  package init(_ first: UInt64, _ second: UInt64, _ third: UInt64, _ fourth: UInt64) {
    words = (first, second, third, fourth)
  }

  /// The 32 bytes of `bytes` from `offset` on.
  ///
  /// - Precondition: `offset + 32 <= bytes.byteCount`.
  package init(_ bytes: RawSpan, at offset: Int = 0) {
    self.init(
      bytes.bigEndianWord(at: offset), bytes.bigEndianWord(at: offset + 8),
      bytes.bigEndianWord(at: offset + 16), bytes.bigEndianWord(at: offset + 24))
  }

  /// The hash that `bytes` are, or nil where they are not 32.
  package init?(bytes: [UInt8]) {
    guard bytes.count == Self.sizeBytes else { return nil }
    // SAFETY: bytes have no padding.
    unsafe self.init(bytes.span.bytes)
  }

  /// The hash that 64 hex digits of either case are, or nil where `hex` is anything else.
  package init?(hex: some StringProtocol) {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Self.sizeBytes)
    var high: UInt8?
    for character in hex.utf8 {
      guard bytes.count < Self.sizeBytes, let digit = hexValue(character) else { return nil }
      if let first = high {
        bytes.append(first << 4 | digit)
        high = nil
      } else {
        high = digit
      }
    }
    guard high == nil else { return nil }
    self.init(bytes: bytes)
  }

  /// The 32 bytes, in order. Cost: one allocation.
  package var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Self.sizeBytes)
    append(to: &bytes)
    return bytes
  }

  /// Appends the 32 bytes to `bytes`.
  package func append(to bytes: inout [UInt8]) {
    append(words.0, to: &bytes)
    append(words.1, to: &bytes)
    append(words.2, to: &bytes)
    append(words.3, to: &bytes)
  }

  private func append(_ word: UInt64, to bytes: inout [UInt8]) {
    for shift in stride(from: UInt64(56), through: 0, by: -8) {
      bytes.append(UInt8(truncatingIfNeeded: word >> shift))
    }
  }

  /// 64 lower-case hex digits.
  package var hex: String {
    String(decoding: bytes.flatMap { [hexDigit($0 >> 4), hexDigit($0 & 15)] }, as: UTF8.self)
  }

  package static func == (left: MerkleHash, right: MerkleHash) -> Bool {
    left.words == right.words
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(words.0)
    hasher.combine(words.1)
    hasher.combine(words.2)
    hasher.combine(words.3)
  }
}

extension MerkleHash: CustomStringConvertible {
  /// The hex digits.
  package var description: String { hex }
}

extension RawSpan {
  /// Eight bytes from `offset` on, the first of them the most significant.
  fileprivate func bigEndianWord(at offset: Int) -> UInt64 {
    precondition(offset >= 0 && offset <= byteCount - 8, "a hash reaches past its bytes")
    // SAFETY: the precondition keeps the eight bytes inside the span, and any bytes are a UInt64.
    return unsafe UInt64(bigEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }
}

/// The value of a hex digit of either case, or nil.
private func hexValue(_ character: UInt8) -> UInt8? {
  switch character {
  case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
  case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
  case UInt8(ascii: "A")...UInt8(ascii: "F"): character - UInt8(ascii: "A") + 10
  default: nil
  }
}

/// The lower-case hex digit of a value below 16.
private func hexDigit(_ value: UInt8) -> UInt8 {
  value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
}
