/// A file out of which events come in batches.
package protocol EventSource: AnyObject {
  /// How far reading has come.
  var progress: EventFile.Progress { get }
  /// The next events, or nil at the end.
  /// - Parameter limit: The most lines or rows that a batch holds.
  /// - Throws: Where reading fails. What came before the fault has been given out.
  func nextBatch(limit: Int) throws(FileFault) -> EventBatch?
}
