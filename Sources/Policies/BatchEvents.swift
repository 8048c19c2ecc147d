import Batches
import CBOR
import Engine
import Ledger
import Programs

/// What the events of a batch say.
enum BatchEvents {
  /// An event of a batch with the fields that all of them begin with.
  static func emission(
    _ type: String, _ row: BatchRow, _ fields: [(String, CBORValue)]
  ) -> Emission {
    let identity: [(String, CBORValue)] = [
      ("program", .text(row.program)), ("batch", .text(row.id)), ("version", .text(row.version)),
    ]
    return Emission(
      kind: .decision, type: type, program: row.program, subject: [],
      payload: CBORValue.object(identity + fields).encoded())
  }

  /// A slice of the first phase: the items from the next one through `last`, a byte each.
  static func screened(
    _ row: BatchRow, _ verdicts: [UInt8], through last: UInt64, _ program: Program
  ) -> [(String, CBORValue)] {
    var counts = Counts()
    var rejected = Counts()
    for byte in verdicts {
      let verdict = BatchVerdict(rawValue: byte)
      counts.add(verdict.word)
      if let filter = verdict.filter { rejected.add(program.filters[filter].id) }
    }
    var fields: [(String, CBORValue)] = [
      ("phase", .text(BatchPhase.screen.rawValue)), ("from", .unsigned(row.screened)),
      ("through", .unsigned(last)), ("verdicts", .bytes(verdicts)), ("counts", counts.cbor),
    ]
    if !rejected.entries.isEmpty { fields.append(("rejected", rejected.cbor)) }
    return fields
  }

  /// The items of a slice that passed and wait to be ranked.
  static func ranked(_ passed: [PassedRow.Item]) -> [(String, CBORValue)] {
    passed.isEmpty ? [] : [("passed", .bytes(PassedRow.bytes(of: passed)))]
  }

  /// Whose the items of a slice are, of those that are not outside: a number each.
  static func customers(_ numbers: [UInt32]) -> [(String, CBORValue)] {
    guard !numbers.isEmpty else { return [] }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(numbers.count * 4)
    for number in numbers { bytes.append(littleEndian: number) }
    return [("customers", .bytes(bytes))]
  }

  /// A slice of the second phase: the ranks from the next one on, with the items that have them.
  static func chosen(
    _ row: BatchRow, _ chosen: [PassedRow.Item]
  ) -> [(String, CBORValue)] {
    [
      ("phase", .text(BatchPhase.decide.rawValue)), ("from", .unsigned(row.chosen)),
      ("through", .unsigned(row.chosen + UInt64(chosen.count) - 1)),
      ("items", .bytes(PassedRow.bytes(of: chosen))),
    ]
  }

  /// What `batch.completed` sums up.
  /// - Parameter reason: Why the batch ends early; empty: it does not.
  static func summary(_ row: BatchRow, reason: String) -> [(String, CBORValue)] {
    let outside = row.verdicts[BatchVerdict.outside.word]
    return [
      ("items", .unsigned(row.items)), ("screened", .unsigned(row.screened)),
      ("population", .unsigned(row.screened - outside)), ("passed", .unsigned(row.passed)),
      ("chosen", .unsigned(row.chosen)), ("unchosen", .unsigned(row.passed - row.chosen)),
      ("counts", row.verdicts.cbor), ("rejected", row.rejected.cbor),
      ("outcomes", row.outcomes.cbor), ("levels", row.levels.cbor), ("reason", .text(reason)),
    ]
  }
}

extension Counts {
  /// The counts as a map.
  var cbor: CBORValue { .object(entries.map { ($0.word, .unsigned($0.count)) }) }
}
