import CBOR
import Engine
import Facts
import Ledger
import Programs

extension TriggerDecision {
  /// `decision.made`: everything that was looked at, in the order of the encoded keys.
  func emission(_ record: Record) -> Emission {
    let assignment = assignment(record)
    let score = record.score
    var map = OrderedMapWriter(capacity: 1_024)
    map.field(DecisionField.run, record.run)
    if let item {
      if item.population.entity != nil { map.field(DecisionField.item, item.key) }
      map.field(DecisionField.batch, item.batch)
    }
    if let score {
      map.field(DecisionField.level, score.main.facts.level)
      map.field(DecisionField.model, score.main.model)
    }
    if let offer = record.offer { map.field(DecisionField.offer) { offer.encode(into: &$0) } }
    if let score { map.field(DecisionField.score) { $0.double(score.main.facts.value) } }
    if !record.dedupe.isEmpty {
      map.field(DecisionField.dedupe) { Self.encode(record.dedupe, into: &$0) }
    }
    if let score { map.field(DecisionField.margin) { $0.double(score.main.facts.margin) } }
    map.field(DecisionField.reason, record.reason)
    // The version of the program says which model of its own it is, but not which registered one.
    let source = score.flatMap { $0.named.isEmpty ? program.score : nil }
    if case .remote(let scorer)? = source?.model { map.field(DecisionField.scorer, scorer.url) }
    if let score, !score.named.isEmpty {
      map.field(DecisionField.scores) { score.named.encode(into: &$0) }
    }
    map.field(DecisionField.actions) { Self.encode(record.actions, into: &$0) }
    map.field(DecisionField.filters) { record.filters.encode(into: &$0) }
    map.field(DecisionField.outcome, record.outcome)
    map.field(DecisionField.program, program.id)
    if let score { map.field(DecisionField.reasons) { score.main.reasons.encode(into: &$0) } }
    if record.request > 0 { map.field(DecisionField.request) { $0.unsigned(record.request) } }
    if !record.segment.isEmpty { map.field(DecisionField.segment, record.segment) }
    map.field(DecisionField.trigger) { $0.unsigned(event.position) }
    if let assignment {
      map.field(DecisionField.variant) { assignment.variant.encode(into: &$0) }
    }
    map.field(DecisionField.version, binding.version)
    if score?.main.fallbackReason != nil { map.field(DecisionField.fallback) { $0.bool(true) } }
    if let score { map.field(DecisionField.features) { score.main.features.encode(into: &$0) } }
    if let assignment {
      map.field(DecisionField.propensity) { assignment.propensity.encode(into: &$0) }
    }
    if case .registered(let id)? = source?.model { map.field(DecisionField.registered, id) }
    if let source, !source.model.isOwn {
      map.field(DecisionField.specification, source.specification)
    }
    if let reason = score?.main.fallbackReason { map.field(DecisionField.fallbackReason, reason) }
    return Emission(
      kind: .decision, type: EventType.decisionMade, program: program.id, subject: subject,
      payload: map.bytes())
  }

  private static func encode(_ texts: [String], into encoder: inout CBOREncoder) {
    encoder.arrayHeader(texts.count)
    for text in texts { encoder.text(text) }
  }
}

/// The fields of `decision.made`, in the order of their encoded forms.
private enum DecisionField {
  static let run: CBORKey = "run"
  static let item: CBORKey = "item"
  static let batch: CBORKey = "batch"
  static let level: CBORKey = "level"
  static let model: CBORKey = "model"
  static let offer: CBORKey = "offer"
  static let score: CBORKey = "score"
  static let dedupe: CBORKey = "dedupe"
  static let margin: CBORKey = "margin"
  static let reason: CBORKey = "reason"
  static let scorer: CBORKey = "scorer"
  static let scores: CBORKey = "scores"
  static let actions: CBORKey = "actions"
  static let filters: CBORKey = "filters"
  static let outcome: CBORKey = "outcome"
  static let program: CBORKey = "program"
  static let reasons: CBORKey = "reasons"
  static let request: CBORKey = "request"
  static let segment: CBORKey = "segment"
  static let trigger: CBORKey = "trigger"
  static let variant: CBORKey = "variant"
  static let version: CBORKey = "version"
  static let fallback: CBORKey = "fallback"
  static let features: CBORKey = "features"
  static let propensity: CBORKey = "propensity"
  static let registered: CBORKey = "registered"
  static let specification: CBORKey = "specification"
  static let fallbackReason: CBORKey = "fallbackReason"
}
