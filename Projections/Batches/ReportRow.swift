import CBOR
package import Engine

/// When a report is due, and how far the one that is being made has come.
package struct ReportRow: TableRow {
  package var program: String
  package var report: String
  /// Position of the activation that it follows from; 0: the program is not active.
  package var activation: UInt64
  /// When it is due next; 0: never any more.
  package var due: Int64
  /// Position of the event that set that timer; 0: there was no time yet.
  package var setBy: UInt64
  /// Of the one that is being made: when it was due, what the next part begins with, where the last
  /// ends, when the next part is due, and who set that timer; 0 for the last: none is being made.
  package var madeDue: Int64 = 0
  package var next: UInt64 = 0
  package var end: UInt64 = 0
  package var partDue: Int64 = 0
  package var partSetBy: UInt64 = 0
  /// Items found so far, and the best of them.
  package var found: UInt64 = 0
  package var lines: [ReportLine] = []
  /// Positions of the reports that were made.
  package var made: [UInt64] = []

  package init(program: String, report: String, activation: UInt64) {
    self.program = program
    self.report = report
    self.activation = activation
    due = 0
    setBy = 0
  }

  /// Whether it waits for the ledger's first time.
  package var isUnarmed: Bool { activation != 0 && setBy == 0 }
  package var isBeingMade: Bool { partSetBy != 0 }

  package init(from reader: inout ByteReader) {
    program = reader.text()
    report = reader.text()
    activation = reader.unsigned()
    due = reader.signed()
    setBy = reader.unsigned()
    madeDue = reader.signed()
    next = reader.unsigned()
    end = reader.unsigned()
    partDue = reader.signed()
    partSetBy = reader.unsigned()
    found = reader.unsigned()
    for _ in 0..<reader.count() {
      let rank = reader.double()
      lines.append(ReportLine(rank: rank, data: reader.blob()))
    }
    for _ in 0..<reader.count() { made.append(reader.unsigned()) }
  }

  package func write(to writer: inout ByteWriter) {
    writer.text(program)
    writer.text(report)
    writer.unsigned(activation)
    writer.signed(due)
    writer.unsigned(setBy)
    writer.signed(madeDue)
    writer.unsigned(next)
    writer.unsigned(end)
    writer.signed(partDue)
    writer.unsigned(partSetBy)
    writer.unsigned(found)
    writer.count(lines.count)
    for line in lines {
      writer.double(line.rank)
      writer.blob(line.data)
    }
    writer.count(made.count)
    for position in made { writer.unsigned(position) }
  }
}

/// One line of a report.
package struct ReportLine: Sendable, Equatable {
  package var rank: Double
  /// What is told of the item: one CBOR map.
  package var data: [UInt8]

  package init(rank: Double, data: [UInt8]) {
    self.rank = rank
    self.data = data
  }

  /// The best of two lists that are in order: the highest rank first, of equal ones those of the first.
  package static func best(_ first: [Self], _ second: [Self], limit: Int) -> [Self] {
    var lines: [Self] = []
    var (left, right) = (0, 0)
    while lines.count < limit, left < first.count || right < second.count {
      let takesLeft =
        right == second.count || (left < first.count && first[left].rank >= second[right].rank)
      lines.append(takesLeft ? first[left] : second[right])
      if takesLeft { left += 1 } else { right += 1 }
    }
    return lines
  }

  /// The lines of an event: `ranks` a list of numbers, `rows` of maps.
  static func list(in data: CBORView) -> [Self] {
    var ranks: [Double] = []
    data.view(forKey: "ranks")?.forEachElement { ranks.append($0.double ?? 0) }
    var lines: [Self] = []
    data.view(forKey: "rows")?.forEachElement { row in
      let rank = lines.count < ranks.count ? ranks[lines.count] : 0
      lines.append(Self(rank: rank, data: row.encoded))
    }
    return lines
  }
}
