import CivilTime
import Expressions
import ExpressionsConformance
import Foundation
import Testing

/// Rules from the machine's TZif files.
struct SystemTimeZones: TimeZoneRules {
  func offsetSeconds(zone: String, atUnixSeconds seconds: Int64) -> Int32? {
    guard !zone.contains(".."),
      let data = FileManager.default.contents(
        atPath: "/usr/share/zoneinfo/\(zone)"),
      let table = try? TimeZoneTable(tzif: Array(data))
    else { return nil }
    return table.offsetSeconds(atUnixSeconds: seconds)
  }
}

private let conformanceDirectory = URL(filePath: #filePath).deletingLastPathComponent()
  .appending(path: "../../../shared/cel-conformance").standardizedFileURL.path

private let hasConformanceFiles = FileManager.default.fileExists(atPath: conformanceDirectory)

/// How many tests of each file pass.
private let recorded: [(file: String, passed: Int)] = [
  ("basic", 27), ("bindings_ext", 2), ("block_ext", 18), ("comparisons", 166),
  ("conversions", 56), ("encoders_ext", 3), ("fields", 27), ("fp_math", 16),
  ("integer_math", 29), ("lists", 21), ("logic", 16), ("macros", 14), ("macros2", 20),
  ("math_ext", 105), ("namespace", 6), ("network_ext", 35), ("optionals", 23), ("parse", 94),
  ("plumbing", 3), ("string", 24), ("string_ext", 115), ("timestamps", 40),
  ("type_deduction", 11),
]

@Suite("CEL conformance", .enabled(if: hasConformanceFiles, "needs ../shared/cel-conformance"))
struct ConformanceTests {
  @Test("No fewer tests pass than recorded", arguments: recorded)
  func passesAsRecorded(file: String, passed: Int) throws {
    let path = "\(conformanceDirectory)/\(file).json"
    let data = try #require(FileManager.default.contents(atPath: path))
    let suite = try ConformanceSuite(json: Array(data))
    var count = 0
    for result in suite.results(timeZones: SystemTimeZones()) {
      switch result.outcome {
      case .passed: count += 1
      case .failed(let expected, let got):
        print("\(file)/\(result.section)/\(result.name): \(result.expression)")
        print("  expected \(expected), got \(got)")
      case .skipped: break
      }
    }
    #expect(count >= passed, "\(file)")
  }
}
