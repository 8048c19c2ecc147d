import ArgumentParser
import Host
import JSON
import Proofs

/// `recount init`.
struct Init: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make a data directory with a signing key, or give an existing one a key.",
    discussion: """
      The key signs the ledger's checkpoints. It lies in DIR/keys/signing (mode 0600), its public \
      half in DIR/keys/verifier: give that to whoever shall check proofs. ingest and demo make a \
      key for a new directory by themselves; this command is for a name or a key of your own, and \
      for directories without one. A key that is there is never written over: exit 1.

      JSON: directory, origin, key (the verifier key, name+id+base64), new (whether the ledger is).
      """)

  @OptionGroup var data: DataOptions
  @Option(
    help: ArgumentHelp(
      "What the ledger is called in its checkpoints, such as shop.example/ledger; by default "
        + "recount.local/ with eight digits of the key's hash. At most 128 bytes, without spaces "
        + "and plus signs.", valueName: "name"))
  var origin: String?
  @Option(help: "A file with a private key, PRIVATE+KEY+name+id+base64; its name is the origin.")
  var key: String?

  func validate() throws {
    if origin != nil && key != nil {
      throw ValidationError("a key has its origin in its name: give --origin or --key")
    }
  }

  func run() throws {
    let name = try origin.map { try KeyFolder.origin($0) }
    let signing = try key.map { try KeyFolder.signingKey(at: $0) }
    let made = try Host.prepare(
      directory: data.data, key: try signing ?? KeyFolder.newKey(origin: name))
    if data.json {
      Output.json { object in
        object.field("directory", data.data)
        object.field("origin", made.verifier.name.text)
        object.field("key", made.verifier.text)
        object.field("new", made.isNew)
      }
    } else {
      Output.line(
        made.isNew
          ? "\(data.data) has an empty ledger and a key"
          : "\(data.data) has a key; its ledger is as it was")
      Output.line("origin        \(made.verifier.name.text)")
      Output.line("verifier key  \(made.verifier.text)")
    }
  }
}
