import CBOR
import Crypto
import Host
import JSON
import Ledger
package import Proofs

/// Makes a ledger of an export: the same records at the same positions, so that its tree has the
/// root that the export states.
package struct LedgerImport {
  /// What was done.
  package struct Report: Equatable, Sendable {
    package let events: UInt64
    package let blobs: UInt64
    /// The origin that the export states.
    package let origin: String
    package let root: MerkleHash
  }

  private let file: String
  private let data: String

  /// - Parameters:
  ///   - file: The export; `-` is standard input.
  ///   - data: A directory without a ledger; made where it is not there.
  package init(of file: String, into data: String) {
    self.file = file
    self.data = data
  }

  /// Does it. The directory has no ledger until the root is the one that the export states.
  /// - Parameter progress: Told the position and the last one.
  /// - Throws: ``ArchiveError`` with the line; `DirectoryError`, `LedgerError`.
  package func run(
    progress: (_ position: UInt64, _ end: UInt64) -> Void = { _, _ in }
  ) throws -> Report {
    let source = try ByteSource(path: file)
    let place = try NewLedger(in: data)
    do {
      let report = try load(source, into: place, progress)
      try place.put()
      return report
    } catch {
      try place.discard()
      throw error
    }
  }

  private func load(
    _ source: ByteSource, into place: borrowing NewLedger, _ progress: (UInt64, UInt64) -> Void
  ) throws -> Report {
    let ledger = try Ledger(directory: place.path)
    defer { ledger.close() }
    let loader = LedgerLoader(ledger)
    var lines = JSONLines(maximumLength: ExportFormat.lineBytes)
    var isAtEnd = false
    while !isAtEnd {
      let chunk = try source.next()
      if chunk.isEmpty { lines.finish() } else { lines.append(chunk) }
      isAtEnd = chunk.isEmpty
      try load(&lines, loader, source.name, isAtEnd: isAtEnd)
      progress(loader.position, loader.header?.to ?? 0)
    }
    guard let header = loader.header else {
      throw ArchiveError("\(source.name) is empty: it is no export")
    }
    guard let end = loader.end else {
      throw ArchiveError(
        "\(source.name) was cut short: it ends at position \(loader.position) without its last "
          + "line, and should go through \(header.to). Export the ledger again")
    }
    try loader.flush()
    let root = try ledger.tree.root(end.size)
    guard root == end.root else {
      throw ArchiveError(
        "\(source.name) is not what was exported: the root of the tree at \(end.size) events is "
          + "\(root), and its last line states \(end.root). Export the ledger again")
    }
    return Report(events: end.events, blobs: end.blobs, origin: header.origin, root: root)
  }

  /// Takes the lines that are whole; at the end of the file, all.
  private func load(
    _ lines: inout JSONLines, _ loader: LedgerLoader, _ name: String, isAtEnd: Bool
  ) throws {
    while let line = try Self.next(&lines, name) {
      do throws(ExportLineError) {
        try loader.take(lines.buffer, line.range)
      } catch {
        let hint =
          isAtEnd && loader.end == nil ? ". It is the last line: was the file cut short?" : ""
        throw ArchiveError("\(name), line \(line.number): \(error)\(hint)")
      }
      if loader.isFull { try loader.flush() }
    }
  }

  private static func next(
    _ lines: inout JSONLines, _ name: String
  ) throws(ArchiveError) -> JSONLine? {
    do throws(JSONLineError) {
      return try lines.next()
    } catch {
      throw ArchiveError("\(name), \(error)")
    }
  }
}
