import Glibc
import Host
import Ledger
import Policies

/// What a recovery benchmark's process of its own does; it tells its parent by lines.
package enum RecoveryChild {
  /// Takes in the first `count` events of the shop from the one after `skip`, and prints how many
  /// are on disk after each commit. It is meant to be killed.
  package static func load(_ directory: String, count: Int, skip: Int) throws {
    try ShopIngest.run(ShopEvents(count: count), skipping: skip, into: directory) { taken in
      say("\(taken)")
    }
  }

  /// Opens the directory, says when it is ready and at which position, and stops cleanly once its
  /// input ends.
  package static func open(_ directory: String) throws {
    let host = try Host(reading: directory)
    say("\(host.store.ledger.end.position)")
    var byte: UInt8 = 0
    // SAFETY: one byte is read into one.
    while unsafe read(STDIN_FILENO, &byte, 1) > 0 {}
    try host.close()
  }

  private static func say(_ line: String) {
    let bytes = Array("\(line)\n".utf8)
    // SAFETY: the pointer spans the array; a short line goes out in one piece.
    _ = unsafe bytes.withUnsafeBytes { unsafe write(STDOUT_FILENO, $0.baseAddress, $0.count) }
  }
}
