import CBOR
import CivilTime
import Engine
import Foundation
import Importing
import Intake
import Programs
import TestSupport

/// A mapping and a file, read to the end.
struct Scene {
  /// What a row became.
  struct Taken: Equatable {
    var line: Int
    var type: String
    var subject: String
    var id: String
    var time: String?
    /// The data in CBOR's diagnostic notation.
    var data: String
  }

  var taken: [Taken] = []
  var rejects: [RejectedLine] = []
  var skipped = 0
  var rows = 0

  static func mapping(_ yaml: String) throws -> ImportMapping {
    try ImportMapping(name: "map.yaml", bytes: Array(yaml.utf8))
  }

  /// - Parameter limit: The rows of a batch.
  init(
    _ yaml: String, _ file: some Collection<UInt8>, limit: Int = 2_048, requiresTime: Bool = false
  ) throws {
    let directory = TemporaryDirectory(inMemory: true)
    let path = directory.place("rows")
    try Data(file).write(to: URL(filePath: path))
    let source = try ImportFile(
      path: path, mapping: try Self.mapping(yaml), requiresTime: requiresTime, zones: Self.zone)
    while let batch = try source.nextBatch(limit: limit) {
      rows += batch.lineCount
      skipped += batch.skipped
      rejects += batch.rejects
      for (input, line) in zip(batch.inputs, batch.lines) {
        taken.append(
          Taken(
            line: line, type: input.type, subject: String(decoding: input.subject, as: UTF8.self),
            id: String(decoding: input.externalID, as: UTF8.self),
            time: input.occurredAt.map { RFC3339.string(microseconds: $0) },
            data: (try? CBORValue(decoding: input.payload))?.diagnostic ?? ""))
      }
    }
  }

  /// `Test/Zone`: an hour ahead of UTC in winter, two in summer, as in the European Union.
  static func zone(_ name: String) -> TimeZoneTable? {
    guard name == "Test/Zone" else { return nil }
    // A version 2 file of two empty blocks, whose footer has all the rules.
    func header(types: UInt8) -> [UInt8] {
      Array("TZif2".utf8) + [UInt8](repeating: 0, count: 15)
        + [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, types, 0, 0, 0, 4]
    }
    let type: [UInt8] = [0, 0, 0, 0, 0, 0] + Array("CET\0".utf8)
    let footer = Array("\nCET-1CEST,M3.5.0,M10.5.0/3\n".utf8)
    return try? TimeZoneTable(tzif: header(types: 1) + type + header(types: 1) + type + footer)
  }
}
