import Glibc

/// A process that the test has started, with its standard output.
final class Child {
  let identifier: pid_t
  private let output: Int32
  private var buffer: [UInt8] = []
  /// As `waitpid` gives it; nil: not yet over.
  private(set) var status: Int32?

  /// Starts `program`, which inherits the standard error.
  init(_ program: String, _ arguments: [String], errors: String? = nil) throws {
    var ends: [Int32] = [0, 0]
    // Unlike a pipe it is closed in other children from the start, so that it ends with this one.
    let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw ChildError(code: errno) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
    if let errors {
      posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    }
    var words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) }
    defer { for word in words { free(word) } }
    words.append(nil)
    var process: pid_t = 0
    let code = posix_spawn(&process, program, &actions, nil, words, environ)
    close(ends[1])
    output = ends[0]
    identifier = process
    guard code == 0 else {
      close(output)
      throw ChildError(code: code)
    }
  }

  deinit {
    close(output)
    if status == nil {
      Glibc.kill(identifier, SIGKILL)
      wait()
    }
  }

  struct ChildError: Error {
    let code: Int32
  }

  /// The next line, waiting for it at most so long; nil: none came, or the output is at its end.
  func line(milliseconds: Int32 = 60_000) -> String? {
    while true {
      if let end = buffer.firstIndex(of: 0x0a) {
        defer { buffer.removeFirst(end + 1) }
        return String(decoding: buffer[..<end], as: UTF8.self)
      }
      var asked = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
      guard poll(&asked, 1, milliseconds) > 0 else { return nil }
      var bytes = [UInt8](repeating: 0, count: 65_536)
      let count = read(output, &bytes, bytes.count)
      guard count > 0 else { return nil }
      buffer += bytes[..<count]
    }
  }

  /// The lines until the output ends. Half a line at the end was never said.
  func rest() -> [String] {
    var lines: [String] = []
    while let line = line() { lines.append(line) }
    return lines
  }

  func kill() {
    Glibc.kill(identifier, SIGKILL)
  }

  /// Waits for the end.
  @discardableResult
  func wait() -> Int32 {
    if let status { return status }
    var found: Int32 = 0
    while waitpid(identifier, &found, 0) < 0 && errno == EINTR {}
    status = found
    return found
  }

  /// The signal that ended it; 0: none did.
  var signal: Int32 { wait() & 0x7f }
  /// The exit code, where no signal ended it.
  var exitCode: Int32 { wait() >> 8 & 0xff }
}

/// Programs that are built beside the tests.
enum Programs {
  /// Where `name` is.
  static func path(_ name: String) -> String {
    var bytes = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink("/proc/self/exe", &bytes, bytes.count - 1)
    let own = String(
      decoding: bytes.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let folder = own.split(separator: "/").dropLast().joined(separator: "/")
    return "/\(folder)/\(name)"
  }
}
