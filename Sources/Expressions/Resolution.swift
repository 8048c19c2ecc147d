/// What a name or call of the syntax tree turned out to mean.
enum Resolution: Sendable {
  /// A variable of a comprehension or binding, by slot.
  case local(Int)
  /// A declared variable, by full name.
  case variable(String)
  case type(TypeValue)
  /// A built-in function, called with the target as its first argument if `isMember`.
  case builtin(String, isMember: Bool)
  /// A host function by its position in the declarations.
  case host(Int, isMember: Bool)
  /// Nothing; only unchecked expressions get so far. Evaluation fails with this.
  case unknown(EvaluationError)
}

/// What the check found out about a tree.
struct CheckedSyntax {
  let tree: Syntax
  /// The type of each node, by number; `dyn` for nodes that stand for no value.
  var types: [ValueType]
  /// What names and calls mean, by node number.
  var resolutions: [Int: Resolution]
  /// The first slot of each comprehension or binding, by node number.
  var slots: [Int: Int]
  /// How many slots for local variables there are.
  var slotCount: Int
}
