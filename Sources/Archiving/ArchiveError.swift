import Glibc
import Ledger

/// Why a backup, a restoration, an export or an import did not come about, and what to do.
package struct ArchiveError: Error, Equatable, CustomStringConvertible {
  /// One or more sentences: what, where, and the mend.
  package let description: String

  package init(_ description: String) {
    self.description = description
  }

  /// An operation of the system that failed; `errno` as it was.
  init(_ operation: String, _ path: String, code: Int32) {
    // SAFETY: `strerror` returns a text that ends in zero and is copied at once.
    let reason = unsafe String(cString: strerror(code))
    self.init("cannot \(operation) \(path): \(reason)")
  }
}
