import Host
import Intake
import JSON
package import Ledger
package import Proofs

/// Writes a ledger as lines of JSON: whole, for another version of the product (see
/// ``ExportFormat``), or as CloudEvents for other systems.
///
/// Another process may be writing the ledger: the export ends where that ended at the beginning.
package struct Export {
  package enum Format: String, CaseIterable, Sendable {
    case ndjson
    case cloudevents
  }

  /// What was done.
  package struct Report: Equatable, Sendable {
    package let events: UInt64
    package let blobs: UInt64
    package let bytes: Int
    /// The last position.
    package let size: UInt64
    /// The root of the tree there.
    package let root: MerkleHash
  }

  /// Bytes that are collected before they are written.
  private static let bufferBytes = 1 << 20

  private let data: String
  private let format: Format
  private let from: UInt64
  private let to: UInt64?
  private let kinds: Set<EventKind>

  /// - Parameters:
  ///   - data: The data directory, or a backup.
  ///   - to: The last position; nil: the ledger's end.
  ///   - kinds: Of CloudEvents, which kinds of events.
  package init(
    of data: String, as format: Format, from: UInt64 = 1, to: UInt64? = nil,
    kinds: Set<EventKind> = [.input, .decision, .outcome]
  ) {
    self.data = data
    self.format = format
    self.from = from
    self.to = to
    self.kinds = kinds
  }

  /// Does it.
  /// - Parameters:
  ///   - path: The file, which must not be there; `-` is standard output.
  ///   - progress: Told the position and the last one.
  /// - Throws: ``ArchiveError``, `LedgerError`, `DirectoryError`, `KeyError`; no file is left.
  package func run(
    into path: String, progress: (_ position: UInt64, _ end: UInt64) -> Void = { _, _ in }
  ) throws -> Report {
    try DirectoryLock.requireLedger(directory: data)
    var options = LedgerOptions()
    options.readOnly = true
    let ledger = try Ledger(directory: data + "/ledger", options: options)
    defer { ledger.close() }
    let end = to ?? ledger.end.position
    guard end <= ledger.end.position else {
      throw ArchiveError("\(data) ends at position \(ledger.end.position), before \(end)")
    }
    guard from >= 1, from <= end + 1 else {
      throw ArchiveError("position \(from) is not one of \(data), which has 1 to \(end)")
    }
    let sink = try ByteSink(path: path)
    let root = try ledger.tree.root(end)
    let counts =
      switch format {
      case .ndjson: try writeLines(ledger, through: end, root, to: sink, progress)
      case .cloudevents: try writeCloudEvents(ledger, through: end, to: sink, progress)
      }
    try sink.finish()
    return Report(
      events: counts.events, blobs: counts.blobs, bytes: sink.byteCount, size: end, root: root)
  }

  private func writeLines(
    _ ledger: Ledger, through end: UInt64, _ root: MerkleHash, to sink: ByteSink,
    _ progress: (UInt64, UInt64) -> Void
  ) throws -> (events: UInt64, blobs: UInt64) {
    var writer = ExportLineWriter(names: try ledger.names())
    writer.write(
      ExportHeader(origin: try BackupCheckpoint.origin(of: ledger, in: data), from: from, to: end))
    let blobs = try ledger.blobPositions(from: from, through: end)
    var nextBlob = 0
    var expected = from
    try ledger.forEachEvent(from: from, through: end) { (event) throws -> Bool in
      writer.write(event)
      expected = event.position + 1
      if nextBlob < blobs.count, blobs[nextBlob] == event.position {
        nextBlob += 1
        if let bytes = try ledger.blob(at: event.position) {
          writer.write(Blob(position: event.position, bytes: bytes))
        }
      }
      if writer.bytes.count >= Self.bufferBytes {
        try sink.write(writer.bytes)
        writer.removeAll()
        progress(event.position, end)
      }
      return true
    }
    guard expected == end + 1 else {
      throw ArchiveError("\(data) gave no event at position \(expected): recount verify says more")
    }
    let counts = (events: end + 1 - from, blobs: UInt64(nextBlob))
    writer.write(ExportEnd(events: counts.events, blobs: counts.blobs, size: end, root: root))
    try sink.write(writer.bytes)
    return counts
  }

  private func writeCloudEvents(
    _ ledger: Ledger, through end: UInt64, to sink: ByteSink,
    _ progress: (UInt64, UInt64) -> Void
  ) throws -> (events: UInt64, blobs: UInt64) {
    let names = try ledger.names()
    var writer = JSONWriter()
    var events: UInt64 = 0
    try ledger.forEachEvent(from: from, through: end) { (event) throws -> Bool in
      guard kinds.contains(event.kind) else { return true }
      CloudEventWriter.write(event, type: names.name(.type, event.type) ?? "", to: &writer) {
        Self.writeAttributes(of: event, names, to: &$0)
      }
      writer.newline()
      events += 1
      if writer.bytes.count >= Self.bufferBytes {
        try sink.write(writer.bytes)
        writer.removeAll()
        progress(event.position, end)
      }
      return true
    }
    try sink.write(writer.bytes)
    return (events, 0)
  }

  /// Extension attributes: their names are lower-case letters, their values texts, as numbers of
  /// 64 bits are none of CloudEvents.
  private static func writeAttributes(
    of event: Event, _ names: Names, to writer: inout JSONWriter
  ) {
    writer.field("recountposition", "\(event.position)")
    writer.field("recountkind", event.kind.name)
    if let program = names.name(.program, event.header.program) {
      writer.field("recountprogram", program)
    }
    if event.header.cause > 0 {
      writer.field("recountcause", "\(event.header.cause)")
      writer.field("recountroot", "\(event.header.root)")
    }
  }
}
