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

/// The views know more than the ledger has: events that were acknowledged are missing from it.
package struct LedgerBehindViews: Error, CustomStringConvertible {
  /// The last event that the views know.
  package let known: UInt64
  /// The last event that the ledger has.
  package let end: UInt64

  package var description: String {
    "the ledger ends at event \(end), but the views know event \(known): events that were "
      + "acknowledged are missing. Restore a backup and look into the disk; where an older ledger "
      + "was put there on purpose, delete views/ and start again"
  }
}

/// Stored state that cannot be read in the midst of a decision or a fold.
package enum UnreadableState {
  /// Ends the process: going on would record decisions over wrong facts, and the ledger has
  /// everything. Exit code 1, the reason on standard error.
  package static func stop(_ what: String, _ reason: any CustomStringConvertible) -> Never {
    let line = Array("recount: stopped, as \(what) cannot be read: \(reason)\n".utf8)
    // Safe: the bytes are the array's own, and read during the call.
    _ = unsafe line.withUnsafeBytes { unsafe write(STDERR_FILENO, $0.baseAddress, $0.count) }
    _exit(1)
  }
}
