// The only door of this module to untyped memory: bounds are checked by the span in every build,
// and the loaded types are integers, for which any bit pattern is a value.

extension RawSpan {
  /// The byte at `offset`. Traps outside the span.
  @inlinable
  public func byte(at offset: Int) -> UInt8 {
    // SAFETY: `unsafeLoad` checks the bounds; a byte has no alignment and no invalid pattern.
    unsafe unsafeLoad(fromByteOffset: offset, as: UInt8.self)
  }

  /// The big-endian integer of `T`'s width at `offset`. Traps if it reaches outside the span.
  @inlinable
  public func bigEndian<T: FixedWidthInteger & BitwiseCopyable>(
    at offset: Int, as type: T.Type
  ) -> T {
    // SAFETY: `unsafeLoadUnaligned` checks the bounds; an integer has no invalid pattern.
    T(bigEndian: unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: T.self))
  }

  /// The first eight bytes from `offset` as a big-endian integer, with zeros for those that lie
  /// past the end. Traps if `offset` lies outside the span.
  @inlinable
  public func prefix64(at offset: Int) -> UInt64 {
    if byteCount &- offset >= 8 { return bigEndian(at: offset, as: UInt64.self) }
    return shortPrefix(at: offset)
  }

  /// `prefix64` where less than eight bytes are left, as two loads that may overlap.
  @inlinable
  func shortPrefix(at offset: Int) -> UInt64 {
    let count = byteCount - offset
    let shift = UInt64(64 - 8 * count)
    if count >= 4 {
      let last = UInt64(bigEndian(at: byteCount - 4, as: UInt32.self))
      return UInt64(bigEndian(at: offset, as: UInt32.self)) << 32 | last << shift
    }
    if count >= 2 {
      let last = UInt64(bigEndian(at: byteCount - 2, as: UInt16.self))
      return UInt64(bigEndian(at: offset, as: UInt16.self)) << 48 | last << shift
    }
    return count == 1 ? UInt64(byte(at: offset)) << 56 : 0
  }

  /// Orders two ranges of this span as unsigned bytes, a prefix before what it begins.
  /// - Returns: Negative, zero or positive, as in C. Cost: a word a step.
  @inlinable
  public func compare(_ left: Range<Int>, with right: Range<Int>) -> Int {
    var (l, r) = (left.lowerBound, right.lowerBound)
    // Most keys differ within eight bytes. What lies behind a shorter range is loaded as well,
    // and counts for nothing, as a difference there is not taken.
    let (a, b) = (prefix64(at: l), prefix64(at: r))
    if (a ^ b).leadingZeroBitCount &>> 3 < min(8, left.count, right.count) { return a < b ? -1 : 1 }
    while left.upperBound &- l >= 8 && right.upperBound &- r >= 8 {
      let a = bigEndian(at: l, as: UInt64.self)
      let b = bigEndian(at: r, as: UInt64.self)
      if a != b { return a < b ? -1 : 1 }
      (l, r) = (l &+ 8, r &+ 8)
    }
    while l < left.upperBound && r < right.upperBound {
      let (a, b) = (byte(at: l), byte(at: r))
      if a != b { return a < b ? -1 : 1 }
      (l, r) = (l &+ 1, r &+ 1)
    }
    return left.count - right.count
  }

  /// Whether `range` holds exactly `other`. Cost: a word a step.
  @inlinable
  public func matches(_ range: Range<Int>, _ other: RawSpan) -> Bool {
    guard range.count == other.byteCount else { return false }
    var index = 0
    while other.byteCount &- index >= 8 {
      let a = bigEndian(at: range.lowerBound &+ index, as: UInt64.self)
      guard a == other.bigEndian(at: index, as: UInt64.self) else { return false }
      index &+= 8
    }
    while index < other.byteCount {
      guard byte(at: range.lowerBound &+ index) == other.byte(at: index) else { return false }
      index &+= 1
    }
    return true
  }

  /// The text in `range`; ill-formed UTF-8 is repaired with U+FFFD. Traps outside the span.
  @inlinable
  public func string(_ range: Range<Int>) -> String {
    let slice = extracting(range)
    // SAFETY: the pointer is used inside the closure only, and `extracting` checked the bounds.
    return unsafe slice.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
  }

  /// The bytes in `range`, copied. Traps outside the span.
  @inlinable
  public func array(_ range: Range<Int>) -> [UInt8] {
    let slice = extracting(range)
    // SAFETY: the pointer is used inside the closure only, and `extracting` checked the bounds.
    return unsafe slice.withUnsafeBytes { unsafe [UInt8]($0) }
  }
}

extension [UInt8] {
  /// The elements as untyped bytes, borrowed.
  @inlinable
  public var rawSpan: RawSpan {
    @_lifetime(borrow self)
    get {
      // SAFETY: `bytes` is unsafe for elements with padding, which bytes have none of.
      unsafe span.bytes
    }
  }

  /// Appends all bytes of a span.
  @inlinable
  public mutating func append(_ bytes: RawSpan) {
    // SAFETY: the pointer is used inside the closure only.
    unsafe bytes.withUnsafeBytes { unsafe append(contentsOf: $0) }
  }
}
