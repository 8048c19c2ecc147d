import CBOR
import CivilTime
import Crypto
package import Engine
import Ledger

/// The rules of all time zones, as they lie in the ledger: the TZif files of a release of the
/// IANA database, each content once.
///
/// The body is the deterministic CBOR map `{"files": [bytes], "zones": {name: index of its file}}`.
package struct TimeZoneBody: Sendable {
  /// How `reference.loaded` names what it brought.
  package static let kind = "time-zones"
  /// A name's limit, in bytes: the longest of the database has 32.
  package static let nameBytes = 64

  /// The files' contents.
  package private(set) var files: [[UInt8]] = []
  /// Names with the index of their file, in the order of their bytes.
  package private(set) var zones: [(name: String, file: Int)] = []

  /// The rules of the given zones. Names that share their rules share a file.
  /// - Throws: ``TimeZoneBodyError`` for bytes that are no TZif file.
  package init(zones given: [String: [UInt8]]) throws(TimeZoneBodyError) {
    var indexes: [[UInt8]: Int] = [:]
    for name in given.keys.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
      guard let bytes = given[name] else { continue }
      do {
        _ = try TimeZoneTable(tzif: bytes)
      } catch {
        throw TimeZoneBodyError(problem: "the zone \(name) is \(error)")
      }
      let index = indexes[bytes] ?? files.count
      if index == files.count {
        indexes[bytes] = index
        files.append(bytes)
      }
      zones.append((name, index))
    }
  }

  /// Reads what ``encoded()`` writes.
  /// - Throws: ``TimeZoneBodyError`` for anything else.
  package init(decoding bytes: [UInt8]) throws(TimeZoneBodyError) {
    let value: CBORValue
    do {
      value = try CBORValue(decoding: bytes)
    } catch {
      throw TimeZoneBodyError(problem: "it is not deterministic CBOR: \(error)")
    }
    guard let elements = value["files"]?.elements, let entries = value["zones"]?.entries else {
      throw TimeZoneBodyError(problem: "it is no map of files and zones")
    }
    for element in elements {
      guard let file = element.byteString else {
        throw TimeZoneBodyError(problem: "a file is no byte string")
      }
      files.append(file)
    }
    for entry in entries {
      guard let name = entry.key.string, let index = entry.value.uint64, index < files.count else {
        throw TimeZoneBodyError(problem: "a zone names no file")
      }
      zones.append((name, Int(index)))
    }
  }

  /// The body's bytes; equal rules have equal bytes.
  package func encoded() -> [UInt8] {
    let value: CBORValue = [
      "files": .array(files.map { .bytes($0) }),
      "zones": .object(zones.map { ($0.name, .unsigned(UInt64($0.file))) }),
    ]
    return value.encoded()
  }

  /// The control event that brings these rules into a ledger.
  /// - Parameters:
  ///   - release: The release of the database, such as `2024b`; empty: unknown.
  ///   - count: How often rules were loaded before, so that the same can be loaded again.
  /// - Returns: The event, and the body's SHA-256 in hex.
  package func loading(release: String, count: Int) -> (event: Input, hash: String) {
    let bytes = encoded()
    let hash = Hex.string(Array(SHA256.hash(data: bytes)))
    let fields: [(String, CBORValue)] = [
      ("kind", .text(Self.kind)), ("name", .text(Self.kind)), ("hash", .text(hash)),
      ("release", .text(release)), ("zones", .unsigned(UInt64(zones.count))),
    ]
    let event = Input(
      kind: .control, type: EventType.referenceLoaded, subject: [],
      source: Array(OwnSource.control.utf8), externalID: Array("\(hash)/\(count)".utf8),
      occurredAt: nil, payload: CBORValue.object(fields).encoded(), blob: bytes)
    return (event, hash)
  }
}

/// Why bytes are no rules of time zones.
package struct TimeZoneBodyError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong.
  package let problem: String

  package var description: String { "not the rules of time zones: \(problem)" }
}
