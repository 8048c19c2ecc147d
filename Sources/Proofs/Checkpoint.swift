/// What a log says of its tree at one size (C2SP tlog-checkpoint): the text of a signed note.
///
/// ```
/// recount.local/1f9c20aa                            the origin: which log
/// 20852163                                          how many leaves
/// CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=      the root, base 64
/// ```
package struct Checkpoint: Equatable, Sendable {
  /// Which log speaks: not empty, one line.
  package let origin: String
  /// How many leaves the tree has.
  package let size: UInt64
  /// The tree's root.
  package let root: MerkleHash
  /// Lines that other logs may add; this product writes none.
  package let extensionLines: [String]

  /// - Precondition: `origin` is not empty and has no newline.
  package init(origin: String, size: UInt64, root: MerkleHash) {
    precondition(
      !origin.isEmpty && !origin.utf8.contains(UInt8(ascii: "\n")),
      "an origin is one line that is not empty")
    self.origin = origin
    self.size = size
    self.root = root
    extensionLines = []
  }

  /// Reads the text of a note that was verified.
  package init(_ note: VerifiedNote) throws(CheckpointError) {
    try self.init(unverifiedText: note.text)
  }

  /// Reads the text of a note, strictly: what `text` writes is what was read.
  ///
  /// - Throws: `CheckpointError` naming the line. Control characters are the note's affair.
  package init(unverifiedText text: String) throws(CheckpointError) {
    var lines = text.utf8.split(
      separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)[...]
    guard lines.popLast()?.isEmpty == true, lines.count >= 3 else { throw .lines }
    guard let origin = lines.popFirst(), !origin.isEmpty else { throw .origin }
    guard let line = lines.popFirst(), let size = UInt64(canonicalDecimal: line) else {
      throw .size
    }
    guard let line = lines.popFirst(), let bytes = Base64.decode(Substring(line)),
      let root = MerkleHash(bytes: bytes)
    else { throw .root }
    guard size > 0 || root == Merkle.emptyRoot else { throw .emptyRoot }
    guard lines.allSatisfy({ !$0.isEmpty }) else { throw .extensionLine }
    self.origin = String(Substring(origin))
    self.size = size
    self.root = root
    extensionLines = lines.map { String(Substring($0)) }
  }

  /// The text to be signed, with its last newline.
  package var text: String {
    let lines = [origin, "\(size)", Base64.encode(root.bytes)] + extensionLines
    return lines.map { "\($0)\n" }.joined()
  }
}

/// Why the text of a note is no checkpoint.
package enum CheckpointError: Error, Equatable {
  /// Fewer than three lines, or no newline at the end.
  case lines
  /// The origin is empty.
  case origin
  /// The size is no decimal number without leading zeros, or too large.
  case size
  /// The root is not 32 bytes in base 64.
  case root
  /// The size is 0, but the root is not that of nothing.
  case emptyRoot
  /// A line behind the root is empty.
  case extensionLine
}

extension CheckpointError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .lines: "a checkpoint has at least three lines: the origin, the size, the root"
    case .origin: "line 1 of the checkpoint is empty: it should be the log's origin"
    case .size: "line 2 of the checkpoint is no size: decimal digits without leading zeros"
    case .root: "line 3 of the checkpoint is no root: 32 bytes in base 64"
    case .emptyRoot: "line 3 of the checkpoint is not the root of a tree without leaves"
    case .extensionLine: "a line behind the checkpoint's root is empty"
    }
  }
}
