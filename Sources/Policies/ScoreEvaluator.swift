import Binding
import CBOR
import Engine
import Expressions
import Facts
import Items
import Ledger
import Models
import PendingScores
import Programs
import Scoring

/// Computes the scores of a program for what the scope stands at, and records how.
struct ScoreEvaluator {
  let scope: Scope
  let models: Models
  let items: Items
  let pending: PendingScores
  /// Whether features and reasons are recorded: not where a batch looks at its items.
  var isRecorded = true

  /// One score with what led to it.
  struct Record {
    var facts: ScoreFacts
    /// The hash of the model, in hex; empty where none was found.
    var model: String
    var features = EncodedList()
    var reasons = EncodedList()
    /// Why the score is the fallback; nil: it is the model's.
    var fallbackReason: String?
  }

  /// The score of a decision, and all of which it was made.
  struct Outcome {
    /// What `score` is.
    var main: Record
    /// The named scores, as decisions record them; empty for a single score.
    var named = EncodedList()
    /// The named scores, as expressions read them and a run keeps them.
    var scores: NamedScores
  }

  /// Why there is no score.
  struct Failure: Error {
    let reason: String
  }

  /// Computes the scores of `scoring`.
  /// - Throws: Where a score without a fallback has no value.
  func outcome(_ scoring: Program.Scoring, _ program: Program) throws(Failure) -> Outcome {
    let levels = scope.marketplace?.levels ?? program.levels
    if scoring.isSingle {
      let record = try record(scoring.scores[0], levels: levels)
      return Outcome(main: record, scores: NamedScores())
    }
    var main: Record?
    var named = EncodedList()
    scope.scores = NamedScores()
    for (index, score) in scoring.scores.enumerated() {
      let record = try record(score, levels: score.levels)
      scope.scores.add(score.name, record.facts)
      if isRecorded {
        let cbor = Self.cbor(of: record, score)
        named.append { cbor.encode(into: &$0) }
      }
      if case .score(index) = scoring.main { main = record }
    }
    switch scoring.main {
    case .score:
      // The check has made sure that the main score is one of them.
      guard var main else { throw Failure(reason: "score") }
      main.facts.level = Self.level(of: main.facts.value, levels)
      return Outcome(main: main, named: named, scores: scope.scores)
    case .combination(let combination):
      let record = try combined(combination, scoring, levels)
      return Outcome(main: record, named: named, scores: scope.scores)
    }
  }

  // MARK: - One score

  private func record(
    _ score: Program.Score, levels: [Program.Level]
  ) throws(Failure) -> Record {
    let (values, records) = features(of: score)
    var record = Record(
      facts: ScoreFacts(value: 0, margin: 0, level: ""), model: "", features: records)
    switch model(score.model) {
    case .failure(let failure): record.fallbackReason = failure.reason
    case .success(let model):
      record.model = model.hash
      switch output(of: model, score, values) {
      case .failure(let failure): record.fallbackReason = failure.reason
      case .success(let output):
        record.facts.value = output.score
        record.facts.margin = output.margin
        guard isRecorded else { break }
        for reason in output.reasons {
          record.reasons.append { Self.encode(reason.name, points: reason.points, into: &$0) }
        }
      }
    }
    if record.fallbackReason != nil {
      guard let fallback = score.fallback else { throw Failure(reason: "score") }
      record.facts.value = fallback
      record.facts.isFallback = true
    }
    record.facts.level = Self.level(of: record.facts.value, levels)
    return record
  }

  /// What the model of a score is told, and what decisions record of it.
  func features(of score: Program.Score) -> (values: [FeatureValue], records: EncodedList) {
    var values: [FeatureValue] = []
    var records = EncodedList()
    values.reserveCapacity(score.features.count)
    for feature in score.features {
      let value = scope.optional(feature.value) ?? .null
      values.append(FeatureValue(value))
      if isRecorded { records.append { Self.encode(feature.name, value, into: &$0) } }
    }
    return (values, records)
  }

  private func model(_ reference: Program.ModelReference) -> Result<ScoringModel, Failure> {
    let row: ModelRow?
    switch reference {
    case .own(let model): return .success(model)
    case .registered(let id): row = models.registration(of: id)
    case .hash(let hash): row = models.registration(ofHash: hash)
    case .remote(let scorer):
      // Only a decision that can wait asks the scorer.
      let isOpen = pending.isOpen(scorer: scorer.url, now: scope.now)
      return .failure(
        Failure(
          reason: isOpen
            ? "the scorer has failed too often and is not asked" : "a joining trigger does not wait"
        ))
    }
    guard let row else { return .failure(Failure(reason: "the model is not registered")) }
    guard let model = models.model(of: row) else {
      return .failure(Failure(reason: "the model cannot be read"))
    }
    return .success(model)
  }

  private func output(
    of model: ScoringModel, _ score: Program.Score, _ values: [FeatureValue]
  ) -> Result<ModelOutput, Failure> {
    var values = values
    if case .own = score.model {
    } else {
      // Another model than the program was checked with: its features are found by name.
      var ordered: [FeatureValue] = []
      for name in model.featureNames {
        guard let index = score.features.firstIndex(where: { $0.name == name }) else {
          return .failure(Failure(reason: "the score gives the model no \"\(name)\""))
        }
        ordered.append(values[index])
      }
      values = ordered
    }
    switch model.content {
    case .features(let model):
      let output = model.output(for: values)
      guard output.score.isFinite else {
        return .failure(Failure(reason: "the model has no answer"))
      }
      return .success(output)
    case .items(let model):
      guard let output = items.output(model, item: values[0], customer: scope.customer) else {
        return .failure(Failure(reason: "there is no item to score"))
      }
      return .success(output)
    }
  }

  // MARK: - Several scores

  private func combined(
    _ combination: Program.Combination, _ scoring: Program.Scoring, _ levels: [Program.Level]
  ) throws(Failure) -> Record {
    var record = Record(
      facts: ScoreFacts(value: 0, margin: 0, level: ""), model: combination.hash)
    for score in scoring.scores {
      let value = scope.scores.facts(score.name).map { Value.double($0.value) } ?? .null
      record.features.append { Self.encode(score.name, value, into: &$0) }
    }
    if let value = scope.optional(combination.value).flatMap(Self.number), value.isFinite {
      record.facts.value = value
      record.facts.margin = value
    } else {
      guard let fallback = combination.fallback else { throw Failure(reason: "score") }
      record.facts.value = fallback
      record.facts.isFallback = true
      record.fallbackReason = "the scores cannot be combined"
    }
    record.facts.level = Self.level(of: record.facts.value, levels)
    return record
  }

  /// One of several scores, as decisions record it.
  private static func cbor(of record: Record, _ score: Program.Score) -> CBORValue {
    var fields: [(String, CBORValue)] = [
      ("name", .text(score.name)), ("model", .text(record.model)),
      ("specification", .text(score.specification)), ("features", record.features.cborValue),
      ("margin", .double(record.facts.margin)), ("score", .double(record.facts.value)),
      ("level", .text(record.facts.level)), ("reasons", record.reasons.cborValue),
    ]
    if case .registered(let id) = score.model { fields.append(("registered", .text(id))) }
    if let reason = record.fallbackReason {
      fields.append(("fallback", .bool(true)))
      fields.append(("fallbackReason", .text(reason)))
    }
    return .object(fields)
  }

  // MARK: - Values

  static func level(of score: Double, _ levels: [Program.Level]) -> String {
    levels.first { score >= $0.threshold }?.name ?? ""
  }

  private static func number(_ value: Value) -> Double? {
    switch value {
    case .int(let number): Double(number)
    case .uint(let number): Double(number)
    case .double(let number): number
    default: nil
    }
  }

  /// Writes a feature as decisions record it: doubles with their exact bits.
  private static func encode(_ name: String, _ value: Value, into encoder: inout CBOREncoder) {
    if case .double(let number) = value {
      encoder.mapHeader(3)
      encoder.text(ScoreField.bits)
      encoder.text(Hex.string(bigEndian: number.bitPattern))
    } else {
      encoder.mapHeader(2)
    }
    encoder.text(ScoreField.name)
    encoder.text(name)
    encoder.text(ScoreField.value)
    value.encode(into: &encoder)
  }

  /// Writes a reason as decisions record it.
  static func encode(_ name: String, points: Double, into encoder: inout CBOREncoder) {
    encoder.mapHeader(2)
    encoder.text(ScoreField.name)
    encoder.text(name)
    encoder.text(ScoreField.points)
    encoder.double(points)
  }
}

/// The fields of features and reasons.
private enum ScoreField {
  static let bits: CBORKey = "bits"
  static let name: CBORKey = "name"
  static let value: CBORKey = "value"
  static let points: CBORKey = "points"
}

extension FeatureValue {
  /// What a model is told of an expression's value.
  fileprivate init(_ value: Value) {
    switch value {
    case .int(let number): self = .number(Double(number))
    case .uint(let number): self = .number(Double(number))
    case .double(let number): self = .number(number)
    case .bool(let flag): self = .flag(flag)
    case .string(let text): self = .text(text)
    default: self = .missing
    }
  }
}
