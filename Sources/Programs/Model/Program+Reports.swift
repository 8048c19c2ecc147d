package import Expressions

extension Program {
  /// A table about what the ledger knows, made by the clock: no run, no message follows.
  package struct Report: Sendable {
    package let id: String
    package let schedule: Schedule
    /// Whose keys are the items, an index in `Program.entities`; nil: the customers themselves.
    package let entity: Int?
    /// Which items are told of; nil: all. An error counts as false.
    package let filter: CompiledExpression?
    /// What is told of each.
    package let data: [NamedExpression]
    /// The highest first, those without a number left out; nil: in the order of the items.
    package let rank: CompiledExpression?
    /// How many are told of at most.
    package let limit: Int
  }
}
