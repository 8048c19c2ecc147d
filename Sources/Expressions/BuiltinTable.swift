extension Builtin {
  /// The implementation of a function for a number of arguments; nil if there is none. The
  /// receiver of a member function counts as its first argument.
  static func named(_ name: String, isMember: Bool, count: Int) -> Builtin? {
    table[key(name, isMember: isMember, count: count)]
  }

  static func key(_ name: String, isMember: Bool, count: Int) -> String {
    "\(isMember ? "." : "")\(name)/\(count)"
  }

  private static let table: [String: Builtin] = {
    var table: [String: Builtin] = [:]
    let libraries = [
      ConversionFunctions.table, TextFunctions.table, TimeFunctions.table, MathFunctions.table,
      ListFunctions.table, OptionalFunctions.table, NetworkFunctions.table,
      EncodingFunctions.table, PatternFunctions.table,
    ]
    for library in libraries { table.merge(library) { first, _ in first } }
    return table
  }()

  /// The error of a function that does not take these values.
  static func refusal(_ name: String, _ arguments: Value...) -> EvaluationError {
    let types = arguments.map(\.type.name).joined(separator: ", ")
    return EvaluationError(.noSuchOverload, "\(name)(\(types))")
  }
}
