import CivilTime
package import Engine

/// What a counter counts: the words that lead to it, for one program and one day.
package struct CounterKey: Equatable, Sendable {
  package var program: String
  /// Days since 1970-01-01 of the UTC day on which it counted.
  package var day: Int64
  /// As ``Metrics`` lists them.
  package var words: [String]

  /// The bytes between which a zero stands: program, day, words.
  static func bytes(program: String, day: Int64, words: [String]) -> [UInt8] {
    var bytes = Array(program.utf8)
    bytes.append(0)
    bytes += String(day).utf8
    for word in words {
      bytes.append(0)
      bytes += word.utf8
    }
    return bytes
  }

  init(_ bytes: [UInt8]) {
    let parts = bytes.split(separator: 0, omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self) }
    program = parts[0]
    day = parts.count > 1 ? Int64(parts[1]) ?? 0 : 0
    words = Array(parts.dropFirst(2))
  }
}

/// One counter.
package struct CounterRow: TableRow {
  /// How often.
  package var count: UInt64
  /// The sum of what was counted, where it has an amount: minor units.
  package var amount: Int64

  package init(count: UInt64 = 0, amount: Int64 = 0) {
    self.count = count
    self.amount = amount
  }

  package init(from reader: inout ByteReader) {
    count = reader.unsigned()
    amount = reader.signed()
  }

  package func write(to writer: inout ByteWriter) {
    writer.unsigned(count)
    writer.signed(amount)
  }
}
