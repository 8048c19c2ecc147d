/// Something wrong with a program, at a place in one of its files.
package struct ProgramProblem: Error, Hashable, Sendable, CustomStringConvertible {
  /// The file's name in the body; `--set PATH` for a problem of an override.
  package let file: String
  /// From 1.
  package let line: Int
  /// In code points, from 1.
  package let column: Int
  /// What is wrong.
  package let message: String
  /// What may be meant, or how to mend it; nil where the message says it all.
  package let mend: String?

  /// The given problem.
  package init(file: String, line: Int, column: Int, message: String, mend: String? = nil) {
    self.file = file
    self.line = line
    self.column = column
    self.message = message
    self.mend = mend
  }

  /// `program.yaml:12:5: unknown field "filtres" in the program; did you mean "filters"?`
  package var description: String {
    "\(file):\(line):\(column): \(message)\(mend.map { "; \($0)" } ?? "")"
  }
}

/// All that is wrong with a program: never empty, by file (`program.yaml` first), line and column.
package struct ProgramProblems: Error, Sendable, CustomStringConvertible {
  /// The problems in order.
  package let problems: [ProgramProblem]

  /// One problem a line.
  package var description: String { problems.map(\.description).joined(separator: "\n") }
}
