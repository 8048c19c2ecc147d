import Glibc

/// A page of a data file that cannot be read: the file is mapped, and the system can tell only by a
/// signal that the disk failed, or that somebody cut the file off while it was in use.
enum MappedFileFault {
  private static let message: StaticString = """
    recount: stopped: a page of a data file cannot be read (SIGBUS). The disk fails, or the file was \
    cut off while it was in use; what was acknowledged is as safe as the disk. Look into the kernel's \
    log, then run recount verify

    """

  /// Has the signal end the process with exit code 1 and a line that says so.
  static func listen() {
    var action = sigaction()
    // A handler may do next to nothing: it writes bytes that are there already, and ends.
    unsafe action.__sigaction_handler.sa_handler = { _ in
      let message = MappedFileFault.message
      // SAFETY: a static string's bytes live as long as the program.
      _ = unsafe write(STDERR_FILENO, message.utf8Start, message.utf8CodeUnitCount)
      _exit(1)
    }
    // SAFETY: the structure is read during the call.
    unsafe sigaction(SIGBUS, &action, nil)
  }
}
