import Glibc
import JSON

/// What commands print.
enum Output {
  /// Where something is printed.
  enum Target {
    /// Standard output.
    case answers
    /// Standard error, where standard output has other things.
    case errors

    fileprivate var descriptor: Int32 { self == .answers ? STDOUT_FILENO : STDERR_FILENO }
  }

  /// Prints a line.
  static func line(_ text: String, to target: Target = .answers) {
    write(Array((text + "\n").utf8), to: target.descriptor)
  }

  /// Prints a JSON object as one line.
  static func json(to target: Target = .answers, _ body: (inout JSONWriter) -> Void) {
    var writer = JSONWriter()
    writer.object(body)
    writer.newline()
    write(writer.bytes, to: target.descriptor)
  }

  /// Prints a line on standard error.
  static func note(_ text: String) {
    write(Array((text + "\n").utf8), to: STDERR_FILENO)
  }

  /// Writes all bytes. A reader that has gone away ends the process in silence, as `head` expects.
  static func write(_ bytes: [UInt8], to descriptor: Int32) {
    var start = 0
    while start < bytes.count {
      // SAFETY: the pointer spans the array and is used within the closure alone.
      let count = unsafe bytes.withUnsafeBytes {
        unsafe Glibc.write(descriptor, $0.baseAddress! + start, $0.count - start)
      }
      if count < 0 {
        if errno == EINTR { continue }
        exit(errno == EPIPE ? 0 : 1)
      }
      start += count
    }
  }
}

/// A line on standard error that shows how far a command has come; silent where that is no
/// terminal.
struct ProgressLine {
  private let isShown = isatty(STDERR_FILENO) == 1
  private var lastShown: Int64 = 0

  /// Shows `text` at most five times a second.
  mutating func show(now: Int64, _ text: @autoclosure () -> String) {
    guard isShown, now - lastShown >= 200_000 else { return }
    lastShown = now
    Output.write(Array("\r\u{1b}[K\(text())".utf8), to: STDERR_FILENO)
  }

  /// Takes the line away.
  func end() {
    if isShown { Output.write(Array("\r\u{1b}[K".utf8), to: STDERR_FILENO) }
  }
}
