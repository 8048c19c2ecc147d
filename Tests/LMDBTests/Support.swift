import Foundation
import LMDB
import TestSupport
import Testing

extension EnvironmentOptions {
  /// Defaults with a small map and no syncing, changed by `change`.
  static func quick(_ change: (inout Self) -> Void = { _ in }) -> Self {
    var options = Self()
    options.initialMapBytes = 1 << 20
    options.durability = .relaxed
    change(&options)
    return options
  }
}

/// What is thrown to abort a transaction.
struct Abandoned: Error, Equatable {}

/// A caller's own error type, as the layers above have.
enum StoreError: Error, Equatable, LMDBErrorConvertible {
  case storage(LMDBError)
  case rejected

  init(_ error: LMDBError) {
    self = .storage(error)
  }
}

extension Environment {
  /// All of a table, in order.
  func contents(of table: TableHandle) throws -> [[[UInt8]]] {
    try read { txn in
      var entries: [[[UInt8]]] = []
      try txn.forEach(in: table) { key, value in
        entries.append([key.copiedBytes, value.copiedBytes])
        return true
      }
      return entries
    }
  }

  func get(_ key: String, in table: TableHandle) throws -> String? {
    try read { txn in
      guard let value = try txn.value(for: Array(key.utf8).span, in: table) else { return nil }
      return String(decoding: value.copiedBytes, as: UTF8.self)
    }
  }

  func set(_ key: String, _ value: String, in table: TableHandle) throws {
    try write { txn in
      try txn.put(Array(value.utf8).span, for: Array(key.utf8).span, in: table)
    }
  }
}

/// The code that `body` throws, or nil.
func code(_ body: () throws -> Void) -> LMDBError.Code? {
  do {
    try body()
    return nil
  } catch let error as LMDBError {
    return error.code
  } catch {
    return nil
  }
}

func bytes(_ count: Int, seed: UInt64) -> [UInt8] {
  var random = SplitMix64(seed: seed)
  return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &random) }
}

/// `#expect` for conditions on cursors, which its macro cannot take apart.
func check(_ condition: Bool, sourceLocation: SourceLocation = #_sourceLocation) {
  #expect(condition, sourceLocation: sourceLocation)
}
