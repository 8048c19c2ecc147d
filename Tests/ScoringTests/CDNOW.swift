import Foundation
import Scoring

/// The well-known sample of 2,357 customers of CDNOW, in hundredths of weeks, as it comes with
/// PyPI's `lifetimes`: from the folder that `RECOUNT_LIFETIMES` names, or from that of an
/// installed package that python3 finds.
enum CDNOW {
  static let isPresent = folder != nil

  static let skipping: String =
    "install PyPI's lifetimes, or name its unpacked folder in RECOUNT_LIFETIMES, to run this"

  private static let folder: URL? = {
    let named = ProcessInfo.processInfo.environment["RECOUNT_LIFETIMES"] ?? found()
    guard let named, !named.isEmpty else { return nil }
    let folder = URL(filePath: named).appending(path: "datasets")
    let file = folder.appending(path: "cdnow_customers_summary.csv").path()
    return FileManager.default.fileExists(atPath: file) ? folder : nil
  }()

  /// Looks for the package without importing it.
  private static func found() -> String? {
    let script = """
      import importlib.util as u
      s = u.find_spec("lifetimes")
      print(s.submodule_search_locations[0] if s else "", end="")
      """
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3", "-c", script]
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return nil }
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return process.terminationStatus == 0 ? String(decoding: data, as: UTF8.self) : nil
  }

  static func histories() throws -> [PurchaseHistory] {
    try rows(of: "cdnow_customers_summary.csv").map { row in
      try PurchaseHistory(
        frequency: row[1] / 100, recency: row[2], age: row[3])
    }
  }

  /// The spends of those who bought again; the file gives means, rounded to cents.
  static func spends() throws -> [GammaGamma.Spend] {
    try rows(of: "cdnow_customers_summary_with_transactions.csv").filter { $0[1] > 0 }.map { row in
      try GammaGamma.Spend(purchases: row[1] / 100, totalMinor: row[4] * (row[1] / 100))
    }
  }

  /// The numbers of a file in hundredths.
  private static func rows(of name: String) throws -> [[Int64]] {
    guard let folder else { return [] }
    let text = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
    return text.split(whereSeparator: \.isNewline).dropFirst().map { line in
      line.split(separator: ",").map { Int64((Double($0)! * 100).rounded()) }
    }
  }
}
