import Engine
import Host
import Policies
import Testing

/// The views of a directory.
enum Views {
  /// Opens the directory, and checks that recovered views are those that a rebuild makes.
  static func check(_ directory: String) throws {
    let host = try Host(reading: directory)
    let recovered = try host.store.engine.digest().map { "\($0.table) \($0.digest)" }
    _ = try host.store.engine.rebuild()
    let rebuilt = try host.store.engine.digest().map { "\($0.table) \($0.digest)" }
    #expect(recovered == rebuilt, "recovered views are not what a rebuild makes")
    try host.close()
  }
}
