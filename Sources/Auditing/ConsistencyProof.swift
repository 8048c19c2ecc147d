package import Ledger
package import Proofs

/// The proof that a ledger was only appended to between two sizes.
package struct ConsistencyProof: Sendable {
  /// How many records the older tree has.
  package let from: UInt64
  /// How many records the newer tree has.
  package let to: UInt64
  /// The hashes that lead to both roots.
  package let path: [MerkleHash]
  /// The older tree's root.
  package let fromRoot: MerkleHash
  /// The newer tree's root.
  package let toRoot: MerkleHash
  /// The signed checkpoint of the newer tree; nil where the file has none.
  package let checkpoint: SignedNote?

  /// Proves that the first `to` records begin with the first `from`.
  ///
  /// - Throws: ``ProofRefused`` for sizes that are not there or reversed, ``LedgerError``.
  /// - Cost: at most two tiles a level: about 1 ms.
  package init(
    from: UInt64, to: UInt64, in ledger: Ledger, signedBy key: SigningKey?
  ) throws {
    let end = ledger.end.position
    guard to <= end else {
      throw ProofRefused("there is no tree of \(to) records: the ledger ends at \(end)")
    }
    let tree = ledger.tree
    path = try tree.consistency(from: from, to: to)
    self.from = from
    self.to = to
    fromRoot = try tree.root(size: from)
    let root = try tree.root(size: to)
    toRoot = root
    checkpoint = try key.map { key in
      try SignedNote(
        text: Checkpoint(origin: key.verifier.name.text, size: to, root: root).text, signedBy: [key]
      )
    }
  }

  init(
    from: UInt64, to: UInt64, path: [MerkleHash], fromRoot: MerkleHash, toRoot: MerkleHash,
    checkpoint: SignedNote?
  ) {
    self.from = from
    self.to = to
    self.path = path
    self.fromRoot = fromRoot
    self.toRoot = toRoot
    self.checkpoint = checkpoint
  }

  /// Checks the proof against two checkpoints that `key` has signed.
  ///
  /// - Parameters:
  ///   - older: The checkpoint that was kept elsewhere, without which nothing is proven.
  ///   - newer: nil: the one that the proof brings along.
  /// - Throws: ``ProofRefused`` with the step that fails.
  package func verify(
    older: SignedNote?, newer: SignedNote?, by key: VerifierKey
  ) throws(ProofRefused) {
    guard let older else {
      throw ProofRefused(
        "a proof of consistency proves something only against a checkpoint that you kept: give it "
          + "with --checkpoint FILE")
    }
    guard let newer = newer ?? checkpoint else {
      throw ProofRefused(
        "the proof has no checkpoint of its newer tree: give that with --checkpoint")
    }
    let sides = [
      (try Checkpoint(verifying: older, by: key), from, fromRoot),
      (try Checkpoint(verifying: newer, by: key), to, toRoot),
    ]
    for (stated, size, root) in sides where stated.size != size || stated.root != root {
      throw ProofRefused(
        "a checkpoint states \(stated.size) records with the root \(stated.root), the proof "
          + "\(size) with \(root): they do not belong together")
    }
    do throws(ProofError) {
      try Merkle.verifyConsistency(
        from: from, to: to, path: path, fromRoot: fromRoot, toRoot: toRoot)
    } catch {
      throw ProofRefused("\(error)")
    }
  }
}
