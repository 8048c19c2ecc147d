import Glibc

/// A file that could not be opened, read or written.
package struct FileFault: Error, Equatable, Sendable, CustomStringConvertible {
  /// The file, as the caller named it.
  package let path: String
  /// What was tried: "open", "read", "write", "close".
  package let operation: String
  /// The system's error number; 0 where the system had nothing to complain of.
  package let code: Int32
  /// What is wrong and what to do about it.
  package let problem: String

  /// A fault that the system did not report.
  package init(path: String, operation: String, problem: String) {
    self.path = path
    self.operation = operation
    self.code = 0
    self.problem = problem
  }

  /// A fault that the system reported; pass `errno` before anything else can change it.
  package init(path: String, operation: String, code: Int32) {
    self.path = path
    self.operation = operation
    self.code = code
    // SAFETY: `strerror` returns a text that ends in zero and is copied at once.
    let text = unsafe String(cString: strerror(code))
    problem = "\(text); \(Self.mend(for: code))"
  }

  private static func mend(for code: Int32) -> String {
    switch code {
    case ENOENT: "check the path"
    case EACCES, EPERM, EROFS: "give this user the permission, or name another place"
    case EISDIR: "name a file, not a directory"
    case ENOTDIR: "a part of the path is a file: check the path"
    case ENOSPC, EDQUOT: "free some space, then start again"
    case EMFILE, ENFILE: "raise the limit on open files"
    default: "mend it, then start again"
    }
  }

  package var description: String { "cannot \(operation) \(path): \(problem)" }
}
