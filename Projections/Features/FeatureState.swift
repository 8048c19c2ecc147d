import Binding
import CBOR
import Engine
package import Expressions
import Programs

/// A value that a feature took in, with the time by which its window goes.
package struct Sample: Equatable, Sendable {
  package var time: Int64
  package var value: Value
}

/// A distinct value with when it was first and last seen.
package struct Seen: Equatable, Sendable {
  package var value: Value
  package var first: Int64
  package var last: Int64
}

/// What one feature has taken in for one entity.
package enum FeatureState: Sendable {
  /// `count` and `exists` over all time.
  case count(UInt64)
  /// `sum`, `avg` over all time: integers apart, so that they stay exact.
  case total(integers: Int64, doubles: Double, hasDouble: Bool, count: UInt64)
  /// `min`, `max`, `first`, `last` over all time.
  case value(Sample)
  /// Everything else: samples in the order in which they came.
  case samples([Sample])
  case seen([Seen])

  /// Samples that a window keeps; the oldest goes.
  package static let sampleLimit = 4_096

  /// The state of a feature that has taken in nothing.
  init(for feature: Program.Feature) {
    switch feature.kind {
    case .distinct: self = .seen([])
    case .collect: self = .samples([])
    case _ where feature.windowMicroseconds != nil: self = .samples([])
    case .count, .exists: self = .count(0)
    case .sum, .avg: self = .total(integers: 0, doubles: 0, hasDouble: false, count: 0)
    case .min, .max, .first, .last: self = .samples([])
    }
  }
}

// MARK: - Taking in

extension FeatureState {
  /// Takes in a value that came at `time`.
  /// - Parameter now: Ledger time, by which samples leave their window.
  mutating func take(_ value: Value, at time: Int64, feature: Program.Feature, now: Int64) {
    switch self {
    case .count(let count):
      self = .count(count + 1)
    case .total(let integers, let doubles, let hasDouble, let count):
      self = Self.total(integers, doubles, hasDouble, count, adding: value)
    case .value(let old):
      if Self.replaces(Sample(time: time, value: value), old, feature.kind) {
        self = .value(Sample(time: time, value: value))
      }
    case .samples(var samples):
      self = .count(0)
      if feature.windowMicroseconds == nil && feature.kind != .collect {
        self = .value(Sample(time: time, value: value))
        return
      }
      samples.append(Sample(time: time, value: value))
      let limit = feature.kind == .collect ? feature.limit : Self.sampleLimit
      if samples.count > limit { samples.removeFirst(samples.count - limit) }
      if let window = feature.windowMicroseconds, let old = samples.first, old.time <= now - window
      {
        samples.removeAll { $0.time <= now - window }
      }
      self = .samples(samples)
    case .seen(var seen):
      self = .count(0)
      Self.see(value, at: time, in: &seen, limit: feature.limit)
      self = .seen(seen)
    }
  }

  private static func total(
    _ integers: Int64, _ doubles: Double, _ hasDouble: Bool, _ count: UInt64, adding value: Value
  ) -> FeatureState {
    if case .int(let number) = value {
      let (sum, overflow) = integers.addingReportingOverflow(number)
      if !overflow {
        return .total(
          integers: sum, doubles: doubles, hasDouble: hasDouble, count: count + 1)
      }
    }
    guard let number = value.number else {
      return .total(integers: integers, doubles: doubles, hasDouble: hasDouble, count: count)
    }
    return .total(
      integers: integers, doubles: doubles + number, hasDouble: true, count: count + 1)
  }

  /// Whether a new sample takes the place of the old one in a feature that keeps one.
  private static func replaces(
    _ new: Sample, _ old: Sample, _ kind: Program.FeatureKind
  ) -> Bool {
    switch kind {
    case .last: new.time >= old.time
    case .first: new.time < old.time
    case .min: (new.value.number ?? .infinity) < (old.value.number ?? .infinity)
    case .max: (new.value.number ?? -.infinity) > (old.value.number ?? -.infinity)
    default: false
    }
  }

  private static func see(_ value: Value, at time: Int64, in seen: inout [Seen], limit: Int) {
    if let index = seen.firstIndex(where: { $0.value == value }) {
      seen[index].last = max(seen[index].last, time)
      seen[index].first = min(seen[index].first, time)
      return
    }
    if seen.count >= limit {
      var oldest = 0
      for index in seen.indices where seen[index].last < seen[oldest].last { oldest = index }
      seen.remove(at: oldest)
    }
    seen.append(Seen(value: value, first: time, last: time))
  }
}

// MARK: - Reading

extension FeatureState {
  /// The feature's value at ledger time `now`; nil where it has taken in nothing that counts.
  func value(of feature: Program.Feature, now: Int64) -> Value? {
    switch self {
    case .count(let count):
      feature.kind == .exists ? .bool(count > 0) : .int(Int64(count))
    case .total(let integers, let doubles, let hasDouble, let count):
      Self.value(integers, doubles, hasDouble, count, feature.kind)
    case .value(let sample): sample.value
    case .samples(let samples): Self.value(of: feature, samples, now: now)
    case .seen(let seen):
      .list(seen.filter { Self.counts($0, feature, now: now) }.map(\.value))
    }
  }

  private static func value(
    _ integers: Int64, _ doubles: Double, _ hasDouble: Bool, _ count: UInt64,
    _ kind: Program.FeatureKind
  ) -> Value? {
    guard count > 0 else { return nil }
    if kind == .avg { return .double((Double(integers) + doubles) / Double(count)) }
    return hasDouble ? .double(Double(integers) + doubles) : .int(integers)
  }

  private static func counts(_ seen: Seen, _ feature: Program.Feature, now: Int64) -> Bool {
    if let settle = feature.settleMicroseconds, seen.first > now - settle { return false }
    if let window = feature.windowMicroseconds, seen.last <= now - window { return false }
    return true
  }

  private static func value(
    of feature: Program.Feature, _ samples: [Sample], now: Int64
  ) -> Value? {
    let start = feature.windowMicroseconds.map { now - $0 } ?? .min
    let inside = samples.drop { $0.time <= start }.filter { $0.time > start }
    switch feature.kind {
    case .count: return .int(Int64(inside.count))
    case .exists: return .bool(!inside.isEmpty)
    case .collect: return .list(inside.map(\.value))
    case .first: return inside.min { $0.time < $1.time }?.value
    case .last: return inside.reversed().max { $0.time < $1.time }?.value
    case .min: return inside.min { ($0.value.number ?? 0) < ($1.value.number ?? 0) }?.value
    case .max: return inside.max { ($0.value.number ?? 0) < ($1.value.number ?? 0) }?.value
    case .sum, .avg:
      var state = FeatureState.total(integers: 0, doubles: 0, hasDouble: false, count: 0)
      for sample in inside { state.take(sample.value, at: 0, feature: feature, now: 0) }
      return state.value(of: feature, now: now)
    case .distinct: return nil
    }
  }
}
