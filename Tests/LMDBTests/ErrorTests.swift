import LMDB
import Testing

@Suite("Errors")
struct ErrorTests {
  @Test(
    "An error is one line with operation, place, C name, text and remedy",
    arguments: [
      (LMDBError.Code.mapFull, "MDB_MAP_FULL (-30792)", "maximumMapBytes"),
      (.readersFull, "MDB_READERS_FULL (-30790)", "maximumReaders"),
      (.noSpace, "ENOSPC (28)", "Free space"),
      (.permissionDenied, "EACCES (13)", "mode"),
      (.corrupted, "MDB_CORRUPTED (-30796)", "Restore"),
      (.invalidFile, "MDB_INVALID (-30793)", "restore"),
      (.versionMismatch, "MDB_VERSION_MISMATCH (-30794)", "release"),
      (.badValueSize, "MDB_BAD_VALSIZE (-30781)", "511"),
      (.mapResized, "MDB_MAP_RESIZED (-30785)", "read transactions"),
      (.alreadyOpen, "ALREADY_OPEN (-40001)", "Share"),
      (.nestedWrite, "NESTED_WRITE (-40002)", "outer transaction"),
      (.readersBusy, "READERS_BUSY (-40003)", "read transactions"),
      (.closed, "CLOSED (-40004)", "closed"),
      (.staleTable, "STALE_TABLE (-40005)", "openTable"),
    ])
  func oneLine(code: LMDBError.Code, name: String, remedy: String) {
    let error = LMDBError(code, operation: "put", place: "table 'x' in /y", detail: "because")
    let line = error.description
    #expect(line.hasPrefix("put failed on table 'x' in /y: \(name), "))
    #expect(line.contains("; because"))
    #expect(line.contains(remedy))
    #expect(!line.contains("\n"))
  }

  @Test("Unknown numbers still print", arguments: [1_234, -1, -30_999] as [Int32])
  func unknown(number: Int32) {
    let error = LMDBError(.init(rawValue: number), operation: "get", place: "/y")
    #expect(error.description.contains("(\(number))"))
  }
}
