extension Program {
  /// A reference table that the program looks up, and the columns that it reads.
  package struct Reference: Sendable {
    /// The name under which tables are loaded.
    package let name: String
    /// The columns in the order of the file. What a table has in another type reads as absent.
    package let fields: [(name: String, type: TraitType)]
  }
}
