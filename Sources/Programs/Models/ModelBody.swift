internal import CBOR

/// A model as it lies in the ledger when it was registered by itself: its files by name, as they
/// would lie in a program's folder (`models/ID.yaml`, and for trees the file that it names).
package struct ModelBody: Hashable, Sendable {
  /// The most bytes in all.
  package static let limit = 33 << 20

  /// The model's id.
  package let id: String
  /// The bytes of each file by its name.
  package let files: [String: [UInt8]]

  /// - Throws: Where there is no `models/ID.yaml`, more than two files, or too many bytes.
  package init(id: String, files: [String: [UInt8]]) throws(ModelBodyError) {
    guard files["models/\(id).yaml"] != nil else {
      throw ModelBodyError("has no file models/\(id).yaml")
    }
    guard files.count <= 2 else {
      throw ModelBodyError("has \(files.count) files for one model; at most 2 are allowed")
    }
    let size = files.values.reduce(0) { $0 + $1.count }
    guard size <= Self.limit else {
      throw ModelBodyError("has \(size) bytes; a model may have at most \(Self.limit)")
    }
    self.id = id
    self.files = files
  }

  /// The file that a model of trees names, for whoever gathers the files; nil: none.
  package static func companion(of yaml: [UInt8]) -> String? {
    let root = ProgramReader().parse("model.yaml", yaml)
    return root?["file"]?.scalar?.text
  }

  /// The deterministic CBOR map of name to byte string.
  package func encoded() -> [UInt8] { Self.value(of: files).encoded() }

  /// Reads what ``encoded()`` writes.
  /// - Throws: For anything else, and as ``init(id:files:)`` does.
  package init(id: String, decoding bytes: [UInt8]) throws(ModelBodyError) {
    let value: CBORValue
    do {
      value = try CBORValue(decoding: bytes)
    } catch {
      throw ModelBodyError("is not deterministic CBOR: \(error)")
    }
    var files: [String: [UInt8]] = [:]
    for entry in value.entries ?? [] {
      guard let name = entry.key.string, let content = entry.value.byteString else {
        throw ModelBodyError("is not a CBOR map of file name (text) to content (byte string)")
      }
      files[name] = content
    }
    try self.init(id: id, files: files)
  }

  /// The hash that decisions name: see ``ScoringModel/hash``.
  package var hash: String { Self.hash(of: files) }

  /// See ``hash``.
  static func hash(of files: [String: [UInt8]]) -> String {
    if files.count == 1, let only = files.values.first { return hex(sha256(only)) }
    return hex(sha256(value(of: files).encoded()))
  }

  private static func value(of files: [String: [UInt8]]) -> CBORValue {
    .object(sortedByBytes(files.keys).map { ($0, .bytes(files[$0] ?? [])) })
  }
}

/// Why files are no model's body.
package struct ModelBodyError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The rest of a sentence that begins with "the model".
  package let problem: String

  init(_ problem: String) {
    self.problem = problem
  }

  package var description: String { "the model \(problem)" }
}

extension ScoringModel {
  /// Parses and checks a model that stands by itself.
  /// - Throws: Every problem that was found.
  package init(_ body: ModelBody) throws(ProgramProblems) {
    let reader = ProgramReader()
    let model = reader.model(body.id, files: body.files, place: nil)
    guard let model, reader.problems.isEmpty else {
      throw ProgramProblems(problems: inOrder(reader.problems))
    }
    self = model
  }
}
