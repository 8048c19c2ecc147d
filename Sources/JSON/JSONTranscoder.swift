import CBOR
import CSimdjson

/// JSON documents to deterministic CBOR (RFC 8259 to RFC 8949 section 4.2.1).
///
/// A number without fraction and exponent becomes an integer (-0 becomes 0), any other the
/// shortest float that keeps its value as a binary64; keys are sorted. Refused are integers beyond
/// 64 bits signed or unsigned, floats beyond binary64, duplicate keys, lone surrogates, invalid
/// UTF-8, nesting beyond the limit, and everything that is not one JSON value.
///
/// One transcoder serves one thread at a time and keeps its buffers, which are as large as the
/// largest document so far needed them to be.
///
/// It is safe to use: the handle never leaves it, and is freed with it.
@safe
package final class JSONTranscoder {
  /// The deepest nesting that a caller may allow.
  package static let depthCeiling = 512

  /// How many arrays and objects may contain each other.
  package let maximumDepth: Int
  private let handle: OpaquePointer

  /// Creates a transcoder. Traps where memory for its first buffers, about 1 MB, is short.
  package init(maximumDepth: Int = 32) {
    self.maximumDepth = max(0, min(maximumDepth, Self.depthCeiling))
    // SAFETY: the handle is owned by this object, and freed in `deinit` alone.
    guard let handle = unsafe csimdjson_create(UInt32(self.maximumDepth)) else {
      preconditionFailure("memory for a JSON parser is there")
    }
    unsafe self.handle = handle
  }

  deinit {
    // SAFETY: nothing uses the handle after its owner.
    unsafe csimdjson_destroy(handle)
  }

  /// Appends the document in `range` of `json`, or in all of it, as CBOR to `output`.
  ///
  /// The parser reads past the end of a document. Where the array goes on for 64 bytes after the
  /// range, as it does between the lines of a batch, the document is read in place.
  /// - Throws: The first fault and its place, offsets from the start of the range; `output` is
  ///   then unchanged. Finding the place takes a second, slower walk.
  package func transcode(
    _ json: borrowing [UInt8], in range: Range<Int>? = nil, into output: inout [UInt8]
  ) throws(JSONError) {
    let range = range ?? 0..<json.count
    let readable = json.rawSpan.extracting(range.lowerBound..<json.count)
    try transcode(readable, count: range.count, into: &output)
  }

  /// Appends the document in `json` as CBOR to `output`; see `transcode(_:in:into:)`.
  package func transcode(_ json: RawSpan, into output: inout [UInt8]) throws(JSONError) {
    try transcode(json, count: json.byteCount, into: &output)
  }

  /// Appends the document in `json` as CBOR to `output`; see `transcode(_:in:into:)`.
  package func transcode(_ json: Span<UInt8>, into output: inout [UInt8]) throws(JSONError) {
    // SAFETY: `bytes` is unsafe for elements with padding, which bytes have none of.
    try transcode(unsafe json.bytes, count: json.count, into: &output)
  }

  /// Appends the document in the first `count` bytes of `readable`, whose other bytes the parser
  /// may read and ignores.
  /// - Throws: See `transcode(_:in:into:)`.
  package func transcode(
    _ readable: RawSpan, count: Int, into output: inout [UInt8]
  ) throws(JSONError) {
    precondition(count >= 0 && count <= readable.byteCount, "the document lies in the span")
    // SAFETY: the shim reads `size` bytes, or `readable` where there is padding enough, during the
    // call alone; an empty span may have no address, and then nothing is read.
    let result = unsafe readable.withUnsafeBytes { memory in
      unsafe csimdjson_transcode(
        handle, memory.baseAddress?.assumingMemoryBound(to: UInt8.self), count, memory.count)
    }
    guard unsafe result.status == CSIMDJSON_OK.rawValue else {
      throw fault(
        in: readable.extracting(0..<count), status: unsafe result.status,
        parserCode: unsafe result.parser_code)
    }
    // SAFETY: the shim's bytes are valid until the handle is used again, which is not before the
    // copy is made.
    unsafe output.append(
      contentsOf: UnsafeBufferPointer(start: result.bytes, count: result.count))
  }

  /// Finds the place of a fault that the parser, which is fast because it does not track places,
  /// reported.
  private func fault(in json: RawSpan, status: Int32, parserCode: Int32) -> JSONError {
    switch UInt32(bitPattern: status) {
    case CSIMDJSON_TOO_LARGE.rawValue: return JSONError(.tooLarge)
    case CSIMDJSON_OUT_OF_MEMORY.rawValue: return JSONError(.outOfMemory)
    default:
      return JSONDiagnosis.firstFault(in: json, maximumDepth: maximumDepth)
        ?? JSONError(.refused(parserCode: parserCode))
    }
  }

  /// simdjson's text for one of its error codes.
  static func parserMessage(_ code: Int32) -> String {
    // SAFETY: the shim returns a static string that ends in a zero byte.
    unsafe String(cString: csimdjson_message(code))
  }
}

@available(*, unavailable)
extension JSONTranscoder: Sendable {}
