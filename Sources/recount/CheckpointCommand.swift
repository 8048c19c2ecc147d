import ArgumentParser
import Host
import JSON
import Ledger
import Proofs

/// `recount checkpoint`.
struct CheckpointCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "checkpoint",
    abstract: "Sign the size and root of the ledger's tree as they are now.",
    discussion: """
      Prints a C2SP checkpoint: a signed note of origin, size and root. Whoever keeps one can find \
      out later whether the ledger still begins with the same records: recount verify \
      --from-checkpoint FILE, or a proof of consistency. Reads beside a running writer.

      JSON: checkpoint (the note's text), origin, size, root (hex), key (the verifier key).
      """)

  @OptionGroup var data: DataOptions

  func run() throws {
    let ledger = try data.openLedger()
    defer { ledger.close() }
    let key = try KeyFolder(directory: data.data).signingKey()
    let size = ledger.end.position
    let root = try ledger.tree.root(size: size)
    let origin = key.verifier.name.text
    let note = try SignedNote(
      text: Checkpoint(origin: origin, size: size, root: root).text, signedBy: [key])
    if data.json {
      Output.json { object in
        object.field("checkpoint", note.text)
        object.field("origin", origin)
        object.field("size", size)
        object.field("root", root.hex)
        object.field("key", key.verifier.text)
      }
    } else {
      Output.write(Array(note.text.utf8), to: 1)
    }
  }
}

extension DataOptions {
  /// Opens the ledger to read, also beside a writer.
  func openLedger() throws -> Ledger {
    try DirectoryLock.requireLedger(directory: data)
    var options = LedgerOptions()
    options.readOnly = true
    return try Ledger(directory: data + "/ledger", options: options)
  }
}
