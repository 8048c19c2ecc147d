import Foundation

/// A new directory that disappears with the last reference.
final class TemporaryDirectory: Sendable {
  let path: String

  init() {
    var template = Array("/tmp/recount-engine-XXXXXX".utf8CString)
    path = template.withUnsafeMutableBufferPointer { String(cString: mkdtemp($0.baseAddress!)) }
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
  }

  /// A new directory inside.
  func inside(_ name: String) -> String {
    let inner = "\(path)/\(name)"
    mkdir(inner, 0o700)
    return inner
  }
}
