import CAppendLoop
import Host
import Ledger

/// Durable append of records of 500 bytes, against a plain C loop over LMDB in the same run.
package enum AppendSuite {
  private static let recordBytes = 500

  /// Runs both in turn, C first.
  /// - Parameters:
  ///   - perCommit: Events a commit.
  ///   - commits: Commits a run.
  package static func run(
    perCommit: Int, commits: Int, rounds: Int, in scratch: ScratchDirectory
  ) throws -> [Measurement] {
    var plain: [Double] = []
    var ledger: [Double] = []
    let count = Double(perCommit * commits)
    for round in 0..<rounds {
      let tag = "\(perCommit)-\(round)"
      var seconds = 0.0
      let code = unsafe recount_c_append(
        try scratch.folder("c-\(tag)"), commits, perCommit, recordBytes, &seconds)
      guard code == 0 else { throw BenchmarkError("the C loop failed with LMDB code \(code)") }
      plain.append(count / seconds)
      ledger.append(
        count / (try append(perCommit, commits, in: "\(scratch.path)/ledger-\(tag)")))
    }
    let name = "append, \(recordBytes) B, \(perCommit) a commit"
    return [
      Measurement(name: "\(name), C loop", unit: "events/s", runs: plain),
      Measurement(name: name, unit: "events/s", runs: ledger),
      Measurement(
        name: "\(name), of the C loop", unit: "ratio", runs: zip(ledger, plain).map { $0 / $1 },
        goal: 0.6),
    ]
  }

  private static func append(
    _ perCommit: Int, _ commits: Int, in directory: String
  ) throws -> Double {
    let ledger = try Ledger(directory: directory)
    defer { ledger.close() }
    let batches = (0..<commits).map { commit in
      (0..<perCommit).map { event(UInt64(commit * perCommit + $0 + 1)) }
    }
    let started = WallClock.elapsed()
    for batch in batches { try ledger.append(batch) }
    return Double(WallClock.elapsed() - started) / 1_000_000
  }

  private static func event(_ position: UInt64) -> Event {
    let header = EventHeader(
      kind: .input, type: 2, recordedAt: Int64(position), occurredAt: Int64(position), cause: 0,
      root: position, id: EventID(high: position, low: position), program: 0)
    return Event(
      position: position, header: header, subject: Array("customer".utf8),
      payload: [UInt8](repeating: 0x20, count: recordBytes - EventHeader.byteCount - 8))
  }
}
