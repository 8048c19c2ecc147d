/// The functions that an expression may call: the built-in ones and the host's.
struct FunctionTable: Sendable {
  struct Entry: Sendable {
    var overloads: [Overload]
    /// The position of a host function in the declarations; nil for a built-in one.
    var host: Int?
  }

  /// By name; member functions have a dot in front.
  private var entries: [String: Entry]

  /// The table for the given declarations.
  ///
  /// - Throws: A host function's name is taken; the place is that of the expression's start, as
  ///   declarations have none.
  init(declarations: Declarations) throws(ExpressionError) {
    entries = FunctionTable.builtins
    for (position, function) in declarations.functions.enumerated() {
      for isMember in [false, true] {
        let overloads = function.overloads.filter { $0.isMember == isMember }
        if overloads.isEmpty { continue }
        guard self[function.name, isMember: isMember] == nil else {
          throw ExpressionError(
            line: 1, column: 1, message: "the function '\(function.name)' is declared already",
            suggestion: "give all its overloads in one declaration, or another name")
        }
        entries[(isMember ? "." : "") + function.name] =
          Entry(overloads: overloads, host: position)
      }
    }
  }

  /// The function with a name that is called in one of the two ways; nil if there is none.
  subscript(name: String, isMember isMember: Bool) -> Entry? {
    entries[isMember ? "." + name : name]
  }

  /// The names that a source can write.
  var names: [String] {
    entries.keys.filter { !$0.hasPrefix("_") && !$0.contains("@") }
      .map { $0.hasPrefix(".") ? String($0.dropFirst()) : $0 }
  }

  private static let builtins: [String: Entry] = {
    var entries: [String: Entry] = [:]
    for line in standardSignatures.split(separator: "\n") {
      guard let (name, overload) = signature(String(line)) else {
        preconditionFailure("standardSignatures holds a line that is no signature: \(line)")
      }
      let key = overload.isMember ? "." + name : name
      entries[key, default: Entry(overloads: [], host: nil)].overloads.append(overload)
    }
    return entries
  }()

  /// Reads `name(types) result`; a dot in front of the name makes it a member function.
  private static func signature(_ line: String) -> (name: String, Overload)? {
    var reader = TypeReader(text: line)
    guard let written = reader.name(), reader.skip(0x28),
      let parameters = reader.list(depth: 0), let result = reader.type(depth: 0), reader.isAtEnd
    else { return nil }
    let isMember = written.hasPrefix(".")
    let name = isMember ? String(written.dropFirst()) : written
    return (name, Overload(parameters: parameters, result: result, isMember: isMember))
  }
}
