internal import Expressions

extension ProgramReader {
  /// `references`: the tables that `reference(NAME, key)` looks up.
  func readReferences(_ node: YAMLNode?) {
    for entry in entries(node, "references", limit: ProgramLimits.references) {
      let what = "reference \"\(entry.key)\""
      checkName(entry.key, entry.keyPlace, "reference")
      let fields = fields(entry.value, what, ProgramFormat.reference)
      let columns = entries(fields?["fields"], "the fields of \(what)", limit: ProgramLimits.traits)
      if columns.isEmpty, let node = fields?["fields"] {
        report(node.place, "\(what) has no field", mend: "name the columns that are read")
      }
      references.append(
        Program.Reference(
          name: entry.key,
          fields: columns.map { column in
            checkIdentifier(column.key, column.keyPlace, "the field of a reference")
            return (
              column.key,
              choice(
                column.value, "the type of \"\(column.key)\" of \(what)",
                default: Program.TraitType.string)
            )
          }))
    }
  }
}
