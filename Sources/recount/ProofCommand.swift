import ArgumentParser
import Auditing
import Host
import JSON
import Ledger
import Proofs

/// `recount proof`.
struct ProofCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "proof",
    abstract: "Prove that a record is in the ledger, or that the ledger was only appended to.",
    discussion: """
      With --json the proof is complete: whoever has the file and the verifier key can check it \
      without the ledger, with recount verify-proof or with a few lines of any language (RFC 9162, \
      section 2.1.3.2). Reads beside a running writer.

      JSON of --position: record (base64), index (position - 1), size, leaf, path [hex], root, \
      checkpoint (the signed note's text); and position, type, program, which are no part of the \
      proof. JSON of --consistency: from, to, path [hex], fromRoot, toRoot, checkpoint (of the \
      newer tree, where there is a key).
      """)

  @OptionGroup var data: DataOptions
  @Option(help: "Position of the record to prove.")
  var position: UInt64?
  @Option(help: "How many records the tree shall have; by default all there are.")
  var size: UInt64?
  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Two sizes: prove that the larger tree begins with the smaller.", valueName: "from to"))
  var consistency: [UInt64] = []

  func validate() throws {
    guard (position == nil) != consistency.isEmpty else {
      throw ValidationError("give either --position N or --consistency FROM TO")
    }
    guard consistency.isEmpty || (consistency.count == 2 && size == nil) else {
      throw ValidationError("--consistency takes two sizes, FROM and TO, and nothing more")
    }
    if consistency.count == 2, consistency[0] > consistency[1] {
      throw ValidationError(
        "--consistency \(consistency[0]) \(consistency[1]): name the smaller size first")
    }
  }

  func run() throws {
    let ledger = try data.openLedger()
    defer { ledger.close() }
    let keys = KeyFolder(directory: data.data)
    if let position {
      let proof = try InclusionProof(
        position: position, size: size, in: ledger, signedBy: keys.signingKey())
      if data.json { Output.json { proof.write(to: &$0) } } else { print(proof) }
    } else {
      let key = keys.hasKey ? try keys.signingKey() : nil
      let proof = try ConsistencyProof(
        from: consistency[0], to: consistency[1], in: ledger, signedBy: key)
      if data.json { Output.json { proof.write(to: &$0) } } else { print(proof) }
    }
  }

  private func print(_ proof: InclusionProof) {
    Output.line("position    \(proof.index + 1): \(proof.typeName), \(proof.record.count) bytes")
    Output.line("leaf        \(proof.leaf)")
    print(proof.path)
    Output.line("root        \(proof.root), of \(proof.size) records\n")
    Output.line(proof.checkpoint.text)
    Output.line("The proof as a file for recount verify-proof: the same command with --json.")
  }

  private func print(_ proof: ConsistencyProof) {
    Output.line("older root  \(proof.fromRoot), of \(proof.from) records")
    print(proof.path)
    Output.line("newer root  \(proof.toRoot), of \(proof.to) records")
    if let checkpoint = proof.checkpoint { Output.line("\n\(checkpoint.text)") }
  }

  private func print(_ path: [MerkleHash]) {
    for (index, hash) in path.enumerated() {
      Output.line("\(index == 0 ? "path      " : "          ")  \(hash)")
    }
  }
}
