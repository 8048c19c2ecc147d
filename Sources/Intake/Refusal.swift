package import JSON

/// Why an event from outside is not taken: the field that is wrong, and the mend.
package struct Refusal: Error, Equatable, Sendable, CustomStringConvertible {
  /// The attribute, as in `subject`, or the place inside the data as a JSON pointer without its
  /// first slash, as in `data/items/3/price`; empty where the whole document is meant.
  package let field: String
  /// What is wrong with the field, as the rest of a sentence, and what mends it.
  package let reason: String

  /// Creates a refusal.
  package init(field: String, reason: String) {
    self.field = field
    self.reason = reason
  }

  /// The place and the rule of JSON that was broken there.
  package init(_ error: JSONError) {
    field = String(error.pointer.dropFirst())
    reason = "cannot be read at byte \(error.offset): \(error.problem); \(error.mend)"
  }

  /// Field and reason in one sentence.
  package var description: String {
    (field.isEmpty ? "the event" : field) + " " + reason
  }
}
