import Binding
package import CBOR
import Engine
import Expressions
import Ledger
package import Programs

/// The variants that a customer has in the experiments of a program.
package struct Variants: Sendable, Equatable {
  /// By experiment, in the order of the file: the index of the variant.
  package var indexes: [Int]

  /// None: a program without experiments.
  package static let none = Variants(indexes: [])

  /// Draws a customer's variants.
  package init(drawing program: Program, subject: [UInt8]) {
    indexes = program.experiments.map { experiment in
      experiment.variant(ofBucket: Bucket.of(salt: experiment.salt, subject: subject))
    }
  }

  private init(indexes: [Int]) {
    self.indexes = indexes
  }

  /// What a run recorded: one CBOR map of experiment to variant. Experiments that it does not name,
  /// and variants that are no more, are drawn.
  package init(recorded: [UInt8], _ program: Program, subject: [UInt8]) {
    self.init(drawing: program, subject: subject)
    let map = CBORView(storage: recorded)
    for (index, experiment) in program.experiments.enumerated() {
      guard let name = map.view(forKey: CBORKey(experiment.id))?.string,
        let variant = experiment.variantIndex(named: name)
      else { continue }
      indexes[index] = variant
    }
  }

  /// Their names by experiment, as runs, candidates and exits record them.
  package func record(_ program: Program) -> CBORValue {
    .object(
      zip(program.experiments, indexes).map { ($0.id, .text($0.variants[$1].name)) })
  }
}

/// Where a subject falls among 10,000 buckets.
package enum Bucket {
  /// The first 8 bytes of SHA-256(salt ‖ 0 ‖ subject), big-endian, modulo 10,000.
  package static func of(salt: String, subject: [UInt8]) -> Int {
    Int(EventID(hashing: Array(salt.utf8) + [0] + subject).high % 10_000)
  }
}

extension Scope {
  /// The customer's variants; a run's own where one is being handled.
  package var currentVariants: Variants {
    if let variants { return variants }
    guard let program = binding?.program, !program.experiments.isEmpty else { return .none }
    let drawn = Variants(drawing: program, subject: context.subjects.bytes(of: customer))
    variants = drawn
    return drawn
  }

  /// `variant.EXPERIMENT`.
  func variantName(_ experiment: String) -> Value? {
    guard let program = binding?.program,
      let index = program.experiments.firstIndex(where: { $0.id == experiment })
    else { return nil }
    return .string(program.experiments[index].variants[currentVariants.indexes[index]].name)
  }

  /// The value that a variant gives a param; nil: none does.
  func variantParameter(_ name: String) -> Value? {
    guard let experiments = binding?.program.experiments, !experiments.isEmpty else { return nil }
    for (experiment, index) in zip(experiments, currentVariants.indexes) {
      if let value = experiment.variants[index].parameters[name] { return value }
    }
    return nil
  }
}
