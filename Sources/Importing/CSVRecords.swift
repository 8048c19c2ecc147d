/// A field of a record.
struct CSVField: Equatable {
  /// The bytes between delimiters, or between its quotes.
  var range: Range<Int>
  var isQuoted: Bool
  /// Whether pairs of quotes stand for one.
  var hasQuotePairs: Bool
}

/// Splits bytes that come in pieces into records and fields, as RFC 4180 section 2 says: fields
/// stand between delimiters; a field in quotes may hold delimiters, line ends and pairs of quotes.
/// LF and CRLF end a record, the last one needs no end, blank lines are skipped.
struct CSVRecords {
  /// The longest record taken, in bytes.
  static let maximumLength = 1 << 20

  private enum End {
    case record(next: Int)
    case needsMore
    case malformed(reason: String)
  }

  /// Why a record is none; reading goes on with the next line.
  struct Malformed: Error, Equatable {
    let line: Int
    let reason: String
    /// The line in which it begins.
    let range: Range<Int>
  }

  /// The bytes that were appended and not given up yet.
  private(set) var buffer: [UInt8] = []
  /// The fields of the last record.
  private(set) var fields: [CSVField] = []
  /// The line on which the last record begins, from 1.
  private(set) var line = 0
  /// The last record without its end.
  private(set) var range = 0..<0

  private let delimiter: UInt8
  private var start = 0
  private var nextLine = 1
  private(set) var isFinished = false

  init(delimiter: UInt8) {
    self.delimiter = delimiter
  }

  /// Adds bytes; records that were returned before are given up.
  mutating func append(_ bytes: some Sequence<UInt8>) {
    buffer.removeFirst(start)
    start = 0
    buffer.append(contentsOf: bytes)
  }

  /// No more bytes follow.
  mutating func finish() { isFinished = true }

  /// Steps to the next record; false where more bytes are needed, or all are used.
  mutating func next() throws(Malformed) -> Bool {
    while start < buffer.count {
      let end = scan()
      line = nextLine
      switch end {
      case .needsMore:
        guard buffer.count - start > Self.maximumLength else { return false }
        try skipLine("is longer than \(Self.maximumLength) bytes; is a quote left open in it?")
      case .malformed(let reason): try skipLine(reason)
      case .record(let next):
        range = start..<next
        nextLine += buffer[range].count { $0 == 0x0a }
        trimRange()
        start = next
        if !range.isEmpty { return true }
      }
    }
    return false
  }

  private mutating func trimRange() {
    if range.last.map({ buffer[$0] == 0x0a }) == true { range.removeLast() }
    if range.last.map({ buffer[$0] == 0x0d }) == true { range.removeLast() }
  }

  /// Gives up the line on which the record begins.
  private mutating func skipLine(_ reason: String) throws(Malformed) -> Never {
    let end = buffer[start...].firstIndex(of: 0x0a) ?? buffer.count
    let problem = Malformed(line: nextLine, reason: reason, range: start..<end)
    nextLine += 1
    start = min(end + 1, buffer.count)
    throw problem
  }

  /// Finds the fields of the record at `start`.
  private mutating func scan() -> End {
    fields.removeAll(keepingCapacity: true)
    var index = start
    while true {
      guard index < buffer.count else {
        guard isFinished else { return .needsMore }
        fields.append(CSVField(range: index..<index, isQuoted: false, hasQuotePairs: false))
        return .record(next: index)
      }
      if buffer[index] == 0x22 {
        guard let end = quoted(index) else {
          return isFinished
            ? .malformed(reason: "has a quote that is never closed; double quotes within a field")
            : .needsMore
        }
        index = end
      } else {
        index = plain(index)
      }
      guard index < buffer.count else {
        if isFinished { return .record(next: index) }
        return .needsMore
      }
      switch buffer[index] {
      case delimiter: index += 1
      case 0x0a: return .record(next: index + 1)
      case 0x0d where index + 1 == buffer.count && !isFinished: return .needsMore
      case 0x0d where index + 1 < buffer.count && buffer[index + 1] == 0x0a:
        return .record(next: index + 2)
      case 0x0d where index + 1 == buffer.count: return .record(next: index + 1)
      default:
        return .malformed(
          reason: "has text behind a closing quote in field \(fields.count); double the quotes "
            + "within a field")
      }
    }
  }

  /// Takes a field in quotes that begins at `first`.
  /// - Returns: What follows the closing quote; nil where it is not there.
  private mutating func quoted(_ first: Int) -> Int? {
    var index = first + 1
    var hasPairs = false
    while index < buffer.count {
      if buffer[index] == 0x22 {
        guard index + 1 < buffer.count, buffer[index + 1] == 0x22 else {
          if index + 1 == buffer.count, !isFinished { return nil }
          fields.append(
            CSVField(range: first + 1..<index, isQuoted: true, hasQuotePairs: hasPairs))
          return index + 1
        }
        hasPairs = true
        index += 1
      }
      index += 1
    }
    return nil
  }

  /// Takes a field without quotes; a quote within it is a character as others.
  private mutating func plain(_ first: Int) -> Int {
    var index = first
    while index < buffer.count, buffer[index] != delimiter, buffer[index] != 0x0a {
      // Within a line a carriage return belongs to the field.
      if buffer[index] == 0x0d, index + 1 == buffer.count || buffer[index + 1] == 0x0a { break }
      index += 1
    }
    fields.append(CSVField(range: first..<index, isQuoted: false, hasQuotePairs: false))
    return index
  }

  /// The bytes of a field of the last record, pairs of quotes made one.
  func bytes(of field: CSVField) -> [UInt8] {
    guard field.hasQuotePairs else { return Array(buffer[field.range]) }
    var bytes: [UInt8] = []
    var index = field.range.lowerBound
    while index < field.range.upperBound {
      bytes.append(buffer[index])
      index += buffer[index] == 0x22 ? 2 : 1
    }
    return bytes
  }
}
