import Foundation

/// A new directory that disappears with the last reference.
package final class TemporaryDirectory: Sendable {
  package let path: String

  package init() {
    path = FileManager.default.temporaryDirectory
      .appending(path: "recount-test-\(UUID().uuidString)").path()
    precondition(mkdir(path, 0o700) == 0, "no directory can be made for a test")
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
  }

  /// A path inside, where nothing is yet.
  package func place(_ name: String) -> String {
    "\(path)/\(name)"
  }

  /// A new directory inside.
  package func inside(_ name: String) -> String {
    let inner = "\(path)/\(name)"
    mkdir(inner, 0o700)
    return inner
  }
}
