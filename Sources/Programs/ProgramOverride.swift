/// `--set PROGRAM.PATH=VALUE`: a value that takes the place of one in `program.yaml`.
package struct ProgramOverride: Hashable, Sendable {
  /// The path below the program: keys joined by dots; an element of a list by its `id` or index.
  package let path: String
  /// The value as YAML: `100`, `"text"`, `[email, sms]`.
  package let value: String

  /// The given override; `holdout` is short for `holdout.percent`.
  package init(path: String, value: String) {
    self.path = path == "holdout" ? "holdout.percent" : path
    self.value = value
  }

  /// Splits `PROGRAM.PATH=VALUE`.
  ///
  /// - Returns: nil if there is no `=`, no path or no program in front of it.
  package static func parsing(_ text: String) -> (program: String, override: ProgramOverride)? {
    let sides = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard sides.count == 2 else { return nil }
    let names = sides[0].split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard names.count == 2, !names[0].isEmpty, !names[1].isEmpty else { return nil }
    let override = ProgramOverride(path: String(names[1]), value: String(sides[1]))
    return (String(names[0]), override)
  }

  /// The overrides that count: of several for one path the last, sorted by path.
  static func canonical(_ overrides: [ProgramOverride]) -> [ProgramOverride] {
    var values: [String: String] = [:]
    for override in overrides { values[override.path] = override.value }
    return sortedByBytes(values.keys).map { path in
      ProgramOverride(path: path, value: values[path] ?? "")
    }
  }
}
