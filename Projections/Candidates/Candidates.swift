import CBOR
package import Engine
package import Ledger

/// A subject and item that passed a program's filters.
package struct CandidateRow: TableRow {
  /// The subject's number.
  package var subject: UInt32
  package var createdAt: Int64
  package var updatedAt: Int64
  /// Counts the events that made or changed it, from 1.
  package var revision: UInt32
  /// The data of `candidate.created`, with later changes merged: one CBOR map.
  package var data: [UInt8]

  package init(from reader: inout ByteReader) {
    subject = UInt32(reader.unsigned())
    createdAt = reader.signed()
    updatedAt = reader.signed()
    revision = UInt32(reader.unsigned())
    data = reader.blob()
  }

  package init(subject: UInt32, createdAt: Int64, data: [UInt8]) {
    self.subject = subject
    self.createdAt = createdAt
    updatedAt = createdAt
    revision = 1
    self.data = data
  }

  package func write(to writer: inout ByteWriter) {
    writer.unsigned(UInt64(subject))
    writer.signed(createdAt)
    writer.signed(updatedAt)
    writer.unsigned(UInt64(revision))
    writer.blob(data)
  }
}

/// The live candidates: a fold over `candidate.*`.
package final class Candidates: Projection {
  enum Role {
    case created
    case updated
    case removed
  }

  package let name = "candidates"
  package let version = "1"
  private let ids = EntityTable(name: "candidates.ids")
  /// Live candidates by number.
  package let rows = Table<CandidateRow>(name: "candidates")
  private let bySubject = Table<NumberList>(name: "candidates.by-subject")
  private var roles: RoleMap<Role>

  package init(names: Names) {
    roles = RoleMap(names: names) { Self.role(of: $0) }
  }

  package var tables: [any StoredTable] { [ids, rows, bySubject] }

  private static func role(of type: String) -> Role? {
    switch type {
    case EventType.candidateCreated: .created
    case EventType.candidateUpdated: .updated
    case EventType.candidateRemoved: .removed
    default: nil
    }
  }

  package func concerns(type: String) -> Bool { Self.role(of: type) != nil }

  /// The numbers of a subject's live candidates, in the order in which they were made.
  package func candidates(ofSubject subject: UInt32) -> [UInt32] {
    bySubject.row(subject)?.numbers ?? []
  }

  /// Whether a candidate with this id is live.
  package func isLive(_ id: String) -> Bool {
    ids.number(of: Array(id.utf8)).map { rows.row($0) != nil } ?? false
  }

  package func reset() {
    // After a commit that failed, the numbers of its new types are given to others.
    roles.removeAll()
  }

  package func project(_ event: Event, subject: UInt32) {
    guard let role = roles.role(ofType: event.type),
      let id = event.payload.view(forKey: Field.candidate)?.textBytesRange
    else { return }
    switch role {
    case .created:
      let number = ids.intern(event.record, in: id)
      rows.set(
        number,
        CandidateRow(
          subject: subject, createdAt: event.recordedAt, data: event.payload.encoded))
      bySubject.update(subject, orInsert: NumberList()) { $0.numbers.append(number) }
    case .updated:
      guard let number = ids.number(of: event.record, in: id) else { return }
      _ = rows.update(number) { row in
        row.data = CBORMerge.merge(row.data, with: event.payload)
        row.updatedAt = event.recordedAt
        row.revision += 1
      }
    case .removed:
      guard let number = ids.number(of: event.record, in: id) else { return }
      rows.remove(number)
      _ = bySubject.update(subject) { $0.numbers.removeAll { $0 == number } }
      if bySubject.row(subject)?.numbers.isEmpty == true { bySubject.remove(subject) }
    }
  }
}
