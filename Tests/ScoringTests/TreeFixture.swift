import Foundation
import Scoring
import Testing

/// A model of `Fixtures/` and what libxgboost answered, written by `Fixtures/generate.py`.
struct TreeFixture: Sendable, CustomTestStringConvertible {
  /// One subject, its margin and, on some lines, the approximate contributions and their bias.
  struct Row {
    let values: [FeatureValue]
    let margin: Float
    let contributions: [Double]?
  }

  let name: String
  let file: String
  /// What the file does not tell.
  var categories: [(feature: String, texts: [String])] = []

  var testDescription: String { file }

  static let all = [
    TreeFixture(name: "logistic", file: "logistic.json"),
    TreeFixture(name: "logistic-binary", file: "logistic-binary.ubj"),
    TreeFixture(name: "pruned", file: "pruned.json"),
    TreeFixture(name: "leafwise", file: "leafwise.ubj"),
    TreeFixture(name: "gamma", file: "gamma.json"),
    TreeFixture(name: "raw", file: "raw.json"),
    TreeFixture(name: "codes", file: "codes.json"),
    TreeFixture(name: "frame", file: "frame.json"),
    TreeFixture(
      name: "frame-binary", file: "frame-binary.ubj",
      categories: [("country", ["DE", "FR", "Köln", "UK", "US"])]),
  ]

  static func named(_ name: String) -> TreeFixture { all.first { $0.name == name }! }

  func bytes() throws -> [UInt8] { try Self.bytes(of: file) }

  func model(reasons: Int = 4) throws -> BoostedTrees {
    try BoostedTrees(xgboost: bytes(), id: name, reasons: reasons, categories: categories)
  }

  /// The JSON text, to be changed and read again.
  func text() throws -> String { String(decoding: try bytes(), as: UTF8.self) }

  func rows() throws -> [Row] {
    let text = String(decoding: try Self.bytes(of: "\(name).rows"), as: UTF8.self)
    return try text.split(separator: "\n").map { line in
      let parts = line.split(separator: "~")
      let sides = parts[0].split(separator: "=")
      return Row(
        values: try sides[0].split(separator: " ").map(Self.value),
        margin: try #require(Self.float(sides[1].split(separator: " ")[0])),
        contributions: parts.count == 2
          ? parts[1].split(separator: " ").map { Double($0)! } : nil)
    }
  }

  private static func value(_ cell: Substring) throws -> FeatureValue {
    if cell == "-" { return .missing }
    if cell.hasPrefix("\"") { return .text(String(cell.dropFirst().dropLast())) }
    return .number(Double(try #require(float(cell))))
  }

  private static func float(_ hex: Substring) -> Float? {
    UInt32(hex, radix: 16).map(Float.init(bitPattern:))
  }

  private static func bytes(of file: String) throws -> [UInt8] {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
    return [UInt8](try Data(contentsOf: folder.appending(path: "Fixtures/\(file)")))
  }
}
