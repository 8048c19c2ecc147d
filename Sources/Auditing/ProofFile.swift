import CBOR
package import JSON
import Proofs

/// A proof as `recount proof --json` prints it.
package enum ProofFile: Sendable {
  case inclusion(InclusionProof)
  case consistency(ConsistencyProof)

  /// The most bytes that a file may have.
  package static let maximumSizeBytes = 16 << 20
  /// The most hashes that a path may have: no tree needs more.
  private static let pathLimit = 128

  /// Reads the JSON object; fields that are not known are passed over.
  /// - Throws: ``ProofRefused`` naming the field.
  package init(json: [UInt8]) throws(ProofRefused) {
    guard json.count <= Self.maximumSizeBytes else {
      throw ProofRefused("the file has \(json.count) bytes: no proof is so large")
    }
    var encoded: [UInt8] = []
    do throws(JSONError) {
      try JSONTranscoder(maximumDepth: 16).transcode(json, into: &encoded)
    } catch {
      throw ProofRefused("the file is no JSON object: \(error)")
    }
    let fields = Fields(CBORView(storage: encoded))
    if fields.has("record") {
      self = .inclusion(try Self.inclusion(fields))
    } else if fields.has("fromRoot") {
      self = .consistency(try Self.consistency(fields))
    } else {
      throw ProofRefused(
        "the file has neither record nor fromRoot: it is none that recount proof --json prints")
    }
  }

  private static func inclusion(_ fields: Fields) throws(ProofRefused) -> InclusionProof {
    InclusionProof(
      record: try fields.base64("record"), index: try fields.number("index"),
      size: try fields.number("size"), leaf: try fields.hash("leaf"),
      path: try fields.path("path", limit: pathLimit), root: try fields.hash("root"),
      checkpoint: try fields.note("checkpoint"), typeName: fields.optionalText("type") ?? "",
      programName: fields.optionalText("program") ?? "")
  }

  private static func consistency(_ fields: Fields) throws(ProofRefused) -> ConsistencyProof {
    ConsistencyProof(
      from: try fields.number("from"), to: try fields.number("to"),
      path: try fields.path("path", limit: pathLimit), fromRoot: try fields.hash("fromRoot"),
      toRoot: try fields.hash("toRoot"),
      checkpoint: fields.has("checkpoint") ? try fields.note("checkpoint") : nil)
  }
}

/// The fields of a proof's object.
private struct Fields {
  let object: CBORView

  init(_ object: CBORView) {
    self.object = object
  }

  func has(_ name: String) -> Bool { object.view(forKey: CBORKey(name)) != nil }

  func optionalText(_ name: String) -> String? { object.view(forKey: CBORKey(name))?.string }

  func text(_ name: String) throws(ProofRefused) -> String {
    guard let text = optionalText(name) else {
      throw ProofRefused("the proof's \(name) is missing, or no text")
    }
    return text
  }

  func number(_ name: String) throws(ProofRefused) -> UInt64 {
    guard let number = object.view(forKey: CBORKey(name))?.uint64 else {
      throw ProofRefused("the proof's \(name) is missing, or no number from 0")
    }
    return number
  }

  func hash(_ name: String) throws(ProofRefused) -> MerkleHash {
    guard let hash = MerkleHash(hex: try text(name)) else {
      throw ProofRefused("the proof's \(name) is not the 64 hex digits of a hash")
    }
    return hash
  }

  func base64(_ name: String) throws(ProofRefused) -> [UInt8] {
    guard let bytes = Base64.decode(try text(name)) else {
      throw ProofRefused("the proof's \(name) is no base 64")
    }
    return bytes
  }

  func path(_ name: String, limit: Int) throws(ProofRefused) -> [MerkleHash] {
    guard let array = object.view(forKey: CBORKey(name)), array.kind == .array else {
      throw ProofRefused("the proof's \(name) is missing, or no list")
    }
    guard array.count <= limit else {
      throw ProofRefused("the proof's \(name) has \(array.count) hashes: no tree needs so many")
    }
    var path: [MerkleHash] = []
    try array.forEachElement { (element) throws(ProofRefused) in
      guard let hash = element.string.flatMap({ MerkleHash(hex: $0) }) else {
        throw ProofRefused(
          "hash \(path.count + 1) of the proof's \(name) is not the 64 hex digits of one")
      }
      path.append(hash)
    }
    return path
  }

  func note(_ name: String) throws(ProofRefused) -> SignedNote {
    let text = try text(name)
    do throws(NoteError) {
      return try SignedNote(parsing: text)
    } catch {
      throw ProofRefused("the proof's \(name): \(error)")
    }
  }
}

// MARK: - Writing

extension InclusionProof {
  /// Writes the fields of the proof's object.
  package func write(to object: inout JSONWriter) {
    object.field("record", Base64.encode(record))
    object.field("index", index)
    object.field("size", size)
    object.field("leaf", leaf.hex)
    object.key("path")
    object.array { array in
      for hash in path { array.string(hash.hex) }
    }
    object.field("root", root.hex)
    object.field("checkpoint", checkpoint.text)
    object.field("position", index + 1)
    object.field("type", typeName)
    object.field("program", programName)
  }
}

extension ConsistencyProof {
  /// Writes the fields of the proof's object.
  package func write(to object: inout JSONWriter) {
    object.field("from", from)
    object.field("to", to)
    object.key("path")
    object.array { array in
      for hash in path { array.string(hash.hex) }
    }
    object.field("fromRoot", fromRoot.hex)
    object.field("toRoot", toRoot.hex)
    if let checkpoint { object.field("checkpoint", checkpoint.text) }
  }
}
