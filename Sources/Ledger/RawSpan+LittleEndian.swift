public import CBOR

extension Span<UInt8> {
  /// The same bytes, untyped.
  public var rawSpan: RawSpan {
    @_lifetime(copy self)
    get {
      // SAFETY: every byte of a span of bytes is initialised, and the lifetime is the same.
      unsafe bytes
    }
  }
}

extension RawSpan {
  /// The little-endian integer of `T`'s width at `offset`. Traps if it reaches outside the span.
  @inlinable
  public func littleEndian<T: FixedWidthInteger & BitwiseCopyable>(
    at offset: Int, as type: T.Type
  ) -> T {
    bigEndian(at: offset, as: T.self).byteSwapped
  }
}
