import Explaining
import JSON
import Metrics

/// The figures of one program, gathered from the counters of the metrics view.
struct ProgramFigures {
  /// What became of the messages of one step on one channel.
  struct Channel {
    var step: String
    var channel: String
    /// By word: requested, sent, delivered, opened, clicked, failed, bounced, complained.
    var counts = Counts()
    /// By reason.
    var withheld = Counts()
  }

  /// Conversions whose last touch was one step.
  struct Conversion {
    var touch: String
    var count: UInt64
    /// Minor units.
    var revenue: Int64
  }

  var triggered: UInt64 = 0
  var outcomes = Counts()
  var rejected = Counts()
  var started: UInt64 = 0
  var exited = Counts()
  /// In the order in which they first counted.
  var channels: [Channel] = []
  var conversions: [Conversion] = []
  var actions = Counts()

  /// The figures of every program that has any.
  static func byProgram(_ metrics: Metrics?) -> [String: ProgramFigures] {
    var figures: [String: ProgramFigures] = [:]
    metrics?.forEach { words, row in
      guard let program = words.first else { return }
      figures[program, default: ProgramFigures()].add(Array(words.dropFirst()), row)
    }
    return figures
  }

  private mutating func add(_ words: [String], _ row: CounterRow) {
    switch (words.first, words.count) {
    case ("triggered", 1): triggered = row.count
    case ("outcomes", 2): outcomes.add(words[1], row.count)
    case ("rejected", 2): rejected.add(words[1], row.count)
    case ("runs", 2) where words[1] == "started": started = row.count
    case ("runs", 3) where words[1] == "exited": exited.add(words[2], row.count)
    case ("deliveries", 4): channel(words[1], words[2]) { $0.counts.add(words[3], row.count) }
    case ("deliveries", 5) where words[3] == "withheld":
      channel(words[1], words[2]) { $0.withheld.add(words[4], row.count) }
    case ("converted", 2):
      conversions.append(Conversion(touch: words[1], count: row.count, revenue: row.amount))
    case ("actions", 2): actions.add(words[1], row.count)
    default: break
    }
  }

  private mutating func channel(
    _ step: String, _ channel: String, _ change: (inout Channel) -> Void
  ) {
    if let index = channels.firstIndex(where: { $0.step == step && $0.channel == channel }) {
      change(&channels[index])
    } else {
      var new = Channel(step: step, channel: channel)
      change(&new)
      channels.append(new)
    }
  }

  // MARK: - Derived

  var active: UInt64 { started - min(started, exited.total) }

  var converted: UInt64 { conversions.reduce(0) { $0 + $1.count } }

  var revenue: Int64 { conversions.reduce(0) { $0 &+ $1.revenue } }

  /// Messages sent in a step, on all its channels.
  func sent(inStep step: String) -> UInt64 {
    channels.filter { $0.step == step }.reduce(0) { $0 + $1.counts["sent"] }
  }

  /// Conversions in percent of runs that were not held out; nil: there were none.
  var percent: Double? {
    Self.percent(converted, of: started - min(started, outcomes["held-out"]))
  }

  static func percent(_ part: UInt64, of whole: UInt64) -> Double? {
    whole == 0 ? nil : Double(part) * 100 / Double(whole)
  }
}

/// Counts by name, in the order in which the names first came.
struct Counts {
  private(set) var entries: [(name: String, count: UInt64)] = []

  var total: UInt64 { entries.reduce(0) { $0 + $1.count } }

  var isEmpty: Bool { entries.isEmpty }

  subscript(name: String) -> UInt64 {
    entries.first { $0.name == name }?.count ?? 0
  }

  mutating func add(_ name: String, _ count: UInt64) {
    if let index = entries.firstIndex(where: { $0.name == name }) {
      entries[index].count += count
    } else {
      entries.append((name, count))
    }
  }

  /// `cart-value 170, trust 115`: the largest first.
  var text: String {
    entries.sorted { $0.count == $1.count ? $0.name < $1.name : $0.count > $1.count }
      .map { "\(Printable.text($0.name)) \($0.count)" }.joined(separator: ", ")
  }

  /// Writes an object of the counts by name.
  func write(_ name: String, to object: inout JSONWriter) {
    object.key(name)
    object.object { fields in
      for entry in entries { fields.field(entry.name, entry.count) }
    }
  }
}
