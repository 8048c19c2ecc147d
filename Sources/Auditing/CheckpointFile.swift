import CBOR
import JSON
package import Proofs

/// Checkpoints as people keep them.
package enum CheckpointFile {
  /// The note that the bytes are, or that the JSON object of `recount checkpoint` or of a proof
  /// holds. Its signature is not checked.
  /// - Throws: ``ProofRefused``.
  package static func note(_ bytes: [UInt8]) throws(ProofRefused) -> SignedNote {
    var text = bytes
    if bytes.first == UInt8(ascii: "{") {
      var encoded: [UInt8] = []
      do throws(JSONError) {
        try JSONTranscoder(maximumDepth: 16).transcode(bytes, into: &encoded)
      } catch {
        throw ProofRefused("the file is no JSON object: \(error)")
      }
      guard let held = CBORView(storage: encoded).view(forKey: "checkpoint")?.string else {
        throw ProofRefused("the JSON object has no checkpoint")
      }
      text = Array(held.utf8)
    }
    do throws(NoteError) {
      return try SignedNote(parsing: text)
    } catch {
      throw ProofRefused("the checkpoint: \(error)")
    }
  }
}
