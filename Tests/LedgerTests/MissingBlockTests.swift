import LMDB
import Ledger
import TestSupport
import Testing

@Suite("A block that is missing")
struct MissingBlockTests {
  @Test(
    "A gap is an error that names its first position, not a shorter history",
    arguments: [
      (removed: UInt64(1), begins: UInt64(3)), (3, 4),
    ])
  func gapIsFound(removed: UInt64, begins: UInt64) throws {
    let directory = TemporaryDirectory()
    let first = try ledger(directory)
    try first.append([event(1), event(2)])
    try first.append([event(3)])
    try first.append([event(4)])
    first.close()
    let environment = try Environment(directory: directory.path)
    let tail = try environment.openTable("tail")
    try environment.write { (txn) throws(LMDBError) in _ = try txn.delete(removed, in: tail) }
    environment.close()
    let damaged = try ledger(directory)
    defer { damaged.close() }
    let error = #expect(throws: LedgerError.self) { _ = try damaged.positions(from: 1) }
    #expect(error.map { "\($0)" }?.contains("position \(removed): a block is missing") == true)
    #expect(error.map { "\($0)" }?.contains("begins at \(begins)") == true)
  }
}
