import ArgumentParser
import Auditing
import CBOR
import CivilTime
import Explaining
import JSON
import Ledger
import Proofs

/// `recount verify-proof`.
struct VerifyProof: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify-proof",
    abstract: "Check a proof without the ledger, with its verifier key alone.",
    discussion: """
      FILE is what recount proof --json printed. Of a record: its bytes hash to the leaf, the path \
      leads from there to the root, the checkpoint states that root and size, and the key has \
      signed it. Of consistency: give the checkpoint that you kept with --checkpoint; the newer \
      one is in the file, or a second --checkpoint. The file is all that is read.

      The record names its type and program by number. What the file calls them is shown, but is \
      no part of the proof.

      Exit codes: 0 it holds, 1 it does not. JSON: valid, proof (inclusion or consistency), \
      reason (null when valid), origin, key; of a record position, size, root, record {kind, type, \
      typeNumber, subject, source, id, program, programNumber, recordedAt, occurredAt, cause, \
      root, data}; of consistency from, to, fromRoot, toRoot.
      """)

  @Argument(help: "The proof, or - for standard input.")
  var file: String
  @Option(help: "The verifier key, name+id+base64, or a file with it.")
  var key: String
  @Option(help: "A checkpoint to hold a proof of consistency to; the older one first.")
  var checkpoint: [String] = []
  @Flag(help: "Print one JSON object as the last line of standard output.")
  var json = false

  func validate() throws {
    guard checkpoint.count <= 2 else {
      throw ValidationError("a proof of consistency has two checkpoints, not \(checkpoint.count)")
    }
  }

  func run() throws {
    let key = try KeyText.verifier(self.key)
    let notes = try checkpoint.map { try SignedNote(file: SmallFile.read($0), named: $0) }
    let bytes = try SmallFile.read(file)
    do throws(ProofRefused) {
      switch try ProofFile(json: bytes) {
      case .inclusion(let proof): show(proof, try proof.verify(by: key), key)
      case .consistency(let proof):
        try proof.verify(
          older: notes.first, newer: notes.count == 2 ? notes[1] : nil, by: key)
        show(proof, key)
      }
    } catch {
      if json {
        Output.json { object in
          object.field("valid", false)
          object.field("reason", error.description)
        }
      } else {
        Output.line("The proof does not hold: \(error)")
      }
      throw ExitCode(1)
    }
  }

  // MARK: - Output

  private func show(_ proof: InclusionProof, _ event: Event, _ key: VerifierKey) {
    if json {
      Output.json { object in
        head("inclusion", key, &object)
        object.field("position", event.position)
        object.field("size", proof.size)
        object.field("root", proof.root.hex)
        object.key("record")
        object.object { write(event, proof, to: &$0) }
      }
      return
    }
    var page = TextPage.terminal()
    page.line("The proof holds.")
    page.pairs([
      ("record", "\(proof.record.count) bytes, which hash to the leaf \(proof.leaf)"),
      (
        "path",
        "\(proof.path.count) hashes, which lead from leaf \(proof.index) to the root \(proof.root)"
      ),
      ("checkpoint", "states this root for \(proof.size) records"),
      ("signature", "is that of \(key.name.text)+\(key.id.hex)"),
    ])
    page.heading("So the ledger \(key.name.text) has at position \(event.position):")
    page.pairs(description(of: event, proof))
    Output.write(Array(page.text.utf8), to: 1)
  }

  private func show(_ proof: ConsistencyProof, _ key: VerifierKey) {
    if json {
      Output.json { object in
        head("consistency", key, &object)
        object.field("from", proof.from)
        object.field("to", proof.to)
        object.field("fromRoot", proof.fromRoot.hex)
        object.field("toRoot", proof.toRoot.hex)
      }
      return
    }
    var page = TextPage.terminal()
    page.line("The proof holds.")
    page.pairs([
      ("older", "\(proof.from) records, root \(proof.fromRoot), as the checkpoint states"),
      ("newer", "\(proof.to) records, root \(proof.toRoot), as the checkpoint states"),
      ("path", "\(proof.path.count) hashes, which lead to both roots"),
      ("signatures", "are those of \(key.name.text)+\(key.id.hex)"),
    ])
    page.line(
      "So the ledger \(key.name.text) of \(proof.to) records begins with the same \(proof.from).")
    Output.write(Array(page.text.utf8), to: 1)
  }

  private func head(_ kind: String, _ key: VerifierKey, _ object: inout JSONWriter) {
    object.field("valid", true)
    object.field("proof", kind)
    object.key("reason")
    object.null()
    object.field("origin", key.name.text)
    object.field("key", key.text)
  }

  private func write(_ event: Event, _ proof: InclusionProof, to object: inout JSONWriter) {
    let header = event.header
    let externalID = event.externalID
    object.field("kind", event.kind.name)
    object.field("type", proof.typeName)
    object.field("typeNumber", UInt64(event.type))
    object.field("subject", event.subject)
    object.field("source", event.source)
    object.field("id", externalID.isEmpty ? header.id.hex : externalID)
    object.field("program", proof.programName)
    object.field("programNumber", UInt64(header.program))
    object.field("recordedAt", RFC3339.string(microseconds: header.recordedAt))
    object.field("occurredAt", RFC3339.string(microseconds: header.occurredAt))
    object.field("cause", header.cause)
    object.field("root", header.root)
    object.field("data", event.payload)
  }

  private func description(
    of event: Event, _ proof: InclusionProof
  ) -> [(name: String, value: String)] {
    let header = event.header
    let called = { (name: String) in
      name.isEmpty ? "" : " (\(Printable.text(name)), says the file)"
    }
    var lines = [
      ("kind", event.kind.name), ("type", "number \(event.type)\(called(proof.typeName))"),
    ]
    if header.program > 0 {
      lines.append(("program", "number \(header.program)\(called(proof.programName))"))
    }
    for (name, text) in [
      ("subject", event.subject), ("source", event.source), ("external id", event.externalID),
    ] where !text.isEmpty { lines.append((name, Printable.text(text))) }
    lines += [
      ("id", header.id.hex), ("recorded", Printable.time(header.recordedAt)),
      ("occurred", Printable.time(header.occurredAt)),
    ]
    if header.cause > 0 { lines.append(("cause", "position \(header.cause)")) }
    lines.append(("data", Printable.value(event.payload.value)))
    return lines
  }
}
