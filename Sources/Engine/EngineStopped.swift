import Glibc

/// The engine works no more: what is in memory is not what the ledger says, and could not be made
/// so again. Nothing that was acknowledged is lost; opening the directory again recovers.
package struct EngineStopped: Error, CustomStringConvertible {
  /// What could not be read.
  package let cause: String

  package var description: String {
    "the engine has stopped, as its state could not be restored after a failure: \(cause). All that "
      + "was acknowledged is in the ledger: end this program, mend the cause, and start it again"
  }
}

/// Stored state that cannot be read in the midst of a decision or a fold.
enum UnreadableState {
  /// Ends the process: going on would record decisions over wrong facts, and the ledger has
  /// everything. Exit code 1, the reason on standard error.
  static func stop(_ what: String, _ error: any Error) -> Never {
    let line = Array("recount: stopped, as \(what) cannot be read: \(error)\n".utf8)
    // Safe: the bytes are the array's own, and read during the call.
    _ = unsafe line.withUnsafeBytes { unsafe write(STDERR_FILENO, $0.baseAddress, $0.count) }
    _exit(1)
  }
}
