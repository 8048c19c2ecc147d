import Glibc

/// A program that a benchmark starts: lines go to its standard input and come from its standard
/// output; standard error is this process's own.
final class ChildProcess {
  private let identifier: pid_t
  private var input: Int32
  private let output: Int32
  private var received: [UInt8] = []
  private var isReaped = false

  /// Starts `program` with `arguments`, found along PATH unless it is a path.
  init(_ program: String, _ arguments: [String]) throws {
    // A child that ends early must not end this process by a write to it.
    signal(SIGPIPE, SIG_IGN)
    let toChild = try Self.makePipe()
    let fromChild = try Self.makePipe()
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_adddup2(&actions, toChild.read, STDIN_FILENO)
    unsafe posix_spawn_file_actions_adddup2(&actions, fromChild.write, STDOUT_FILENO)
    var words: [UnsafeMutablePointer<CChar>?] = unsafe ([program] + arguments).map {
      unsafe strdup($0)
    }
    unsafe words.append(nil)
    defer { unsafe words.forEach { unsafe free($0) } }
    var started: pid_t = 0
    // SAFETY: the words end with nil, and live until after the call.
    let code = unsafe posix_spawnp(&started, program, &actions, nil, words, environ)
    close(toChild.read)
    close(fromChild.write)
    guard code == 0 else {
      close(toChild.write)
      close(fromChild.read)
      throw BenchmarkError(
        "\(program) cannot be started: \(unsafe String(cString: strerror(code)))")
    }
    identifier = started
    input = toChild.write
    output = fromChild.read
  }

  /// Two descriptors that later children do not inherit.
  private static func makePipe() throws -> (read: Int32, write: Int32) {
    var ends: [Int32] = [0, 0]
    // SAFETY: the array has room for the two descriptors.
    guard unsafe pipe(&ends) == 0 else { throw BenchmarkError("no pipe can be made") }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (ends[0], ends[1])
  }

  deinit {
    closeInput()
    close(output)
    if !isReaped { end(with: SIGTERM) }
  }

  /// Writes a line to the child.
  func send(_ line: String) throws {
    let bytes = Array((line + "\n").utf8)
    var start = 0
    while start < bytes.count {
      // SAFETY: the pointer spans the array and is used within the closure alone.
      let count = unsafe bytes.withUnsafeBytes {
        unsafe write(input, $0.baseAddress! + start, $0.count - start)
      }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw BenchmarkError("a child process ended early") }
      start += count
    }
  }

  /// The next line of the child's output; nil at its end.
  func readLine() -> String? {
    while true {
      if let end = received.firstIndex(of: 0x0a) {
        let line = String(decoding: received[..<end], as: UTF8.self)
        received.removeSubrange(...end)
        return line
      }
      var bytes = [UInt8](repeating: 0, count: 65_536)
      // SAFETY: at most the array's length is read into it.
      let count = unsafe bytes.withUnsafeMutableBytes {
        unsafe read(output, $0.baseAddress, $0.count)
      }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return nil }
      received += bytes[..<count]
    }
  }

  /// Tells the child that nothing more comes.
  func closeInput() {
    guard input >= 0 else { return }
    close(input)
    input = -1
  }

  /// Sends a signal and waits for the child's end.
  func end(with signal: Int32) {
    kill(identifier, signal)
    _ = wait()
  }

  /// Waits for the child's end.
  /// - Returns: Its wait status; 0: it did what it should.
  @discardableResult
  func wait() -> Int32 {
    var status: Int32 = 0
    while unsafe waitpid(identifier, &status, 0) < 0 && errno == EINTR {}
    isReaped = true
    return status
  }
}
