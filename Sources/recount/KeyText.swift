import Auditing
import Glibc
import Proofs

/// Verifier keys as commands take them.
enum KeyText {
  /// The key that `text` is, or that the file of this name holds.
  static func verifier(_ text: String) throws -> VerifierKey {
    do throws(NoteError) {
      return try VerifierKey(text)
    } catch {
      guard unsafe access(text, F_OK) == 0 else {
        throw CommandFailure(
          "\(text): \(error), and there is no such file; give name+id+base64, as in a data "
            + "directory's keys/verifier, or a file with it")
      }
    }
    var bytes = try SmallFile.read(text)
    if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
    do throws(NoteError) {
      return try VerifierKey(String(decoding: bytes, as: UTF8.self))
    } catch {
      throw CommandFailure("\(text): \(error)")
    }
  }
}

extension SignedNote {
  /// The checkpoint in a file: the note itself, or the JSON object of recount checkpoint.
  init(file bytes: [UInt8], named name: String) throws {
    do throws(ProofRefused) {
      self = try CheckpointFile.note(bytes)
    } catch {
      throw CommandFailure("\(name): \(error)")
    }
  }
}

/// Files that are read as a whole.
enum SmallFile {
  /// The bytes of a file, or of standard input for `-`; of one that is larger than any proof a
  /// byte more than a proof may have.
  static func read(_ path: String) throws -> [UInt8] {
    let isInput = path == "-"
    // SAFETY: the path is a text that ends in zero, and the system reads it during the call.
    let file = isInput ? STDIN_FILENO : unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw failure(path) }
    defer { if !isInput { _ = close(file) } }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while bytes.count <= ProofFile.maximumSizeBytes {
      // SAFETY: the pointer spans the array and is used within the closure alone.
      let count = unsafe chunk.withUnsafeMutableBytes {
        unsafe Glibc.read(file, $0.baseAddress, $0.count)
      }
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw failure(path) }
      if count == 0 { break }
      bytes += chunk.prefix(count)
    }
    return bytes
  }

  private static func failure(_ path: String) -> CommandFailure {
    CommandFailure("\(path) cannot be read: \(unsafe String(cString: strerror(errno)))")
  }
}
