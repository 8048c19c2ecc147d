package import CivilTime
package import Intake
package import Programs

/// The events of an export of another system, row by row.
///
/// A row that cannot be read as declared is refused whole, with its line, its column and the mend,
/// and reading goes on with the next one. Memory is bounded by the longest row. One thread at a
/// time may use it.
package final class ImportFile: EventSource {
  private static let chunkBytes = 1 << 18

  private let bytes: ByteSource
  private var rows: any RowSource
  private var events: RowEvents
  private var isAtEnd = false
  /// What ended reading, told after the rows before it.
  private var fault: FileFault?

  /// Opens a file.
  /// - Parameters:
  ///   - path: `-` is standard input.
  ///   - zones: The rules of a time zone by name; nil: there is no such zone.
  ///   - requiresTime: Whether events without a time are refused, as the event clock needs it.
  /// - Throws: Where the file cannot be opened, or a declared zone is not known.
  package init(
    path: String, mapping: ImportMapping, requiresTime: Bool,
    zones: (String) -> TimeZoneTable?
  ) throws(FileFault) {
    var fields: [FieldReader] = []
    for field in mapping.fields {
      fields.append(FieldReader(field: field, zone: try Self.zone(of: field, path, zones)))
    }
    bytes = try ByteSource(path: path)
    switch mapping.format {
    case .csv(let delimiter): rows = CSVRows(fields, delimiter: delimiter)
    case .ndjson: rows = JSONRows(fields)
    }
    events = RowEvents(mapping, requiresTime: requiresTime)
  }

  private static func zone(
    of field: ImportMapping.Field, _ path: String, _ zones: (String) -> TimeZoneTable?
  ) throws(FileFault) -> TimeZoneTable? {
    guard case .time(_, let name?) = field.type, name != "UTC" else { return nil }
    guard let table = zones(name) else {
      throw FileFault(
        path: path, operation: "read",
        problem: "field \"\(field.name)\" has the unknown time zone \"\(name)\"; name one of the "
          + "IANA database, such as Europe/Berlin")
    }
    return table
  }

  package var progress: EventFile.Progress { bytes.progress }

  package func nextBatch(limit: Int) throws(FileFault) -> EventBatch? {
    var batch = EventBatch()
    while batch.count + batch.skipped < limit {
      switch rows.next() {
      case .row(let row): take(row, &batch)
      case .refused(let line): batch.rejects.append(line)
      case .unreadable(let problem):
        end(with: FileFault(path: bytes.name, operation: "read", problem: problem))
      case .needsMore where !isAtEnd: fill()
      case .needsMore: break
      }
      if isAtEnd, !rows.hasMore { break }
    }
    if batch.count + batch.skipped > 0 { return batch }
    if let fault { throw fault }
    return nil
  }

  private func take(_ row: Row, _ batch: inout EventBatch) {
    do throws(Refusal) {
      let inputs = try events.inputs(of: row)
      if inputs.isEmpty { batch.skipped += 1 }
      batch.inputs += inputs
      batch.lines += inputs.map { _ in row.line }
    } catch {
      batch.rejects.append(rows.rejected(error))
    }
  }

  private func fill() {
    do throws(FileFault) {
      if let chunk = try bytes.read(Self.chunkBytes) { return rows.append(chunk) }
      rows.finish()
      isAtEnd = true
    } catch {
      end(with: error)
    }
  }

  private func end(with fault: FileFault) {
    self.fault = fault
    isAtEnd = true
    rows.giveUp()
  }
}
