import Binding
import CBOR
import Expressions
import Intake
import JSON
import Programs

/// What comes next in a file of rows.
enum NextRow {
  case row(Row)
  case refused(RejectedLine)
  /// More bytes are needed, or all are used.
  case needsMore
  /// Nothing can be read from here on, for this reason.
  case unreadable(String)
}

/// Splits bytes that come in pieces into rows, and reads their declared fields.
protocol RowSource {
  /// Whether another row may come without more bytes.
  var hasMore: Bool { get }
  mutating func append(_ bytes: [UInt8])
  /// No more bytes follow.
  mutating func finish()
  /// No more rows are wanted.
  mutating func giveUp()
  mutating func next() -> NextRow
  /// The last row as a refused line.
  func rejected(_ refusal: Refusal) -> RejectedLine
}

/// Rows of CSV with a header.
struct CSVRows: RowSource {
  private let fields: [FieldReader]
  private var records: CSVRecords
  /// By field, its column; nil before the header was read.
  private var columns: [Int?]?
  private var columnCount = 0
  private(set) var hasMore = true

  init(_ fields: [FieldReader], delimiter: UInt8) {
    self.fields = fields
    records = CSVRecords(delimiter: delimiter)
  }

  mutating func append(_ bytes: [UInt8]) { records.append(bytes) }
  mutating func finish() { records.finish() }
  mutating func giveUp() { hasMore = false }

  mutating func next() -> NextRow {
    guard hasMore else { return .needsMore }
    do throws(CSVRecords.Malformed) {
      guard try records.next() else {
        hasMore = !records.isFinished
        return .needsMore
      }
    } catch {
      return .refused(
        RejectedLine(
          line: error.line, refusal: Refusal(field: "", reason: error.reason),
          bytes: records.buffer, in: error.range))
    }
    guard let columns else { return readHeader() }
    do throws(Refusal) {
      return .row(try row(columns))
    } catch {
      return .refused(rejected(error))
    }
  }

  func rejected(_ refusal: Refusal) -> RejectedLine {
    RejectedLine(
      line: records.line, refusal: refusal, bytes: records.buffer, in: records.range)
  }

  private mutating func readHeader() -> NextRow {
    let names = records.fields.map { String(decoding: records.bytes(of: $0), as: UTF8.self) }
    columnCount = names.count
    var found: [Int?] = []
    for field in fields {
      let name = field.field.column[0]
      let places = names.indices.filter { names[$0] == name }
      if places.count > 1 {
        return .unreadable("the header names the column \"\(name)\" twice; rename one")
      }
      if places.isEmpty, field.field.isRequired {
        return .unreadable(
          "the header has no column \"\(name)\", which field \"\(field.field.name)\" needs; it has "
            + names.map { "\"\($0)\"" }.joined(separator: ", "))
      }
      found.append(places.first)
    }
    columns = found
    return next()
  }

  private func row(_ columns: [Int?]) throws(Refusal) -> Row {
    guard records.fields.count == columnCount else {
      throw Refusal(
        field: "",
        reason: "has \(records.fields.count) fields, the header has \(columnCount); put quotes "
          + "around fields that hold the delimiter")
    }
    var row = Row(line: records.line, values: [])
    row.values.reserveCapacity(fields.count)
    for (reader, column) in zip(fields, columns) {
      var value: Value?
      if let column { value = try self.value(records.fields[column], reader) }
      if value == nil { try reader.checkMayBeEmpty() }
      row.values.append(value)
    }
    return row
  }

  /// The value of a field; nil where nothing stands between the delimiters.
  private func value(_ field: CSVField, _ reader: FieldReader) throws(Refusal) -> Value? {
    let isEmptyText = field.isQuoted && reader.field.type == .text
    if field.range.isEmpty, !isEmptyText { return nil }
    guard let text = String(validating: records.bytes(of: field), as: UTF8.self) else {
      throw Refusal(
        field: reader.field.column[0], reason: "is not UTF-8; convert the file, as with iconv")
    }
    return try reader.value(text)
  }
}

/// Rows of NDJSON.
struct JSONRows: RowSource {
  private let fields: [FieldReader]
  private let paths: [[CBORKey]]
  private let transcoder = JSONTranscoder(maximumDepth: 64)
  private var lines = JSONLines()
  private var line = JSONLine(number: 0, range: 0..<0)
  private var isFinished = false
  private(set) var hasMore = true

  init(_ fields: [FieldReader]) {
    self.fields = fields
    paths = fields.map { $0.field.column.map { CBORKey($0) } }
  }

  mutating func append(_ bytes: [UInt8]) { lines.append(bytes) }

  mutating func finish() {
    isFinished = true
    lines.finish()
  }

  mutating func giveUp() { hasMore = false }

  mutating func next() -> NextRow {
    guard hasMore else { return .needsMore }
    do throws(JSONLineError) {
      guard let next = try lines.next() else {
        hasMore = !isFinished
        return .needsMore
      }
      line = next
    } catch {
      return .unreadable("\(error)")
    }
    do throws(Refusal) {
      return .row(try row())
    } catch {
      return .refused(rejected(error))
    }
  }

  func rejected(_ refusal: Refusal) -> RejectedLine {
    RejectedLine(line: line.number, refusal: refusal, bytes: lines.buffer, in: line.range)
  }

  private func row() throws(Refusal) -> Row {
    var item: [UInt8] = []
    do throws(JSONError) {
      try transcoder.transcode(lines.buffer, in: line.range, into: &item)
    } catch {
      throw Refusal(error)
    }
    let object = CBORView(storage: item)
    guard object.kind == .map else {
      throw Refusal(field: "", reason: "is no JSON object; write one a line")
    }
    var row = Row(line: line.number, values: [])
    for (reader, path) in zip(fields, paths) {
      var value: Value?
      if let found = object.view(path: path) { value = try reader.value(found) }
      if value == nil { try reader.checkMayBeEmpty() }
      row.values.append(value)
    }
    return row
  }
}

extension FieldReader {
  /// Refuses a row without a field that must be there.
  func checkMayBeEmpty() throws(Refusal) {
    guard field.isRequired else { return }
    throw Refusal(
      field: field.column.joined(separator: "/"),
      reason: "is empty, and field \"\(field.name)\" is required")
  }
}
