/// Why bytes were refused as CBOR, where, and what mends it.
///
/// The offset counts bytes from the start of the decoded item, so that a dump of the input and the
/// message can be laid side by side.
public struct CBORError: Error, Equatable, Sendable {
  /// The rule that was broken; section numbers are those of RFC 8949.
  public enum Kind: Equatable, Sendable {
    /// The input ends inside an item (5.3.1), or a stated length reaches past its end.
    case truncated
    /// Bytes follow a complete item.
    case trailingBytes
    /// Additional information 28, 29, 30, or 31 where it has no meaning (section 3).
    case reservedForm
    /// A break code outside an indefinite-length item, or between a key and its value.
    case misplacedBreak
    /// An indefinite-length string holds a chunk of another type or of indefinite length.
    case misplacedChunk
    /// A two-byte simple value below 32 (section 3.3).
    case invalidSimpleValue
    /// A text string that is not UTF-8 (section 3.1).
    case invalidUTF8
    /// A length, integer, tag or float in a longer form than its value needs (section 4.2.1).
    case notShortest
    /// An item of indefinite length (section 4.2.1).
    case indefiniteLength
    /// A map key that sorts before the key in front of it (section 4.2.1).
    case unsortedKeys
    /// A map key that occurs twice (section 5.6).
    case duplicateKey
    /// Arrays, maps and tags nest deeper than the limit of the caller.
    case tooDeep
  }

  /// The rule that was broken.
  public let kind: Kind
  /// The first byte of the offending head, or of the bad UTF-8 sequence. For `truncated`, where
  /// the item that needs more bytes begins.
  public let offset: Int

  /// Creates an error about the byte at `offset`.
  @inlinable
  public init(_ kind: Kind, at offset: Int) {
    self.kind = kind
    self.offset = offset
  }
}

extension CBORError: CustomStringConvertible {
  /// What is wrong, the byte offset, and what to do about it, in one line.
  public var description: String {
    "CBOR byte \(offset): \(problem); \(mend)"
  }

  /// What is wrong, without place or remedy.
  public var problem: String {
    switch kind {
    case .truncated: "the input ends inside an item"
    case .trailingBytes: "bytes follow the item"
    case .reservedForm: "the head uses a reserved form"
    case .misplacedBreak: "a break code stands where an item must be"
    case .misplacedChunk: "a chunk does not belong to its indefinite-length string"
    case .invalidSimpleValue: "a simple value below 32 takes two bytes"
    case .invalidUTF8: "the text is not UTF-8"
    case .notShortest: "the value is written longer than it needs to be"
    case .indefiniteLength: "the item has an indefinite length"
    case .unsortedKeys: "the map key sorts before the one in front of it"
    case .duplicateKey: "the map key occurs twice"
    case .tooDeep: "arrays, maps and tags nest too deeply"
    }
  }

  /// What the producer of the bytes must do.
  public var mend: String {
    switch kind {
    case .truncated: "send the whole item, and lengths that its bytes fill"
    case .trailingBytes: "send one item, or wrap several in an array"
    case .reservedForm: "use additional information 0 to 27"
    case .misplacedBreak: "end only indefinite-length items with a break, after whole entries"
    case .misplacedChunk: "use definite-length chunks of the string's own type"
    case .invalidSimpleValue: "write it in one byte"
    case .invalidUTF8: "encode text as UTF-8, or send a byte string"
    case .notShortest: "encode by RFC 8949 section 4.2.1 (NaN is f97e00)"
    case .indefiniteLength: "state the length in the head"
    case .unsortedKeys: "sort keys by the bytes of their encoding"
    case .duplicateKey: "give each key once"
    case .tooDeep: "flatten the document"
    }
  }
}
