import CDeflate

/// Makes zlib streams (RFC 1950) of whole buffers. One thread's.
@safe
struct ZlibCompressor: ~Copyable {
  private let handle: OpaquePointer

  /// - Parameter level: 1 (fast) to 12. Cost: 70 KiB to 1 MiB of memory.
  init(level: Int32 = 1) {
    guard let handle = unsafe libdeflate_alloc_compressor(level) else {
      preconditionFailure("there is no memory for a compressor")
    }
    unsafe self.handle = handle
  }

  deinit {
    unsafe libdeflate_free_compressor(handle)
  }

  /// The stream of `bytes`. Cost: 3 ns a byte at level 1.
  borrowing func stream(of bytes: [UInt8]) -> [UInt8] {
    let bound = unsafe libdeflate_zlib_compress_bound(handle, bytes.count)
    return unsafe [UInt8](unsafeUninitializedCapacity: bound) { buffer, count in
      // SAFETY: the buffer has the room that the library asks for, and `bytes` is borrowed for the
      // call; the library returns how much it wrote.
      count = unsafe bytes.withUnsafeBytes { input in
        unsafe libdeflate_zlib_compress(
          handle, input.baseAddress, input.count, buffer.baseAddress, bound)
      }
    }
  }
}

/// Reads zlib streams (RFC 1950) whose length is known, and checks their Adler-32. One thread's.
@safe
struct ZlibDecompressor: ~Copyable {
  private let handle: OpaquePointer

  init() {
    guard let handle = unsafe libdeflate_alloc_decompressor() else {
      preconditionFailure("there is no memory for a decompressor")
    }
    unsafe self.handle = handle
  }

  deinit {
    unsafe libdeflate_free_decompressor(handle)
  }

  /// Fills the first `count` bytes of `buffer` from `stream`, and lengthens it where it is shorter.
  /// Cost: 0.8 ns a byte.
  /// - Throws: Where the stream is damaged or does not have exactly `count` bytes.
  borrowing func inflate(
    _ stream: RawSpan, count: Int, into buffer: inout [UInt8]
  ) throws(RecordError) {
    if buffer.count < count {
      buffer.append(contentsOf: repeatElement(0, count: count - buffer.count))
    }
    // SAFETY: the library reads `stream` within its bounds and writes at most `count` bytes, which
    // the buffer has.
    let result = unsafe stream.withUnsafeBytes { input in
      unsafe buffer.withUnsafeMutableBytes { output in
        unsafe libdeflate_zlib_decompress(
          handle, input.baseAddress, input.count, output.baseAddress, count, nil)
      }
    }
    guard result == LIBDEFLATE_SUCCESS else {
      throw RecordError("a compressed stream is damaged (\(reason(result)))")
    }
  }

  private borrowing func reason(_ result: libdeflate_result) -> String {
    switch result {
    case LIBDEFLATE_SHORT_OUTPUT: "it is shorter than stated"
    case LIBDEFLATE_INSUFFICIENT_SPACE: "it is longer than stated"
    default: "its data or checksum are wrong"
    }
  }
}

/// CRC-32 as in zlib, PNG and Ethernet (ISO 3309), which finds what storage changed.
package enum Checksum {
  /// Cost: about 0.1 ns a byte.
  package static func of(_ bytes: RawSpan) -> UInt32 {
    // SAFETY: the library reads the span within its bounds.
    unsafe bytes.withUnsafeBytes { unsafe libdeflate_crc32(0, $0.baseAddress, $0.count) }
  }
}
