import Binding
import CBOR
import Engine
package import Expressions
import Programs

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
  /// `count`, `exists`, `sum`, `avg` of a window.
  case window(WindowSums)
  /// Everything else: samples in the order in which they came.
  case samples(SampleQueue)
  case seen([Seen])
  /// `collect` with a key: the values that are there, in the order in which they came.
  case keyed([KeyedSample])
  /// `hours`: how many events came in each hour of the day, in UTC.
  case hours([Int64])

  /// The state of a feature that has taken in nothing.
  init(for feature: FeatureFold) {
    let isWindow = feature.windowMicroseconds != nil
    switch feature.kind {
    case .distinct: self = .seen([])
    case .hours: self = .hours(Self.noHours)
    case .count, .exists:
      self = isWindow ? .window(WindowSums(isSummed: false)) : .count(0)
    case .sum, .avg:
      self =
        isWindow
        ? .window(WindowSums(isSummed: true))
        : .total(integers: 0, doubles: 0, hasDouble: false, count: 0)
    case .collect, .min, .max, .first, .last: self = .samples(SampleQueue())
    }
  }

  /// No events in any hour of the day.
  package static let noHours = [Int64](repeating: 0, count: 24)
}

// MARK: - Taking in

extension FeatureState {
  /// Takes in a value that came at `time`.
  /// - Parameter now: Ledger time, by which samples leave their window.
  mutating func take(_ value: Value, at time: Int64, feature: FeatureFold, now: Int64) {
    switch self {
    case .count(let count):
      self = .count(count + 1)
    case .total(let integers, let doubles, let hasDouble, let count):
      self = Self.total(integers, doubles, hasDouble, count, adding: value)
    case .value(let old):
      if Self.replaces(Sample(time: time, value: value), old, feature.kind) {
        self = .value(Sample(time: time, value: value))
      }
    case .window(var sums):
      // The array must have one owner while it changes.
      self = .count(0)
      sums.take(value, at: time, start: Self.start(of: feature, now))
      self = .window(sums)
    case .samples(var samples):
      self = .count(0)
      let sample = Sample(time: time, value: value)
      if feature.windowMicroseconds == nil && feature.kind != .collect {
        self = .value(sample)
        return
      }
      samples.append(sample, limit: feature.kind == .collect ? feature.limit : SampleQueue.limit)
      samples.evict(
        through: Self.start(of: feature, now), isOrdered: feature.order == .recorded)
      self = .samples(samples)
    case .hours(var hours):
      self = .count(0)
      hours[Self.hour(of: time)] += 1
      self = .hours(hours)
    case .keyed: break
    case .seen(var seen):
      self = .count(0)
      Self.see(value, at: time, in: &seen, limit: feature.limit)
      self = .seen(seen)
    }
  }

  /// Samples at or before it have left the window.
  private static func start(of feature: FeatureFold, _ now: Int64) -> Int64 {
    feature.windowMicroseconds.map { now - $0 } ?? .min
  }

  /// The hour of the day in UTC, 0 to 23.
  private static func hour(of time: Int64) -> Int {
    let hour: Int64 = 3_600_000_000
    let ofDay = time % (24 * hour)
    return Int((ofDay < 0 ? ofDay + 24 * hour : ofDay) / hour)
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
  func value(of feature: FeatureFold, now: Int64) -> Value? {
    switch self {
    case .count(let count):
      feature.kind == .exists ? .bool(count > 0) : .int(Int64(count))
    case .total(let integers, let doubles, let hasDouble, let count):
      Self.value(integers, doubles, hasDouble, count, feature.kind)
    case .value(let sample): sample.value
    case .window(let sums): Self.value(of: feature, sums, now: now)
    case .samples(let samples): Self.value(of: feature, samples.live, now: now)
    case .hours(let hours): .list(hours.map { .int($0) })
    case .keyed(let samples):
      .list(samples.filter { $0.time > Self.start(of: feature, now) }.map(\.value))
    case .seen(let seen):
      .list(Self.values(of: seen, feature, now: now))
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

  private static func values(of seen: [Seen], _ feature: FeatureFold, now: Int64) -> [Value] {
    if feature.settleMicroseconds == nil, feature.windowMicroseconds == nil {
      return seen.map(\.value)
    }
    var values: [Value] = []
    values.reserveCapacity(seen.count)
    for index in seen.indices where counts(seen[index], feature, now: now) {
      values.append(seen[index].value)
    }
    return values
  }

  private static func counts(_ seen: Seen, _ feature: FeatureFold, now: Int64) -> Bool {
    if let settle = feature.settleMicroseconds, seen.first > now - settle { return false }
    if let window = feature.windowMicroseconds, seen.last <= now - window { return false }
    return true
  }

  private static func value(
    of feature: FeatureFold, _ sums: WindowSums, now: Int64
  ) -> Value? {
    let start = start(of: feature, now)
    switch feature.kind {
    case .exists: return .bool(sums.count(after: start) > 0)
    case .sum: return sums.sum(after: start)
    case .avg: return sums.mean(after: start)
    default: return .int(Int64(sums.count(after: start)))
    }
  }

  /// Of equal samples `first`, `min` and `max` give the one that came first, `last` the one that
  /// came last.
  private static func value(
    of feature: FeatureFold, _ samples: ArraySlice<Sample>, now: Int64
  ) -> Value? {
    let start = start(of: feature, now)
    if feature.kind == .collect {
      return .list(samples.lazy.filter { $0.time > start }.map(\.value))
    }
    // Recorded times never go back: the last sample is the latest.
    if feature.kind == .last && feature.order == .recorded {
      return samples.last.flatMap { $0.time > start ? $0.value : nil }
    }
    var best: Sample?
    for sample in samples where sample.time > start {
      guard let known = best else {
        best = sample
        continue
      }
      if Self.replaces(sample, known, feature.kind) { best = sample }
    }
    return best?.value
  }
}
