import Foundation

/// A new directory that disappears with the last reference.
package final class TemporaryDirectory: Sendable {
  package let path: String

  private static let disk = FileManager.default.temporaryDirectory

  /// Containers often have 64 MiB there, which a few ledgers fill.
  private static let memory: URL? = {
    var status = statvfs()
    let path = "/dev/shm"
    let isRoomy = statvfs(path, &status) == 0 && status.f_bavail * status.f_frsize >= 4 << 30
    return isRoomy && access(path, W_OK) == 0 ? URL(filePath: path) : nil
  }()

  /// - Parameter inMemory: Where syncs cost nothing, if the machine has room for that.
  package init(inMemory: Bool = false) {
    let parent = inMemory ? Self.memory ?? Self.disk : Self.disk
    path = parent.appending(path: "recount-test-\(UUID().uuidString)").path()
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
