internal import CBOR

/// A program as it lies in the ledger: its files by name, not yet looked into.
package struct ProgramBody: Hashable, Sendable {
  /// The bytes of each file by its name relative to the program's folder, with `/` between parts.
  package let files: [String: [UInt8]]

  /// The given files.
  ///
  /// - Throws: For a name that is no plain relative path, for too many files, and for more than
  ///   `ProgramLimits.bodyBytes` in all.
  package init(files: [String: [UInt8]]) throws(ProgramBodyError) {
    guard files.count <= ProgramLimits.files else {
      throw ProgramBodyError("has \(files.count) files; at most \(ProgramLimits.files) are allowed")
    }
    var size = 0
    for name in sortedByBytes(files.keys) {
      guard ProgramBody.isPlain(name) else {
        throw ProgramBodyError(
          "has a file named \"\(name)\"; a name is a relative path of letters, digits, '.', '_' "
            + "and '-', at most \(ProgramLimits.fileNameBytes) bytes")
      }
      size += files[name]?.count ?? 0
    }
    guard size <= ProgramLimits.bodyBytes else {
      throw ProgramBodyError(
        "has \(size) bytes in its files; at most \(ProgramLimits.bodyBytes) are allowed")
    }
    self.files = files
  }

  /// The names, `program.yaml` first, the others sorted by their bytes.
  package var names: [String] {
    let sorted = sortedByBytes(files.keys)
    return sorted.filter { $0 == "program.yaml" } + sorted.filter { $0 != "program.yaml" }
  }

  /// The deterministic CBOR map of name to byte string. Equal bodies have equal bytes.
  package func encoded() -> [UInt8] {
    value.encoded()
  }

  /// Reads what `encoded()` writes, from bytes that may come from anywhere.
  ///
  /// - Throws: For anything but deterministic CBOR of that shape, and as `init(files:)` does.
  package init(decoding bytes: [UInt8]) throws(ProgramBodyError) {
    let value: CBORValue
    do {
      value = try CBORValue(decoding: bytes)
    } catch {
      throw ProgramBodyError("is not deterministic CBOR: \(error)")
    }
    guard let entries = value.entries else {
      throw ProgramBodyError("is not a CBOR map of file name to bytes")
    }
    var files: [String: [UInt8]] = [:]
    for entry in entries {
      guard let name = entry.key.string, let content = entry.value.byteString else {
        throw ProgramBodyError("is not a CBOR map of file name (text) to content (byte string)")
      }
      files[name] = content
    }
    try self.init(files: files)
  }

  /// The map as CBOR.
  var value: CBORValue {
    .object(sortedByBytes(files.keys).map { ($0, .bytes(files[$0] ?? [])) })
  }

  /// Whether a name can lie below a folder on any system and leads nowhere else.
  private static func isPlain(_ name: String) -> Bool {
    guard !name.isEmpty, name.utf8.count <= ProgramLimits.fileNameBytes else { return false }
    let parts = name.utf8.split(separator: 0x2F, omittingEmptySubsequences: false)
    return parts.allSatisfy { part in
      guard let first = part.first, first != 0x2E else { return false }
      return part.allSatisfy { isNameByte($0) || $0 == 0x2E }
    }
  }
}

/// Why files are no program's body, or a folder could not be read.
package struct ProgramBodyError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The rest of a sentence that begins with "the program".
  package let problem: String

  init(_ problem: String) {
    self.problem = problem
  }

  package var description: String { "the program \(problem)" }
}

/// Names in the order of their UTF-8 bytes, which no locale and no hash seed changes.
func sortedByBytes(_ names: some Sequence<String>) -> [String] {
  names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
}

/// Letters, digits, `_` and `-` of ASCII.
func isNameByte(_ byte: UInt8) -> Bool {
  switch byte {
  case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x2D: true
  default: false
  }
}
