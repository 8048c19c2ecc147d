import Foundation
import Testing

/// The rules of the house that a compiler does not know.
@Suite("Tidiness")
struct TidyTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// Folders whose code decides or replays: nothing in them may depend on more than the ledger.
  private static let pureFolders = [
    "Projections", "Sources/Binding", "Sources/CBOR", "Sources/CivilTime", "Sources/Engine",
    "Sources/Expressions", "Sources/Facts", "Sources/Mathematics", "Sources/Policies",
    "Sources/Programs", "Sources/Scoring", "Sources/Simulation",
  ]

  private static func swiftFiles(below folder: String) -> [(path: String, text: String)] {
    let base = root.appending(path: folder)
    let names = FileManager.default.enumerator(atPath: base.path())?.allObjects ?? []
    return names.compactMap { $0 as? String }.filter { $0.hasSuffix(".swift") }.sorted()
      .compactMap { name in
        let url = base.appending(path: name)
        return (try? String(contentsOf: url, encoding: .utf8)).map { ("\(folder)/\(name)", $0) }
      }
  }

  @Test(
    "What decides and replays cannot reach what delivers (law 5)",
    arguments: ["Delivery", "Host", "Intake", "Places"])
  func pureCodeDoesNotImport(module: String) {
    for folder in Self.pureFolders {
      for file in Self.swiftFiles(below: folder) {
        let imports = file.text.split(separator: "\n").filter {
          $0.hasSuffix("import \(module)") || $0.hasSuffix("import \(module) ")
        }
        #expect(imports.isEmpty, "\(file.path) imports \(module)")
      }
    }
  }

  @Test(
    "No clock, no random source, no hash order, no locale in what decides (law 3)",
    arguments: [
      "Date()", "ContinuousClock", "SuspendingClock", "clock_gettime", "gettimeofday",
      "SystemRandomNumberGenerator", ".random(in", ".shuffled(", "UUID()", ".hashValue",
      "Locale.current", "TimeZone.current",
    ])
  func pureCodeDoesNotUse(word: String) {
    for folder in Self.pureFolders {
      for file in Self.swiftFiles(below: folder) {
        #expect(!file.text.contains(word), "\(file.path) uses \(word)")
      }
    }
  }

  @Test(
    "Only its wrapper imports a C library",
    arguments: [("LMDB", "CLMDB"), ("Places", "CMaxMindDB")])
  func onlyTheWrapperImports(wrapper: String, library: String) {
    for folder in ["Sources", "Projections"] {
      for file in Self.swiftFiles(below: folder)
      where !file.path.hasPrefix("Sources/\(wrapper)/") {
        #expect(!file.text.contains("import \(library)"), "\(file.path) imports \(library)")
      }
    }
  }

  @Test("A file is one idea: below 450 lines")
  func filesAreShort() {
    for folder in ["Sources", "Projections"] {
      for file in Self.swiftFiles(below: folder) {
        let lines = file.text.split(separator: "\n", omittingEmptySubsequences: false).count
        #expect(lines <= 450, "\(file.path) has \(lines) lines")
      }
    }
  }

  @Test("The top level holds what the layout names, and nothing else")
  func topLevelIsTheLayout() throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: Self.root.path())
      .filter { !$0.hasPrefix(".") && $0 != "Package.resolved" }
    let allowed = [
      "Makefile", "Package.swift", "Projections", "README.md", "Replays", "Sources", "Tests",
    ]
    #expect(names.allSatisfy { allowed.contains($0) }, "\(names.sorted())")
  }
}
