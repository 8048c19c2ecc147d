extension Report {
  /// A page of Markdown; also a DocC article.
  package var markdown: String {
    var page = "# Results\n\nMeasured on \(date) with Recount \(version).\n\n"
    page +=
      Table(
        header: ["Machine", ""], rows: machine.facts.map { [$0.name, $0.value] }, isText: true
      ).markdown
    page += "\nParameters: "
    page += parameters.map { "\($0.name) \($0.value)" }.joined(separator: ", ")
    page += ". Figures are medians of the rounds unless a column says otherwise.\n"
    for section in sections { page += "\n" + section.markdown }
    return page
  }
}

extension Section {
  /// The section with a heading of the second level.
  package var markdown: String {
    var text = "## \(title)\n\n\(introduction)\n"
    for table in tables where !table.rows.isEmpty { text += "\n" + table.markdown }
    for note in notes { text += "\n\(note)\n" }
    return text
  }
}

extension Table {
  package var markdown: String {
    var text = caption.isEmpty ? "" : "**\(caption)**\n\n"
    text += "| " + header.joined(separator: " | ") + " |\n"
    text += "| ---" + String(repeating: isText ? " | ---" : " | ---:", count: header.count - 1)
    text += " |\n"
    for row in rows { text += "| " + row.joined(separator: " | ") + " |\n" }
    return text
  }
}
