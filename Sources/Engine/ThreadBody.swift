import Glibc

/// A closure as the body of a POSIX thread.
final class ThreadBody: Sendable {
  private let body: @Sendable () -> Void

  init(_ body: @escaping @Sendable () -> Void) {
    self.body = body
  }

  func start() throws {
    var attributes = pthread_attr_t()
    unsafe pthread_attr_init(&attributes)
    defer { unsafe pthread_attr_destroy(&attributes) }
    // Deep expression trees and cascades recurse: as much stack as a main thread has.
    unsafe pthread_attr_setstacksize(&attributes, 8 << 20)
    unsafe pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    var thread = pthread_t()
    // SAFETY: the retained body is taken over by the thread, which releases it.
    let argument = unsafe Unmanaged.passRetained(self).toOpaque()
    let code = unsafe pthread_create(
      &thread, &attributes,
      { argument in
        guard let argument = unsafe argument else { return nil }
        let body = unsafe Unmanaged<ThreadBody>.fromOpaque(argument).takeRetainedValue()
        body.body()
        return nil
      }, argument)
    guard code == 0 else {
      unsafe Unmanaged<ThreadBody>.fromOpaque(argument).release()
      throw ThreadError(code: code)
    }
  }
}

/// The engine's thread could not be started.
package struct ThreadError: Error, CustomStringConvertible {
  /// The system's error number.
  package let code: Int32

  package var description: String {
    "the engine's thread could not be started: \(unsafe String(cString: strerror(code)))"
  }
}
