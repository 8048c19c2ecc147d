/// Why a source is not an expression that can run: found when it is parsed, checked or compiled.
package struct ExpressionError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The line of the place, from 1.
  package var line: Int
  /// The column of the place in code points, from 1.
  package var column: Int
  /// What is wrong, without the place.
  package var message: String
  /// What may be meant instead; nil if nothing is near.
  package var suggestion: String?

  /// The given error.
  package init(line: Int, column: Int, message: String, suggestion: String? = nil) {
    self.line = line
    self.column = column
    self.message = message
    self.suggestion = suggestion
  }

  /// Place, message and suggestion in one line: `1:7: no such field …; did you mean …?`.
  package var description: String {
    let mend = suggestion.map { "; \($0)" } ?? ""
    return "\(line):\(column): \(message)\(mend)"
  }
}

/// Why an expression has no value for one activation. CEL's `&&`, `||`, `all` and `exists` absorb
/// these errors where the other operand decides.
package struct EvaluationError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The kinds of failure.
  package enum Kind: Hashable, Sendable {
    case noSuchField, noSuchKey, noSuchOverload, undeclared, overflow, divisionByZero
    case outOfRange, invalidArgument, conversion, limit, host
  }

  /// What kind of failure this is.
  package var kind: Kind
  /// What failed: a name, a value or a sentence, by kind.
  package var detail: String
  /// Where in the source, in UTF-8 bytes from 0; nil if it is not known.
  package var offset: Int?

  /// The given failure. Making one from a literal allocates nothing.
  package init(_ kind: Kind, _ detail: String, offset: Int? = nil) {
    self.kind = kind
    self.detail = detail
    self.offset = offset
  }

  /// The failure as a sentence.
  package var message: String {
    switch kind {
    case .noSuchField: "no such field '\(detail)'"
    case .noSuchKey: "no such key: \(detail)"
    case .noSuchOverload: "no such overload: \(detail)"
    case .undeclared: "undeclared reference to '\(detail)'"
    case .overflow: "integer overflow in \(detail)"
    case .divisionByZero: "division by zero in \(detail)"
    case .outOfRange: "out of range: \(detail)"
    case .invalidArgument, .limit, .host: detail
    case .conversion: "cannot convert \(detail)"
    }
  }

  /// The same as `message`.
  package var description: String { message }
}

/// What an evaluation may still do, in units of about one small step.
struct WorkBudget {
  private(set) var units: Int64

  init(units: Int64) {
    self.units = units
  }

  /// Takes `amount` units away.
  ///
  /// - Throws: `.limit` once the budget is used up; from then on every charge throws.
  @inline(__always)
  mutating func charge(_ amount: Int) throws(EvaluationError) {
    units -= Int64(amount)
    if units < 0 {
      units = 0
      throw EvaluationError(.limit, "the expression does more work than its limit allows")
    }
  }
}
