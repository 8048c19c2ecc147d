import CBOR
import CivilTime
import JSON
package import Ledger
import Proofs

/// What a line of an export says.
package enum ExportLine: Equatable {
  case header(ExportHeader)
  /// A whole record, as it has to be stored.
  case event(position: UInt64, record: [UInt8])
  case blob(BlobPart)
  case end(ExportEnd)
}

/// A part of a body.
package struct BlobPart: Equatable {
  /// The event that it belongs to.
  let position: UInt64
  /// Where it begins in the body.
  let offset: UInt64
  let bytes: [UInt8]
  /// Of the whole body, in its last part: its size, and its SHA-256 in hex.
  let whole: (size: UInt64, hash: String)?

  package static func == (left: BlobPart, right: BlobPart) -> Bool {
    left.position == right.position && left.offset == right.offset && left.bytes == right.bytes
      && left.whole?.size == right.whole?.size && left.whole?.hash == right.whole?.hash
  }
}

/// Why a line is none of an export.
package struct ExportLineError: Error, Equatable, CustomStringConvertible {
  package let description: String

  init(_ description: String) {
    self.description = description
  }
}

/// Reads the lines of an export, whatever bytes they are; see ``ExportFormat``. One thread's.
package final class ExportLineReader {
  private static let position: CBORKey = "position"
  private let transcoder = JSONTranscoder(maximumDepth: ExportFormat.nesting)
  private var item: [UInt8] = []

  package init() {}

  /// Reads a line.
  /// - Parameters:
  ///   - range: Where it lies in `bytes`; nil: all of them.
  ///   - names: The names given before this line.
  /// - Throws: ``ExportLineError`` naming the field.
  package func read(
    _ bytes: borrowing [UInt8], in range: Range<Int>? = nil, names: Names
  ) throws(ExportLineError) -> ExportLine {
    item.removeAll(keepingCapacity: true)
    do throws(JSONError) {
      try transcoder.transcode(bytes, in: range, into: &item)
    } catch {
      throw ExportLineError("\(error)")
    }
    guard CBORWalk.head(item.rawSpan, at: 0).kind == .map else {
      throw ExportLineError("a line is a JSON object")
    }
    if CBORWalk.value(item.rawSpan, at: 0, for: Self.position) != nil {
      let (position, record) = try EventFields(item).record(item, names)
      return .event(position: position, record: record)
    }
    let line = CBORView(storage: item)
    if let blob = line.view(forKey: "blob") { return .blob(try Self.blob(LineFields(blob))) }
    if let end = line.view(forKey: "end") { return .end(try Self.end(LineFields(end))) }
    if line.view(forKey: "export") != nil { return .header(try Self.header(LineFields(line))) }
    throw ExportLineError("it is no event, body or end of an export")
  }

  private static func header(_ fields: LineFields) throws(ExportLineError) -> ExportHeader {
    let name = try fields.text("export")
    guard name == ExportFormat.name else {
      throw ExportLineError("export: \"\(name)\" is not \"\(ExportFormat.name)\"")
    }
    let version = try fields.number("version")
    guard version == ExportFormat.version else {
      throw ExportLineError(
        "version: \(version) is not \(ExportFormat.version); import it with the version of recount "
          + "that exported it, or a newer one")
    }
    let from = try fields.number("from")
    let to = try fields.number("to")
    guard from > 0, to >= from - 1 else {
      throw ExportLineError("from: \(from) and to: \(to) are no positions")
    }
    return ExportHeader(origin: try fields.text("origin"), from: from, to: to)
  }

  private static func end(_ fields: LineFields) throws(ExportLineError) -> ExportEnd {
    guard let root = MerkleHash(hex: try fields.text("root")) else {
      throw ExportLineError("root: it is 64 hex digits")
    }
    return ExportEnd(
      events: try fields.number("events"), blobs: try fields.number("blobs"),
      size: try fields.number("size"), root: root)
  }

  private static func blob(_ fields: LineFields) throws(ExportLineError) -> BlobPart {
    let isLast = fields.has("size")
    return BlobPart(
      position: try fields.number("position"), offset: try fields.number("offset"),
      bytes: try fields.base64("bytes"),
      whole: isLast ? (try fields.number("size"), try fields.text("sha256")) : nil)
  }
}

/// The fields of an object, by name.
struct LineFields {
  private let object: CBORView

  init(_ object: CBORView) {
    self.object = object
  }

  func has(_ name: String) -> Bool { object.view(forKey: CBORKey(name)) != nil }

  func number(_ name: String) throws(ExportLineError) -> UInt64 {
    guard let value = object.view(forKey: CBORKey(name))?.uint64 else {
      throw ExportLineError("\(name): it is a whole number from 0")
    }
    return value
  }

  func text(_ name: String) throws(ExportLineError) -> String {
    guard let value = object.view(forKey: CBORKey(name))?.string else {
      throw ExportLineError("\(name): it is a text")
    }
    return value
  }

  func base64(_ name: String) throws(ExportLineError) -> [UInt8] {
    guard let bytes = Base64.decode(try text(name)) else {
      throw ExportLineError("\(name): it is no base 64 (RFC 4648, section 4, with padding)")
    }
    return bytes
  }
}
