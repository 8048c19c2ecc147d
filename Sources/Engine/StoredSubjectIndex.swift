import CBOR
import Ledger

/// The index by subject in the views of a directory, read without the engine and without writing,
/// also while another process is at work.
package final class StoredSubjectIndex {
  private let views: ViewStore

  /// Opens the views in `directory`.
  /// - Returns: nil where there are none that can be trusted, or none with this index.
  package init?(directory: String) throws {
    guard CleanMark(directory: directory).isTrusted else { return nil }
    views = try ViewStore(directory: directory, readOnly: true)
    do {
      _ = try views.storedEnd(table: SubjectIndex.tableName)
    } catch {
      try views.close()
      return nil
    }
  }

  /// The number of a subject, by which batches name customers; nil: it came after the last flush, or
  /// never. Cost: a look at every subject, about 0.3 s a million.
  package func number(of subject: [UInt8]) throws -> UInt32? {
    var found: UInt32?
    try views.forEachStoredRow(table: "subjects") { number, row in
      if found == nil, row.byteCount == subject.count,
        row.matches(0..<row.byteCount, subject.rawSpan)
      {
        found = number
      }
    }
    return found
  }

  /// The keys of entities of a kind, by their places in the order in which they first came: what
  /// batches number. Cost: a look at every entity.
  package func entityKeys(
    ofKind kind: UInt32, at places: Set<UInt64>
  ) throws -> [UInt64: String] {
    var keys: [UInt64: String] = [:]
    var place: UInt64 = 0
    let prefix = BigEndian.bytes(kind)
    try views.forEachStoredRow(table: "features.entities") { _, row in
      guard row.byteCount >= prefix.count, row.matches(0..<prefix.count, prefix.rawSpan) else {
        return
      }
      if places.contains(place) {
        keys[place] = String(decoding: row.array(prefix.count..<row.byteCount), as: UTF8.self)
      }
      place += 1
    }
    return keys
  }

  /// Ends the use of the files. No other call may follow.
  package func close() throws {
    try views.close()
  }

  /// Positions of the events about a subject, or of the outcomes of an effect, in order, with a few
  /// of others: whoever reads the events there compares.
  /// - Parameters:
  ///   - name: The subject, or the id of the delivery or action.
  ///   - first: None before this one.
  /// - Returns: Through which position there are all; 0: the index has to be made anew.
  package func positions(
    of name: [UInt8], from first: UInt64
  ) throws -> (positions: [UInt64], through: UInt64) {
    try views.atOneMoment(table: SubjectIndex.tableName, projection: Engine.ownName) {
      progress, read in
      guard let progress, progress.version == Engine.ownVersion else { return ([], 0) }
      let key = SubjectIndex.key(of: name.rawSpan)
      let found = RunIndex.storedPositions(of: key, from: first, read)
      return (found, progress.position)
    }
  }
}
