package import Engine
package import Ledger

/// A program's decision about a subject.
package struct DecisionEntry: Equatable, Sendable {
  /// The program's number.
  package var program: UInt32
  package var position: UInt64
}

/// The positions of the decisions about one subject, in order.
package struct DecisionList: TableRow {
  package var entries: [DecisionEntry] = []

  package init() {}

  package init(from reader: inout ByteReader) {
    var position: UInt64 = 0
    for _ in 0..<reader.count() {
      let program = UInt32(reader.unsigned())
      position += reader.unsigned()
      entries.append(DecisionEntry(program: program, position: position))
    }
  }

  package func write(to writer: inout ByteWriter) {
    writer.count(entries.count)
    var last: UInt64 = 0
    for entry in entries {
      writer.unsigned(UInt64(entry.program))
      writer.unsigned(entry.position - last)
      last = entry.position
    }
  }
}

/// Where in the ledger the decisions about each subject are: a fold over `decision.made`.
package final class Decisions: Projection {
  package let name = "decisions"
  package let version = "1"
  private let bySubject = Table<DecisionList>(name: "decisions.by-subject")

  package init() {}

  package var tables: [any StoredTable] { [bySubject] }

  package func concerns(type: String) -> Bool { type == EventType.decisionMade }

  package func project(_ event: Event, subject: UInt32) {
    let entry = DecisionEntry(program: event.header.program, position: event.position)
    bySubject.update(subject, orInsert: DecisionList()) { $0.entries.append(entry) }
  }

  /// The positions of the decisions about a subject, in order; of one program, or of all.
  package func positions(ofSubject subject: UInt32, program: UInt32?) -> [UInt64] {
    (bySubject.row(subject)?.entries ?? [])
      .filter { program == nil || $0.program == program }
      .map(\.position)
  }
}
