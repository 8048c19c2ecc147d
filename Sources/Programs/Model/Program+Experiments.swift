package import Expressions

extension Program {
  /// A test of variants: who gets which follows from the customer's id alone.
  package struct Experiment: Sendable {
    /// Its name, the field of `variant`.
    package let id: String
    /// What buckets are salted with: `PROGRAM/EXPERIMENT`.
    package let salt: String
    /// The variants in the order of the file; their shares are 10,000 together.
    package let variants: [Variant]

    /// The variant of a bucket (0…9,999): each has the buckets after those of the ones before it.
    package func variant(ofBucket bucket: Int) -> Int {
      var end = 0
      for (index, variant) in variants.enumerated() {
        end += variant.basisPoints
        if bucket < end { return index }
      }
      return variants.count - 1
    }

    /// The index of the variant with this name; nil: there is none.
    package func variantIndex(named name: String) -> Int? {
      variants.firstIndex { $0.name == name }
    }
  }

  /// One way of doing it.
  package struct Variant: Sendable {
    /// Its name, unique in the experiment.
    package let name: String
    /// Its share: 0…10,000.
    package let basisPoints: Int
    /// The params that it replaces, in every marketplace.
    package let parameters: [String: Value]
  }

  /// A name for customers of whom an expression is true.
  package struct Segment: Sendable {
    /// What `segment` says.
    package let name: String
    /// An error counts as false.
    package let when: CompiledExpression
  }
}
