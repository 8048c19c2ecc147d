import Engine
import Host
import Ledger

extension AppendRun {
  /// Hands the same events to the whole engine with the shipped programs: duplicates are looked
  /// for, every projection folds them and every policy sees them before the commit.
  static func engine(
    perCommit: Int, length: RunLength, seed: UInt64, directory: String
  ) throws -> AppendRun {
    let host = try Host(HostOptions(directory: "\(directory)/data")) { _ in nil }
    let sample = SampleEvents(seed: seed)
    let source = Array("//bench.example".utf8)
    var run = AppendRun()
    var position: UInt64 = 0
    while !length.isOver(run) {
      let inputs = (0..<UInt64(perCommit)).map { index -> Input in
        let event = sample.event(position + index + 1)
        return Input(
          type: "note.taken", subject: Array(event.subject.utf8), source: source,
          externalID: Array(event.header.id.hex.utf8), occurredAt: nil,
          payload: event.payloadBytes)
      }
      position += UInt64(perCommit)
      let started = Clock.nanoseconds()
      _ = try host.append(inputs)
      run.add(events: perCommit, nanoseconds: Clock.nanoseconds() - started)
    }
    try host.close()
    return run
  }
}
