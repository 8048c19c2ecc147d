import Foundation

/// A new directory that disappears with the last reference.
final class TemporaryDirectory: Sendable {
  let path: String

  init() {
    var template = Array("/tmp/recount-policies-XXXXXX".utf8CString)
    path = template.withUnsafeMutableBufferPointer { String(cString: mkdtemp($0.baseAddress!)) }
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
  }

  /// A path inside, where nothing is yet.
  func inside(_ name: String) -> String {
    "\(path)/\(name)"
  }
}
