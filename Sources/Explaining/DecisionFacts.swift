package import CBOR
import Ledger

/// What a `decision.made` event says, taken apart.
package struct DecisionFacts: Sendable {
  /// One filter that was asked.
  package struct Filter: Sendable {
    package let id: String
    package let passed: Bool
    /// What it read, by name, in the order of the record.
    package let read: [(name: String, value: CBORValue)]
    /// Why it could not be evaluated, which rejects; nil: it could.
    package let error: String?
  }

  /// One input of the score, with what it brought where the model gave it as a reason.
  package struct Feature: Sendable {
    package let name: String
    package let value: CBORValue
    package let points: Double?
  }

  /// One of several scores.
  package struct Score: Sendable {
    package let name: String
    /// The model's hash; empty: none was there.
    package let model: String
    package let score: Double
    package let level: String
    /// Why the score is the fallback; nil: it is the model's.
    package let fallbackReason: String?
  }

  package let event: NamedEvent
  /// 64 hex digits.
  package let version: String
  /// Position of the event that was decided about; 0: the record names none.
  package let trigger: UInt64
  /// The run's key.
  package let run: String
  /// The key of the item of a batch that goes through other things than customers; else empty.
  package let item: String
  package let outcome: String
  /// The filter that rejected, or what else decided; empty where the outcome says it all.
  package let reason: String
  package let dedupe: [String]
  /// In the order in which they were asked; the first that failed is the last.
  package let filters: [Filter]
  /// In the model's order.
  package let features: [Feature]
  /// The model's hash; empty: nothing was scored.
  package let model: String
  package let score: Double?
  package let margin: Double?
  package let level: String
  package let isFallback: Bool
  /// Why the score is the fallback; empty where the record does not say.
  package let fallbackReason: String
  /// The scores that the score is one of, or is made of; empty where there is only one.
  package let scores: [Score]
  /// Position of the request that the decision waited for; 0: none.
  package let request: UInt64
  package let offer: CBORValue?
  /// `treated`, `holdout` or an experiment's variant; of several `EXPERIMENT variant, …`; empty where
  /// nothing was left to chance.
  package let variant: String
  /// How likely this variant was; nil where there are several.
  package let propensity: Double?
  /// Of several variants how likely each was: `EXPERIMENT 0.5, …`.
  package let propensities: String
  /// Empty: none fits, or the program has none.
  package let segment: String
  package let actions: [String]

  package var position: UInt64 { event.position }
  package var program: String { event.program }

  init(_ event: NamedEvent) {
    self.event = event
    let data = event.data
    version = event.text(Field.version)
    trigger = data.view(forKey: Field.trigger)?.uint64 ?? 0
    run = event.text(Field.run)
    item = event.text(Field.item)
    outcome = event.text(Field.outcome)
    reason = event.text(Field.reason)
    dedupe = Self.texts(data.view(forKey: Field.dedupe))
    filters = Self.elements(data.view(forKey: Field.filters)).map(Self.filter)
    let reasons = Self.elements(data.view(forKey: "reasons")).map(Self.reason)
    features = Self.elements(data.view(forKey: "features")).map { item in
      let name = item.view(forKey: Field.name)?.string ?? ""
      return Feature(
        name: name, value: item.view(forKey: "value")?.value ?? .null,
        points: reasons.first { $0.name == name }?.points)
    }
    model = event.text("model")
    score = data.view(forKey: Field.score)?.double
    margin = data.view(forKey: "margin")?.double
    level = event.text(Field.level)
    isFallback = data.view(forKey: "fallback")?.bool ?? false
    fallbackReason = event.text("fallbackReason")
    scores = Self.elements(data.view(forKey: Field.scores)).map(Self.score)
    request = data.view(forKey: "request")?.uint64 ?? 0
    offer = data.view(forKey: Field.offer)?.value
    let drawn = data.view(forKey: Field.variant)
    variant = drawn?.string ?? Self.pairs(drawn) { Printable.text($0.string ?? "") }
    propensity = data.view(forKey: "propensity")?.double
    propensities = Self.pairs(data.view(forKey: "propensity")) {
      Printable.number($0.double ?? 0, digits: 4)
    }
    segment = event.text(Field.segment)
    actions = Self.texts(data.view(forKey: Field.actions))
  }

  /// Whether a run goes on from here: one that began or one that was joined.
  package var concernsRun: Bool {
    outcome == "eligible" || outcome == "held-out" || outcome == "joined"
  }

  private static func filter(_ item: CBORView) -> Filter {
    var read: [(name: String, value: CBORValue)] = []
    item.view(forKey: "read")?.forEachEntry { name, value in
      read.append((name.string ?? "", value.value))
    }
    return Filter(
      id: item.view(forKey: Field.id)?.string ?? "",
      passed: item.view(forKey: Field.verdict)?.string == "pass", read: read,
      error: item.view(forKey: "error")?.string)
  }

  private static func score(_ item: CBORView) -> Score {
    Score(
      name: item.view(forKey: Field.name)?.string ?? "",
      model: item.view(forKey: Field.model)?.string ?? "",
      score: item.view(forKey: Field.score)?.double ?? 0,
      level: item.view(forKey: Field.level)?.string ?? "",
      fallbackReason: item.view(forKey: "fallbackReason")?.string)
  }

  private static func reason(_ item: CBORView) -> (name: String, points: Double) {
    (
      item.view(forKey: Field.name)?.string ?? "", item.view(forKey: "points")?.double ?? 0
    )
  }

  /// The entries of a map as text; empty for anything else.
  private static func pairs(_ map: CBORView?, _ text: (CBORView) -> String) -> String {
    guard let map, map.kind == .map else { return "" }
    var pairs: [String] = []
    map.forEachEntry { name, value in
      pairs.append("\(Printable.text(name.string ?? "")) \(text(value))")
    }
    return pairs.joined(separator: ", ")
  }

  private static func elements(_ array: CBORView?) -> [CBORView] {
    var items: [CBORView] = []
    guard let array, array.kind == .array else { return [] }
    array.forEachElement { items.append($0) }
    return items
  }

  private static func texts(_ array: CBORView?) -> [String] {
    elements(array).map { $0.string ?? "" }
  }
}
