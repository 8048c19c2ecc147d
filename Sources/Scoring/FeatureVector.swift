/// What a model is told about one feature.
package enum FeatureValue: Equatable, Sendable {
  /// Not known: the customer, event or table has no such value.
  case missing
  /// A measured value. NaN counts as missing; infinities belong to the outermost bins.
  case number(Double)
  /// A category. Texts are compared by their UTF-8 bytes, never by Unicode equivalence.
  case text(String)
  /// A yes or no: the category `true` or `false`, and the number 1 or 0 where bins are numeric.
  case flag(Bool)

  /// A number where one is known, otherwise missing.
  package init(_ number: Double?) {
    self = number.map(FeatureValue.number) ?? .missing
  }
}

/// Named features of one subject, in the order in which they were first set.
///
/// The order serves records and printing; a model's result does not depend on it. Look-up is a
/// scan, good for the few dozen features that a model reads. Code that scores many subjects
/// skips the names: see ``Scorecard/output(for:)-([FeatureValue])``.
package struct FeatureVector: Equatable, Sendable {
  /// The names, without duplicates.
  package private(set) var names: [String]
  /// The values, one for each name.
  package private(set) var values: [FeatureValue]

  /// A vector without features.
  package init() {
    names = []
    values = []
  }

  /// A vector from pairs in order; where a name comes twice, the later value counts.
  package init(_ features: [(name: String, value: FeatureValue)]) {
    self.init()
    names.reserveCapacity(features.count)
    values.reserveCapacity(features.count)
    for feature in features { self[feature.name] = feature.value }
  }

  /// The number of features.
  package var count: Int { names.count }

  /// The feature's value, `.missing` if there is none. Setting appends or replaces.
  package subscript(name: String) -> FeatureValue {
    get {
      index(of: name).map { values[$0] } ?? .missing
    }
    set {
      if let index = index(of: name) {
        values[index] = newValue
      } else {
        names.append(name)
        values.append(newValue)
      }
    }
  }

  private func index(of name: String) -> Int? {
    names.firstIndex { $0.hasSameBytes(as: name) }
  }
}

extension String {
  /// Equality of the UTF-8 bytes, which no Unicode version can change.
  func hasSameBytes(as other: String) -> Bool {
    let count = utf8.count
    guard count == other.utf8.count else { return false }
    let (mine, others) = (utf8Span.span, other.utf8Span.span)
    for index in 0..<count where mine[index] != others[index] { return false }
    return true
  }
}
