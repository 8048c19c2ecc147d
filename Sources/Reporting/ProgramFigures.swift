import CivilTime
package import Metrics

/// The figures of one program over some days, gathered from the counters of the metrics view.
package struct ProgramFigures: Sendable {
  /// What became of the messages of one step on one channel.
  package struct Channel: Sendable {
    package var step: String
    package var channel: String
    /// By word: requested, sent, delivered, opened, clicked, failed, bounced, complained.
    package var counts = NamedCounts()
    /// By reason.
    package var withheld = NamedCounts()
    /// What providers reported, in thousandths of a minor unit.
    package var reportedCost: Int64 = 0
    /// Those whose last touch was a message of it, within the program's window.
    package var converted = Conversions()
  }

  /// Conversions that have something in common.
  package struct Conversions: Sendable, Equatable {
    package var count: UInt64 = 0
    /// Minor units.
    package var revenue: Int64 = 0

    package init(count: UInt64 = 0, revenue: Int64 = 0) {
      self.count = count
      self.revenue = revenue
    }

    mutating func add(_ row: CounterRow) { add(Self(count: row.count, revenue: row.amount)) }

    mutating func add(_ other: Self) {
      count += other.count
      revenue &+= other.revenue
    }
  }

  /// Runs of one segment.
  package struct Segment: Sendable {
    package var name: String
    package var outcomes = NamedCounts()
    package var exited = NamedCounts()
    package var started: UInt64 = 0
    package var converted: UInt64 = 0
    package var revenue: Int64 = 0
  }

  package private(set) var triggered: UInt64 = 0
  package private(set) var outcomes = NamedCounts()
  package private(set) var rejected = NamedCounts()
  package private(set) var started: UInt64 = 0
  package private(set) var exited = NamedCounts()
  /// In the order in which they first counted.
  package private(set) var channels: [Channel] = []
  /// Conversions that count for no touch.
  package private(set) var unattributed = Conversions()
  /// Why they do not: `held-out`, `before-any` touch, `after-window`.
  package private(set) var unattributedReasons = NamedCounts()
  package private(set) var actions = NamedCounts()
  package private(set) var segments: [Segment] = []
  /// The experiments, the holdout among them.
  package private(set) var experiments: [ExperimentFigures] = []
  /// What a message on a channel, or an action, costs, in thousandths of a minor unit; see
  /// ``Program/costs``.
  package var costs: [String: Int64] = [:]

  package init() {}

  /// The figures of every program that has any.
  /// - Parameter days: Days since 1970-01-01 that count; nil: all.
  package static func byProgram(
    _ metrics: Metrics?, days: ClosedRange<Int64>? = nil
  ) -> [String: ProgramFigures] {
    var figures: [String: ProgramFigures] = [:]
    metrics?.forEach { key, row in
      guard days?.contains(key.day) != false else { return }
      figures[key.program, default: ProgramFigures()].add(key.words, row)
    }
    return figures
  }

  /// The figures of a program day by day, in order; days without any are left out.
  package static func byDay(
    _ metrics: Metrics?, program: String, days: ClosedRange<Int64>? = nil
  ) -> [(day: Int64, figures: ProgramFigures)] {
    var figures: [Int64: ProgramFigures] = [:]
    metrics?.forEach { key, row in
      guard key.program == program, days?.contains(key.day) != false else { return }
      figures[key.day, default: ProgramFigures()].add(key.words, row)
    }
    return figures.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  private mutating func add(_ words: [String], _ row: CounterRow) {
    switch (words.first, words.count) {
    case ("triggered", 1): triggered += row.count
    case ("outcomes", 2): outcomes.add(words[1], row.count)
    case ("rejected", 2): rejected.add(words[1], row.count)
    case ("expected", 1):
      experiment("holdout") { $0.expect(row.count, basisPoints: row.amount) }
    case ("runs", 2) where words[1] == "started": started += row.count
    case ("runs", 3) where words[1] == "exited": exited.add(words[2], row.count)
    case ("arms", 4): experiment(words[1]) { $0.add(words[2], words[3], row) }
    case ("segments", _) where words.count >= 3: segment(words[1]) { $0.add(words, row) }
    case ("deliveries", 4...): channel(words[1], words[2]) { $0.add(words.dropFirst(3), row) }
    case ("converted", 3): channel(words[1], words[2]) { $0.converted.add(row) }
    case ("unattributed", 2):
      unattributed.add(row)
      unattributedReasons.add(words[1], row.count)
    case ("touches", 6...):
      experiment(words[1]) { $0.add(words[2], step: words[3], words[4], words.dropFirst(5), row) }
    case ("actions", 2): actions.add(words[1], row.count)
    default: break
    }
  }

  private mutating func channel(
    _ step: String, _ channel: String, _ change: (inout Channel) -> Void
  ) {
    channels.change(step, channel, change)
  }

  private mutating func segment(_ name: String, _ change: (inout Segment) -> Void) {
    let index =
      segments.firstIndex { $0.name == name }
      ?? {
        segments.append(Segment(name: name))
        return segments.count - 1
      }()
    change(&segments[index])
  }

  private mutating func experiment(
    _ name: String, _ change: (inout ExperimentFigures) -> Void
  ) {
    let index =
      experiments.firstIndex { $0.name == name }
      ?? {
        experiments.append(ExperimentFigures(name: name))
        return experiments.count - 1
      }()
    change(&experiments[index])
  }

  // MARK: - Derived

  /// Runs that no exit has ended.
  package var active: UInt64 { started - min(started, exited.total) }

  /// All conversions, those of the holdout too: attributed and unattributed.
  package var conversions: Conversions {
    channels.reduce(into: unattributed) { $0.add($1.converted) }
  }

  package var converted: UInt64 { conversions.count }

  package var revenue: Int64 { conversions.revenue }

  /// Conversions of runs that were not held out.
  package var treated: Proportion {
    guard let holdout = experiments.first(where: { $0.name == "holdout" }),
      let arm = holdout.arms.first(where: { $0.variant == "treated" })
    else { return Proportion(converted, of: started) }
    return Proportion(arm.converted, of: arm.started)
  }

  /// What its messages and actions cost, in thousandths of a minor unit: what providers reported,
  /// and where they reported nothing for a channel's step, what the program says.
  package var cost: Int64 {
    let messages = channels.reduce(Int64(0)) { sum, channel in
      sum &+ channel.cost(costs)
    }
    return actions.entries.reduce(messages) { sum, entry in
      sum &+ (costs[entry.name] ?? 0) &* Int64(entry.count)
    }
  }

  static func percent(_ part: UInt64, of whole: UInt64) -> Double? {
    Proportion(part, of: whole).share.map { $0 * 100 }
  }
}

extension ProgramFigures.Channel {
  /// What its messages cost, in thousandths of a minor unit.
  func cost(_ costs: [String: Int64]) -> Int64 {
    guard reportedCost == 0 else { return reportedCost }
    return (costs[channel] ?? 0) &* Int64(counts["sent"])
  }

  mutating func add(_ words: ArraySlice<String>, _ row: CounterRow) {
    switch words.first ?? "" {
    case "cost": reportedCost &+= row.amount
    case "converted": converted.add(row)
    case "withheld": withheld.add(words.last ?? "", row.count)
    case let word: counts.add(word, row.count)
    }
  }
}

extension [ProgramFigures.Channel] {
  /// Changes the channel of a step, after making it where there is none.
  mutating func change(
    _ step: String, _ channel: String, _ body: (inout ProgramFigures.Channel) -> Void
  ) {
    let index =
      firstIndex { $0.step == step && $0.channel == channel }
      ?? {
        append(ProgramFigures.Channel(step: step, channel: channel))
        return count - 1
      }()
    body(&self[index])
  }

  /// Steps in the order in which they first counted.
  var stepNames: [String] {
    var names: [String] = []
    for channel in self where !names.contains(channel.step) { names.append(channel.step) }
    return names
  }
}

extension ProgramFigures.Segment {
  fileprivate mutating func add(_ words: [String], _ row: CounterRow) {
    switch words[2] {
    case "outcomes" where words.count == 4: outcomes.add(words[3], row.count)
    case "exited" where words.count == 4: exited.add(words[3], row.count)
    case "started": started += row.count
    case "converted":
      converted += row.count
      revenue &+= row.amount
    default: break
    }
  }
}
