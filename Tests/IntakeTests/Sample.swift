import Engine
import Foundation
import Intake

/// A valid event, and ways to spoil it.
enum Sample {
  static let attributes: [(String, String)] = [
    ("specversion", #""1.0""#), ("id", #""row-1""#), ("source", #""//shop.example/web""#),
    ("type", #""order.placed""#), ("subject", #""user_1""#),
    ("time", #""2024-01-04T11:45:38Z""#), ("datacontenttype", #""application/json""#),
    ("data", #"{"total":4200,"items":[{"sku":"a","price":1.5}]}"#),
  ]

  /// The line with some attributes given other JSON, added at the end where they are new, or left
  /// out where nil.
  static func line(_ changes: [String: String?] = [:]) -> [UInt8] {
    var pairs: [(String, String)] = []
    for (name, value) in attributes {
      switch changes[name] {
      case .none: pairs.append((name, value))
      case .some(let changed?): pairs.append((name, changed))
      case .some(nil): break
      }
    }
    let known = Set(attributes.map { $0.0 })
    for name in changes.keys.sorted() where !known.contains(name) {
      if let value = changes[name] ?? nil { pairs.append((name, value)) }
    }
    let text = pairs.map { #""\#($0.0)":\#($0.1)"# }.joined(separator: ",")
    return Array("{\(text)}".utf8)
  }

  static func read(
    _ json: [UInt8], requiresTime: Bool = false
  ) -> Result<Input, Refusal> {
    var reader = CloudEventReader()
    return reader.read(json, requiresTime: requiresTime)
  }

  /// The folder with data shared between tests, which a checkout may lack.
  static let clickstream = URL(filePath: #filePath).resolvingSymlinksInPath()
    .deletingLastPathComponent().appending(path: "../../../shared/data/shop-clickstream.ndjson.gz")
    .standardizedFileURL
}

/// A directory that a test may fill, removed at the end.
final class ScratchDirectory {
  let path: String

  init() {
    path = FileManager.default.temporaryDirectory
      .appending(path: "recount-\(UUID().uuidString)").path(percentEncoded: false)
    try! FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String, _ bytes: some Sequence<UInt8>) -> String {
    let file = "\(path)/\(name)"
    precondition(FileManager.default.createFile(atPath: file, contents: Data(bytes)))
    return file
  }
}
