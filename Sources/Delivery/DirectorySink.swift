import CBOR
import CivilTime
import Glibc
import JSON
import Ledger

/// Effects as JSON files in one directory: an outbox to look at, or to be emptied by other
/// programs.
///
/// A file's name says when the effect was requested, on which channel or for which action, and its
/// id: `20240104T114538.000000Z-email-8c1f….json`. Names sort by time, and the same effect always
/// has the same one, so that carrying it out again replaces the file by itself. A file appears
/// whole: it is written under a name that begins with a dot and ends in `.tmp`, then renamed.
///
/// Files are synced together when a pass is settled, not one by one. A crash of the machine before
/// that may leave an empty file; its effect has no outcome then, and the file is written anew.
package struct DirectorySink: Sink {
  /// The longest name that Linux file systems take.
  private static let nameBytes = 255

  /// Where the files lie.
  package let directory: String
  private let syncs: Bool
  private var writer = JSONWriter(layout: .indented)
  /// Whether files were written since the last sync.
  private var hasNewFiles = false

  /// Creates the directory, and those above it, where they are missing.
  /// - Parameter syncs: Whether files are on disk before their outcomes are given out, so that
  ///   they survive a crash of the machine.
  /// - Throws: Where the directory cannot be made.
  package init(directory: String, syncs: Bool = true) throws(SinkError) {
    self.directory = directory
    self.syncs = syncs
    try Self.makeDirectories(directory)
  }

  package mutating func carryOut(
    _ effect: Effect, message: Message?
  ) throws(SinkError) -> EffectOutcome {
    let name = Self.name(of: effect)
    // The name of the file while it is written is five bytes longer.
    guard name.utf8.count <= Self.nameBytes - 5 else {
      return .failed(reason: "id and target are too long for the name of a file: \(name)")
    }
    writer.removeAll()
    Self.write(effect, message, to: &writer)
    writer.newline()
    try DirectoryFile(directory: directory, name: name).replace(with: writer.bytes)
    hasNewFiles = true
    return .done
  }

  package mutating func settle() throws(SinkError) {
    guard syncs && hasNewFiles else { return }
    try DirectoryFile.sync(directory)
    hasNewFiles = false
  }

  /// The name of an effect's file; see the type.
  package static func name(of effect: Effect) -> String {
    let time = RFC3339.string(microseconds: effect.event.recordedAt)
      .filter { $0 != "-" && $0 != ":" }
    return "\(time)-\(portable(effect.target))-\(portable(effect.id)).json"
  }

  /// `text` with every byte that is not a letter, digit, `.`, `_` or `-` of ASCII as `%` and two
  /// hexadecimal digits, so that no text leads out of the directory and no two give one name.
  private static func portable(_ text: String) -> String {
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x2e, 0x5f: bytes.append(byte)
      default:
        bytes.append(0x25)
        bytes += Hex.string([byte]).utf8
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Writes what the file holds: the request's own fields as they are in the ledger, whom it
  /// concerns as `customer`, and for a delivery the message's `subject` and `text`.
  private static func write(
    _ effect: Effect, _ message: Message?, to writer: inout JSONWriter
  ) {
    let event = effect.event
    writer.object { writer in
      writer.field("type", effect.type)
      writer.field("position", event.position)
      writer.field("recordedAt", RFC3339.string(microseconds: event.recordedAt))
      writer.field("customer", event.subject)
      event.payload.forEachEntry { key, value in
        guard let name = key.string, !ownFields.contains(name) else { return }
        writer.field(name, value)
      }
      guard let message else { return }
      if let subject = message.subject { writer.field("subject", subject) }
      writer.field("text", message.text)
    }
  }

  private static let ownFields: [String] = [
    "type", "position", "recordedAt", "customer", "subject", "text",
  ]

  private static func makeDirectories(_ path: String) throws(SinkError) {
    var prefix = path.hasPrefix("/") ? "/" : ""
    for part in path.split(separator: "/") {
      prefix += prefix.isEmpty || prefix.hasSuffix("/") ? "\(part)" : "/\(part)"
      // SAFETY: the path is a text that ends in zero, and the system reads it during the call.
      guard unsafe mkdir(prefix, 0o755) != 0 else { continue }
      let code = errno
      guard code == EEXIST else {
        throw SinkError(directory: path, operation: "create", code: code)
      }
    }
  }
}
