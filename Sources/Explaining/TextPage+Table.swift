extension TextPage {
  /// A column of a table.
  package struct Column: Sendable {
    package enum Alignment: Sendable {
      case left
      case right
    }

    let title: String
    let alignment: Alignment

    package init(_ title: String, _ alignment: Alignment = .left) {
      self.title = title
      self.alignment = alignment
    }
  }

  /// A table with a line of titles; a column in which every cell is empty is left out.
  package mutating func table(_ columns: [Column], _ rows: [[String]], indent: Int = 2) {
    let shown = columns.indices.filter { column in rows.contains { !$0[column].isEmpty } }
    let widths = columns.indices.map { column in
      max(columns[column].title.count, rows.map { $0[column].count }.max() ?? 0)
    }
    let blank = String(repeating: " ", count: indent)
    for (index, row) in ([columns.map(\.title)] + rows).enumerated() {
      var cells: [String] = []
      for column in shown {
        let isLast = column == shown.last
        switch columns[column].alignment {
        case .right: cells.append(Self.rightAligned(row[column], widths[column]))
        case .left: cells.append(isLast ? row[column] : Self.padded(row[column], widths[column]))
        }
      }
      var text = cells.joined(separator: "  ")
      while text.last == " " { text.removeLast() }
      line(blank + (index == 0 ? emphasised(text, .faint) : text))
    }
  }
}
