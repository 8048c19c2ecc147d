/// One suite's results.
package struct Section: Sendable {
  /// The suite's name on the command line.
  package let suite: String
  package let title: String
  /// What was done, in a paragraph; Markdown.
  package let introduction: String
  package var tables: [Table] = []
  package var measurements: [Measurement] = []
  /// Paragraphs after the tables; Markdown.
  package var notes: [String] = []

  package init(suite: String, title: String, introduction: String) {
    self.suite = suite
    self.title = title
    self.introduction = introduction
  }
}

/// A table for people: cells are Markdown. The first column is text, the others are figures unless
/// ``isText`` says otherwise.
package struct Table: Sendable {
  package let caption: String
  package let header: [String]
  package var rows: [[String]] = []
  package var isText = false

  package init(caption: String = "", header: [String], rows: [[String]] = [], isText: Bool = false)
  {
    self.caption = caption
    self.header = header
    self.rows = rows
    self.isText = isText
  }

  /// The plain table of measurements: median, lowest, highest, goal.
  package init(of measurements: [Measurement], caption: String = "") {
    self.init(
      caption: caption, header: ["What", "Median", "Lowest", "Highest", "Unit", "Goal", "Met"])
    rows = measurements.map { row in
      [
        row.name, Figure.text(row.median), Figure.text(row.minimum), Figure.text(row.maximum),
        row.unit, row.goal?.text ?? "",
        row.goal.map { $0.isMet(by: row.median) ? "yes" : "**no**" } ?? "",
      ]
    }
  }
}

/// All that one call of `recount bench` measured.
package struct Report: Sendable {
  package let machine: Machine
  /// Recount's version.
  package let version: String
  /// `2026-11-24`, UTC.
  package let date: String
  /// What the command was told, by name.
  package let parameters: [(name: String, value: String)]
  package var sections: [Section] = []

  package init(
    machine: Machine, version: String, date: String, parameters: [(name: String, value: String)]
  ) {
    self.machine = machine
    self.version = version
    self.date = date
    self.parameters = parameters
  }
}
