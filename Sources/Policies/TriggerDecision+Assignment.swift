import CBOR
import Facts
import Programs

/// Who gets what by chance, and how likely that was.
extension TriggerDecision {
  /// `variant` and `propensity` of a decision: of one assignment, the holdout's or an experiment's, a
  /// text and a number; of several maps by experiment, with `holdout` among them. Who is held out has
  /// the holdout's alone.
  func assignment(_ record: Record) -> Assignment? {
    let variants = scope.currentVariants
    var drawn: [(name: String, variant: String, propensity: Double)] = []
    if let propensity = record.holdout {
      let isHeldOut = record.outcome == "held-out"
      let holdout = (
        name: "holdout", variant: isHeldOut ? "holdout" : "treated", propensity: propensity
      )
      if isHeldOut { return Assignment(holdout.variant, holdout.propensity) }
      drawn.append(holdout)
    }
    for (experiment, index) in zip(scope.binding?.program.experiments ?? [], variants.indexes) {
      let variant = experiment.variants[index]
      drawn.append((experiment.id, variant.name, Double(variant.basisPoints) / 10_000))
    }
    guard drawn.count > 1 else {
      return drawn.first.map { Assignment($0.variant, $0.propensity) }
    }
    return Assignment(
      variant: .object(drawn.map { ($0.name, .text($0.variant)) }),
      propensity: .object(drawn.map { ($0.name, .double($0.propensity)) }))
  }

  /// What was drawn, and how likely it was.
  struct Assignment {
    let variant: CBORValue
    let propensity: CBORValue
  }
}

extension TriggerDecision.Assignment {
  fileprivate init(_ variant: String, _ propensity: Double) {
    self.init(variant: .text(variant), propensity: .double(propensity))
  }
}
