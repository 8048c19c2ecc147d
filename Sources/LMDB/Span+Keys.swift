extension Span<UInt8> {
  /// The number whose big-endian bytes these are, or nil unless there are 8.
  public var bigEndianUInt64: UInt64? {
    if count != 8 { return nil }
    // Safe: 8 bytes are there; any bits are a number.
    return unsafe withUnsafeBytes { bytes in
      unsafe UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self))
    }
  }

  /// The number that a key of a `.integer` table holds, or nil unless it has 8 bytes.
  public var nativeUInt64: UInt64? {
    if count != 8 { return nil }
    // Safe: as above.
    return unsafe withUnsafeBytes { bytes in unsafe bytes.loadUnaligned(as: UInt64.self) }
  }

  /// A copy of the bytes.
  public var copiedBytes: [UInt8] {
    // Safe: the array copies all bytes before the pointer goes.
    unsafe withUnsafeBytes { bytes in unsafe [UInt8](bytes) }
  }
}

/// Lends the 8 bytes of `key`, big-endian, so that as keys they sort as the numbers do.
@inlinable
public func withBigEndianBytes<R: ~Copyable, E: Error>(
  of key: UInt64, _ body: (Span<UInt8>) throws(E) -> R
) throws(E) -> R {
  let stored = key.bigEndian
  // Safe: the span is only lent to `body`, and `stored` outlives the call.
  return try unsafe withUnsafeBytes(of: stored) { (bytes) throws(E) in
    try unsafe body(Span<UInt8>(_unsafeBytes: bytes))
  }
}
