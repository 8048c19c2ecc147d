import Foundation

/// A `recount` of the same build, in a process of its own.
final class RecountProcess {
  /// Where the build put the program; it lies beside the tests.
  static let path: String? = {
    guard let tests = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    else { return nil }
    let path = URL(filePath: tests).deletingLastPathComponent().appending(path: "recount").path()
    return FileManager.default.isExecutableFile(atPath: path) ? path : nil
  }()

  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()

  init(_ arguments: [String], hasInput: Bool = false) throws {
    process.executableURL = URL(filePath: Self.path ?? "/nonexistent")
    process.arguments = arguments
    process.standardInput = hasInput ? input : FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
  }

  var isRunning: Bool { process.isRunning }

  /// Writes to its standard input, which it reads as far as its own work allows.
  func write(_ text: String) throws {
    signal(SIGPIPE, SIG_IGN)
    try input.fileHandleForWriting.write(contentsOf: Data(text.utf8))
  }

  func endInput() throws {
    try input.fileHandleForWriting.close()
  }

  func kill() {
    Foundation.kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  /// Waits for its end.
  /// - Returns: The exit code, and what it printed.
  func end() -> (code: Int32, output: String) {
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, text)
  }
}
