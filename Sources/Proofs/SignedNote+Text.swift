extension SignedNote {
  private static let newline = UInt8(ascii: "\n")
  /// An em dash and a space, with which each signature's line begins.
  private static let dash: [UInt8] = [0xe2, 0x80, 0x94, 0x20]

  /// Reads a note, strictly: what `text` writes is what was read.
  ///
  /// - Throws: `.tooLarge`, `.text`, `.noSignature`, `.signatureLine` or `.tooManySignatures`.
  package init(parsing text: String) throws(NoteError) {
    try self.init(parsing: Array(text.utf8))
  }

  /// Reads a note from its bytes, which need not be UTF-8.
  package init(parsing bytes: [UInt8]) throws(NoteError) {
    guard bytes.count <= Self.maximumSizeBytes else { throw .tooLarge(sizeBytes: bytes.count) }
    try Self.checkText(bytes)
    // The text may have empty lines: the last one parts it from the signatures.
    guard let end = Self.lastEmptyLine(bytes) else { throw .noSignature }
    var rest = bytes[(end + 1)...]
    guard !rest.isEmpty else { throw .noSignature }
    guard rest.last == Self.newline else { throw .text(.noNewline) }
    rest.removeLast()
    let lines = rest.split(separator: Self.newline, omittingEmptySubsequences: false)
    guard lines.count <= Self.maximumSignatures else {
      throw .tooManySignatures(count: lines.count)
    }
    var signatures: [Signature] = []
    for (index, line) in lines.enumerated() {
      guard let signature = Signature(line: line) else { throw .signatureLine(index + 1) }
      signatures.append(signature)
    }
    self.init(
      unverifiedText: String(decoding: bytes[..<end], as: UTF8.self), signatures: signatures)
  }

  /// The note as it is exchanged, with its last newline.
  package var text: String {
    signatures.reduce(unverifiedText + "\n") { text, signature in
      let bytes = Base64.encode(signature.keyID.bytes + signature.bytes)
      return text + "— \(signature.name.text) \(bytes)\n"
    }
  }

  /// Checks what holds of every byte of a note.
  static func checkText(_ bytes: [UInt8]) throws(NoteError) {
    for (offset, byte) in bytes.enumerated() where byte < 0x20 && byte != newline {
      throw .text(.controlCharacter(offset: offset))
    }
    guard String(validating: bytes, as: UTF8.self) != nil else { throw .text(.notUTF8) }
  }

  /// The offset of the newline that is the last empty line, so that what stands before it ends
  /// with a newline.
  private static func lastEmptyLine(_ bytes: [UInt8]) -> Int? {
    var offset = bytes.count - 1
    while offset > 0 {
      if bytes[offset] == newline, bytes[offset - 1] == newline { return offset }
      offset -= 1
    }
    return nil
  }
}

extension SignedNote.Signature {
  /// Reads `— name base64`, without its newline.
  fileprivate init?(line: ArraySlice<UInt8>) {
    guard line.starts(with: SignedNote.dash) else { return nil }
    let parts = line.dropFirst(SignedNote.dash.count)
      .split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
    guard parts.count == 2 else { return nil }
    guard let name = KeyName(String(decoding: parts[0], as: UTF8.self)) else { return nil }
    guard let bytes = Base64.decode(String(decoding: parts[1], as: UTF8.self)) else { return nil }
    guard bytes.count > 4 else { return nil }
    self.init(
      name: name, keyID: KeyID(bytes.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }),
      bytes: Array(bytes.dropFirst(4)))
  }
}
