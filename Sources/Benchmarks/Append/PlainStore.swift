import CAppendLoop

/// The plain C loop's store; see CAppendLoop.h. Closes with its owner.
///
/// It is safe to use: the handle never leaves it, and is closed with it.
@safe
final class PlainStore {
  private let store: OpaquePointer

  init(directory: String, growAheadBytes: Int) throws {
    var opened: OpaquePointer?
    // SAFETY: the store is set in every case, and closed in `deinit` alone.
    let code = unsafe recount_c_open(directory, growAheadBytes, &opened)
    guard let opened = unsafe opened else { throw BenchmarkError("memory is short") }
    unsafe store = opened
    try Self.check(code)
  }

  deinit {
    unsafe recount_c_close(store)
  }

  /// Appends values, which lie one after the other and end at `ends`, durably.
  func append(_ values: [UInt8], ends: [Int]) throws {
    // SAFETY: the last of `ends` is the count of `values`; nothing is kept after the call.
    try Self.check(unsafe recount_c_append(store, values, ends, ends.count))
  }

  /// Reads all values in order.
  func scan() throws -> (count: Int, bytes: Int) {
    var count = 0
    var bytes = 0
    try Self.check(unsafe recount_c_scan(store, &count, &bytes))
    return (count, bytes)
  }

  /// The size of the value at a position.
  func read(_ position: UInt64) -> Int {
    unsafe recount_c_read(store, position)
  }

  private static func check(_ code: Int32) throws {
    guard code == 0 else { throw BenchmarkError("the C loop failed with code \(code)") }
  }
}
