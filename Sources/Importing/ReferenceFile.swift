package import CBOR
import Expressions
import Intake
import JSON
package import Programs

/// A reference table read from a file of CSV with a header, or of NDJSON.
///
/// Of CSV the type of a column follows from what stands in it: whole numbers, numbers, `true` and
/// `false`, else texts; digits behind a zero (`00501`) make a text. Nothing between delimiters is an
/// absent field. The whole file is in memory.
package struct ReferenceFile {
  /// The rows in the order of the file.
  package private(set) var rows: [(key: String, fields: [(String, CBORValue)])] = []
  /// The fields beside the key, in order of first appearance.
  package private(set) var fields: [String] = []
  /// The line of each row's key, by what makes keys the same.
  private var lines: [String: Int] = [:]
  private let path: String
  private let key: String
  private let keys: ReferenceTable.Keys

  /// Reads a file.
  /// - Parameter key: The column of the keys.
  /// - Throws: The first line that is wrong, with the mend: nothing is taken of such a file.
  package init(path: String, key: String, keys: ReferenceTable.Keys) throws {
    self.path = path
    self.key = key
    self.keys = keys
    let source = try ByteSource(path: path)
    if path.hasSuffix(".ndjson") || path.hasSuffix(".jsonl") {
      try readJSON(source)
    } else {
      try readCSV(source)
    }
  }

  private func fault(_ line: Int, _ problem: String) -> FileFault {
    FileFault(path: path, operation: "read", problem: "line \(line): \(problem)")
  }

  private mutating func add(
    _ text: String, _ fields: [(String, CBORValue)], line: Int
  ) throws(FileFault) {
    guard let canonical = ReferenceTable.canonicalKey(text, keys) else {
      throw fault(
        line,
        text.isEmpty
          ? "the key \"\(key)\" is empty; fill it in, or remove the line"
          : "the key \"\(text)\" is no IP prefix; write it as 198.51.100.0/24")
    }
    if let first = lines.updateValue(line, forKey: canonical) {
      throw fault(line, "the key \"\(text)\" stands on line \(first) already; keep one of them")
    }
    guard rows.count < ReferenceTable.rowLimit else {
      throw fault(line, "a table may have at most \(ReferenceTable.rowLimit) rows")
    }
    rows.append((text, fields))
  }

  // MARK: - CSV

  private mutating func readCSV(_ source: ByteSource) throws(FileFault) {
    var records = CSVRecords(delimiter: 0x2C)
    var header: [String]?
    var texts: [(line: Int, fields: [String?])] = []
    var isAtEnd = false
    while true {
      do throws(CSVRecords.Malformed) {
        while try records.next() {
          let record = records.fields.map { field -> String? in
            field.range.isEmpty && !field.isQuoted
              ? nil : String(decoding: records.bytes(of: field), as: UTF8.self)
          }
          guard let header else {
            header = record.map { $0 ?? "" }
            continue
          }
          if record.count != header.count {
            throw CSVRecords.Malformed(
              line: records.line,
              reason: "has \(record.count) fields, the header has \(header.count)", range: 0..<0)
          }
          texts.append((records.line, record))
        }
      } catch {
        throw fault(error.line, error.reason)
      }
      if isAtEnd { break }
      if let chunk = try source.read(1 << 18) {
        records.append(chunk)
      } else {
        records.finish()
        isAtEnd = true
      }
    }
    try take(header ?? [], texts)
  }

  private mutating func take(
    _ header: [String], _ texts: [(line: Int, fields: [String?])]
  ) throws(FileFault) {
    guard let keyColumn = header.firstIndex(of: key) else {
      throw fault(
        1,
        "the header has no column \"\(key)\"; it has "
          + header.map { "\"\($0)\"" }.joined(separator: ", "))
    }
    if let name = header.first(where: { name in header.count { $0 == name } > 1 }) {
      throw fault(1, "the header names the column \"\(name)\" twice; rename one")
    }
    fields = header.filter { $0 != key }
    let types = header.indices.map { column in
      CSVColumn(texts.lazy.compactMap { $0.fields[column] })
    }
    for (line, record) in texts {
      var pairs: [(String, CBORValue)] = []
      for (column, text) in record.enumerated() where column != keyColumn {
        if let text { pairs.append((header[column], types[column].value(text))) }
      }
      try add(record[keyColumn] ?? "", pairs, line: line)
    }
  }

  // MARK: - NDJSON

  private mutating func readJSON(_ source: ByteSource) throws(FileFault) {
    let transcoder = JSONTranscoder(maximumDepth: 8)
    var lines = JSONLines()
    var isAtEnd = false
    while true {
      while let line = try next(&lines) {
        var item: [UInt8] = []
        do throws(JSONError) {
          try transcoder.transcode(lines.buffer, in: line.range, into: &item)
        } catch {
          throw fault(line.number, "\(error)")
        }
        try take(CBORView(storage: item), line: line.number)
      }
      if isAtEnd { return }
      if let chunk = try source.read(1 << 18) {
        lines.append(chunk)
      } else {
        lines.finish()
        isAtEnd = true
      }
    }
  }

  private func next(_ lines: inout JSONLines) throws(FileFault) -> JSONLine? {
    do throws(JSONLineError) {
      return try lines.next()
    } catch {
      throw FileFault(path: path, operation: "read", problem: "\(error)")
    }
  }

  private mutating func take(_ object: CBORView, line: Int) throws(FileFault) {
    guard object.kind == .map else { throw fault(line, "is no JSON object; write one a line") }
    var pairs: [(String, CBORValue)] = []
    var problem: String?
    object.forEachEntry { name, value in
      let name = name.string ?? ""
      guard name != key else { return }
      switch value.kind {
      case .null: return
      case .unsigned, .negative, .float, .text, .bool: pairs.append((name, value.value))
      default: problem = "the field \"\(name)\" is neither a number, a text nor a flag; remove it"
      }
      if !fields.contains(name) { fields.append(name) }
    }
    if let problem { throw fault(line, problem) }
    let text = object.view(forKey: CBORKey(key)).flatMap { $0.string ?? $0.int64.map { "\($0)" } }
    try add(text ?? "", pairs, line: line)
  }
}

/// The type of a column of CSV, by what stands in it.
private enum CSVColumn {
  case int, double, bool, text

  init(_ texts: some Sequence<String>) {
    var (ints, numbers, flags, isEmpty) = (true, true, true, true)
    for text in texts {
      isEmpty = false
      let number = Self.isPlain(text) ? Decimal(text) : nil
      if number?.scaled(by: 0) == nil { ints = false }
      if number == nil { numbers = false }
      if text != "true" && text != "false" { flags = false }
      if !ints && !numbers && !flags { break }
    }
    self = isEmpty ? .text : ints ? .int : numbers ? .double : flags ? .bool : .text
  }

  /// Whether a number is written as numbers are: not with a plus or zeros in front.
  private static func isPlain(_ text: String) -> Bool {
    let digits = text.utf8.drop { $0 == 0x2D }
    guard digits.first == 0x30 else { return digits.first != 0x2B }
    return digits.count == 1 || digits.dropFirst().first == 0x2E
  }

  func value(_ text: String) -> CBORValue {
    switch self {
    case .int: Decimal(text)?.scaled(by: 0).map { .signed($0) } ?? .text(text)
    case .double: Double(text).map { .double($0) } ?? .text(text)
    case .bool: .bool(text == "true")
    case .text: .text(text)
    }
  }
}
