package import Ledger
package import Proofs

/// The proof that a record is in a ledger: all that an auditor needs who has the verifier key and
/// nothing else.
package struct InclusionProof: Sendable {
  /// The record, byte for byte as it is in the ledger.
  package let record: [UInt8]
  /// The leaf's index: the position less 1.
  package let index: UInt64
  /// How many records the tree has.
  package let size: UInt64
  /// The record's hash.
  package let leaf: MerkleHash
  /// The hashes from the leaf to the root.
  package let path: [MerkleHash]
  /// The tree's root.
  package let root: MerkleHash
  /// The signed checkpoint of that tree.
  package let checkpoint: SignedNote
  /// What the ledger calls the record's type. No part of the proof.
  package let typeName: String
  /// What the ledger calls the program concerned, empty without one. No part of the proof.
  package let programName: String

  /// Proves the record at `position` in the tree of the first `size` records.
  ///
  /// - Parameter size: nil: all there are.
  /// - Throws: ``ProofRefused`` for positions and sizes that are not there, ``LedgerError``.
  /// - Cost: at most two tiles a level: about 1 ms.
  package init(
    position: UInt64, size: UInt64? = nil, in ledger: Ledger, signedBy key: SigningKey
  ) throws {
    let end = ledger.end.position
    let size = size ?? end
    guard size <= end else {
      throw ProofRefused("there is no tree of \(size) records: the ledger ends at \(end)")
    }
    guard position >= 1, position <= size else {
      throw ProofRefused(
        "position \(position) is not among the first \(size) records"
          + (size > 0 ? ": name one from 1 to \(size)" : ", for there are none"))
    }
    guard let event = try ledger.event(at: position) else {
      throw LedgerError.damaged(position: position, RecordError("the record is missing"))
    }
    let names = try ledger.names()
    let tree = ledger.tree
    record = event.record
    index = position - 1
    self.size = size
    leaf = Merkle.leaf(event.record.span.rawSpan)
    path = try tree.inclusion(index: index, size: size)
    root = try tree.root(size: size)
    checkpoint = try SignedNote(
      text: Checkpoint(origin: key.verifier.name.text, size: size, root: root).text, signedBy: [key]
    )
    typeName = names.name(.type, event.type) ?? ""
    programName = names.name(.program, event.header.program) ?? ""
  }

  init(
    record: [UInt8], index: UInt64, size: UInt64, leaf: MerkleHash, path: [MerkleHash],
    root: MerkleHash, checkpoint: SignedNote, typeName: String, programName: String
  ) {
    self.record = record
    self.index = index
    self.size = size
    self.leaf = leaf
    self.path = path
    self.root = root
    self.checkpoint = checkpoint
    self.typeName = typeName
    self.programName = programName
  }

  /// Checks the whole proof: record to leaf, leaf to root, root to checkpoint, checkpoint to key.
  ///
  /// - Returns: The record as an event at its position.
  /// - Throws: ``ProofRefused`` with the step that fails.
  package func verify(by key: VerifierKey) throws(ProofRefused) -> Event {
    let hash = Merkle.leaf(record.span.rawSpan)
    guard hash == leaf else {
      throw ProofRefused(
        "the record hashes to \(hash), not to the leaf \(leaf): record or leaf was changed")
    }
    do throws(ProofError) {
      try Merkle.verifyInclusion(leaf: leaf, index: index, size: size, path: path, root: root)
    } catch {
      throw ProofRefused("\(error)")
    }
    let stated = try Checkpoint(verifying: checkpoint, by: key)
    guard stated.size == size, stated.root == root else {
      throw ProofRefused(
        "the checkpoint states \(stated.size) records with the root \(stated.root), the proof "
          + "\(size) with \(root): they do not belong together")
    }
    do throws(RecordError) {
      return try Event(validating: record, at: index + 1)
    } catch {
      throw ProofRefused("the ledger holds these bytes, but they are no record: \(error)")
    }
  }
}

/// A proof cannot be made, or proves nothing.
package struct ProofRefused: Error, CustomStringConvertible {
  /// Why, with the step that fails, and both sides.
  package let description: String

  init(_ description: String) {
    self.description = description
  }
}

extension Checkpoint {
  /// Reads a checkpoint that `key` has signed in its own log's name.
  /// - Throws: ``ProofRefused``.
  package init(verifying note: SignedNote, by key: VerifierKey) throws(ProofRefused) {
    let verified: VerifiedNote
    do throws(NoteError) {
      verified = try note.verified(by: [key])
    } catch {
      throw ProofRefused("the checkpoint: \(error)")
    }
    do throws(CheckpointError) {
      try self.init(verified)
    } catch {
      throw ProofRefused("the signed text is no checkpoint: \(error)")
    }
    guard origin.utf8.elementsEqual(key.name.utf8) else {
      throw ProofRefused(
        "the checkpoint is about \(origin), and the key is that of \(key.name.text): another log's")
    }
  }
}
