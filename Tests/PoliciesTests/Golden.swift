import Foundation
import Testing

/// The golden logs of this folder: what a history must come to, written by hand from the programs'
/// description. `RECORD_GOLDEN=1 swift test` writes them anew; read the difference before keeping it.
enum Golden {
  private static let folder =
    "/" + #filePath.split(separator: "/").dropLast().joined(separator: "/") + "/Goldens/"

  /// Compares a transcript with the golden log of this name, and shows where they part.
  static func check(
    _ name: String, _ transcript: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let path = folder + name + ".log"
    if ProcessInfo.processInfo.environment["RECORD_GOLDEN"] != nil {
      try transcript.write(toFile: path, atomically: true, encoding: .utf8)
      return
    }
    let golden = lines(try String(contentsOfFile: path, encoding: .utf8))
    let found = lines(transcript)
    guard golden != found else { return }
    let first = zip(golden, found).prefix { $0 == $1 }.count
    Issue.record(
      """
      \(name).log parts at line \(first + 1)
      expected: \(first < golden.count ? golden[first] : "the end")
      found:    \(first < found.count ? found[first] : "the end")
      all that was found:
      \(transcript)
      """, sourceLocation: sourceLocation)
  }

  private static func lines(_ text: String) -> [Substring] {
    text.split(separator: "\n").filter { !$0.hasPrefix("#") }
  }
}
