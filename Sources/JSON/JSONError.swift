/// Why a JSON document was refused, where, and what mends it.
package struct JSONError: Error, Equatable, Sendable {
  /// The rule that was broken; section numbers are those of RFC 8259.
  package enum Kind: Equatable, Sendable {
    /// There is no value, at most white space.
    case empty
    /// The document ends inside a value.
    case unexpectedEnd
    /// A character that cannot stand here (section 2).
    case unexpectedCharacter
    /// Something other than white space follows the value.
    case trailingCharacters
    /// A string that is not UTF-8 (section 8.1).
    case invalidUTF8
    /// A control character in a string that is not escaped (section 7).
    case controlCharacter
    /// An unknown escape, or `\u` without four hexadecimal digits (section 7).
    case invalidEscape
    /// A `\u` escape of half a surrogate pair (section 8.2).
    case loneSurrogate
    /// Not a number by the grammar of section 6, such as 01, 1. or +1.
    case invalidNumber
    /// A number without fraction and exponent below -2^63 or above 2^64 - 1.
    case integerOutOfRange
    /// A number with fraction or exponent beyond the largest finite binary64.
    case floatOutOfRange
    /// A key that occurs twice in one object (section 4).
    case duplicateKey
    /// Arrays and objects nest deeper than the limit.
    case tooDeep
    /// A document of 4 GiB or more.
    case tooLarge
    /// Memory was short.
    case outOfMemory
    /// The parser refused it for a reason that the diagnosis does not know: simdjson's own code.
    case refused(parserCode: Int32)
  }

  /// The rule that was broken.
  package let kind: Kind
  /// The offending byte, counted from the start of the document.
  package let offset: Int
  /// The JSON pointer (RFC 6901) of the value or key concerned; empty for the whole document.
  package let pointer: String

  /// Creates an error.
  package init(_ kind: Kind, at offset: Int = 0, pointer: String = "") {
    self.kind = kind
    self.offset = offset
    self.pointer = pointer
  }
}

extension JSONError: CustomStringConvertible {
  /// What is wrong, the byte offset, the pointer, and what to do about it, in one line.
  package var description: String {
    let place = pointer.isEmpty ? "" : " at \(pointer)"
    return "JSON byte \(offset)\(place): \(problem); \(mend)"
  }

  /// What is wrong, without place or remedy.
  package var problem: String {
    switch kind {
    case .empty: "the document is empty"
    case .unexpectedEnd: "the document ends inside a value"
    case .unexpectedCharacter: "a character stands where it cannot"
    case .trailingCharacters: "something follows the value"
    case .invalidUTF8: "the text is not UTF-8"
    case .controlCharacter: "a string holds a control character"
    case .invalidEscape: "the escape is unknown or incomplete"
    case .loneSurrogate: "half of a surrogate pair stands alone"
    case .invalidNumber: "this is no number"
    case .integerOutOfRange: "the integer does not fit 64 bits, signed or unsigned"
    case .floatOutOfRange: "the number is too large for a binary64 float"
    case .duplicateKey: "the key occurs twice in its object"
    case .tooDeep: "arrays and objects nest too deeply"
    case .tooLarge: "the document is too large"
    case .outOfMemory: "memory is short"
    case .refused(let code): "the parser refused it (\(JSONTranscoder.parserMessage(code)))"
    }
  }

  /// What the producer of the document must do.
  package var mend: String {
    switch kind {
    case .empty: "send one JSON value"
    case .unexpectedEnd: "send the whole document"
    case .unexpectedCharacter: "check quotes, commas, colons and brackets here"
    case .trailingCharacters: "send one value, or one value a line as NDJSON"
    case .invalidUTF8: "encode the document as UTF-8"
    case .controlCharacter: "escape it, as in \\n or \\u0007"
    case .invalidEscape: "use \\\" \\\\ \\/ \\b \\f \\n \\r \\t or \\u and four hexadecimal digits"
    case .loneSurrogate: "send both halves, or the character itself"
    case .invalidNumber: "write digits without leading zeros or plus sign, as in -12.5e3"
    case .integerOutOfRange: "send it as a string, or with a decimal point as a float"
    case .floatOutOfRange: "send it as a string"
    case .duplicateKey: "give each key once"
    case .tooDeep: "flatten the document"
    case .tooLarge: "split it"
    case .outOfMemory: "send smaller documents, or give the process more memory"
    case .refused: "check the document with a JSON validator"
    }
  }
}
