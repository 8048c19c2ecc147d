/// What an expression may name, and how much it may cost.
package struct Declarations: Sendable {
  /// The variables by full name. A name may hold dots (`"a.b"`): then `a.b.c` selects `c` on it;
  /// where several names fit, the longest one is meant.
  package var variables: [String: ValueType]
  /// The host's functions. A name may hold dots. A name that a built-in function of the same style
  /// (member or not) has is refused.
  package var functions: [HostFunction]
  /// The namespace in which names are looked up first, such as `com.example`; empty for none.
  package var container: String
  /// The most that an evaluation may cost by the estimate made at compile time, and the work that
  /// an evaluation may really do, in small steps (`CompiledExpression.estimatedCost`).
  package var costLimit: Int64
  /// How long lists and maps from the host are assumed to be when cost is estimated.
  package var assumedSize: Int64

  /// The given declarations; the defaults allow ten million steps and assume 64 elements.
  package init(
    variables: [String: ValueType] = [:], functions: [HostFunction] = [],
    container: String = "", costLimit: Int64 = 10_000_000, assumedSize: Int64 = 64
  ) {
    self.variables = variables
    self.functions = functions
    self.container = container
    self.costLimit = costLimit
    self.assumedSize = assumedSize
  }
}

/// A function that the host provides.
package struct HostFunction: Sendable {
  /// The name; member functions are called on their first argument (`customer.knows(x)`).
  package var name: String
  /// Its overloads; they all go to one call slot.
  package var overloads: [Overload]
  /// What one call is assumed to cost, in small steps.
  package var cost: Int64
  /// For a function whose first argument is a name: the names and the types of what a call with
  /// them returns. The check then wants one of them as a text in quotes.
  package var resultsByName: [String: ValueType]?

  /// The given function.
  package init(name: String, overloads: [Overload], cost: Int64 = 50) {
    self.name = name
    self.overloads = overloads
    self.cost = cost
  }
}

/// One way to call a function.
package struct Overload: Hashable, Sendable {
  /// The parameters' types, for a member function with the receiver first. `ValueType.parameter`
  /// stands for any type, the same one wherever it has the same name.
  package var parameters: [ValueType]
  /// The type of what it returns.
  package var result: ValueType
  /// Whether the first parameter is the receiver.
  package var isMember: Bool

  /// The given overload.
  package init(parameters: [ValueType], result: ValueType, isMember: Bool = false) {
    self.parameters = parameters
    self.result = result
    self.isMember = isMember
  }
}

/// A value that an expression reads from its host: a variable, or a chain of fields on one.
package struct Attribute: Hashable, Sendable, CustomStringConvertible {
  /// The declared variable, by full name.
  package let root: String
  /// The fields that are selected on it, outermost first; empty for the whole variable.
  package let path: [String]

  /// The given attribute.
  package init(root: String, path: [String]) {
    self.root = root
    self.path = path
  }

  /// Root and path with dots between.
  package var description: String { ([root] + path).joined(separator: ".") }
}
