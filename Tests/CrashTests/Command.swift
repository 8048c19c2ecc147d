import Glibc
import TestSupport

import struct Foundation.Data
import class Foundation.FileManager

/// One call of `recount` in a process of its own.
struct Command {
  let output: String
  let errors: String
  /// The signal that ended it; 0: none did.
  let signal: Int32
  let exitCode: Int32

  /// Runs `recount` with these words, and waits for its end.
  /// - Parameter user: Whose rights it has; nil: those of the test.
  init(_ words: [String], user: Int? = nil) throws {
    let scratch = TemporaryDirectory()
    let path = scratch.place("errors")
    let program = Programs.path("recount")
    let child =
      if let user {
        try Child(
          "/usr/bin/setpriv",
          ["--reuid=\(user)", "--regid=\(user)", "--clear-groups", program] + words, errors: path)
      } else {
        try Child(program, words, errors: path)
      }
    output = child.rest().joined(separator: "\n")
    signal = child.signal
    exitCode = child.exitCode
    errors = String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
  }

  /// The commands that only read, on a data directory.
  static func reading(_ directory: String) -> [[String]] {
    [
      ["log"], ["why", "--subject", "c-000005"], ["status"], ["metrics"], ["candidates"],
      ["programs", "list"], ["verify"],
    ].map { $0 + ["--data", directory] }
  }

  /// The commands that write to the views.
  static func rebuilding(_ directory: String) -> [[String]] {
    [["digest"], ["rebuild"]].map { $0 + ["--data", directory] }
  }
}
