import Binding
import CBOR
package import Engine
import Expressions

/// The states of one entity's features.
package struct FeatureRow: TableRow {
  struct Entry: Sendable {
    /// The feature's number.
    var feature: UInt32
    var state: FeatureState
  }

  /// By the features' numbers, so that the bytes do not depend on which took something in first.
  var entries: [Entry] = []

  init() {}

  /// The value of a feature at ledger time `now`; nil where it has taken in nothing that counts.
  func value(of feature: UInt32, _ fold: FeatureFold, now: Int64) -> Value? {
    let index = place(of: feature)
    let entries = entries.span
    guard index < entries.count, entries[index].feature == feature else { return nil }
    return entries[index].state.value(of: fold, now: now)
  }

  /// Where the feature's state stands, or would be put.
  private func place(of feature: UInt32) -> Int {
    let entries = entries.span
    var (low, high) = (0, entries.count)
    while low < high {
      let middle = (low &+ high) / 2
      if entries[middle].feature < feature { low = middle &+ 1 } else { high = middle }
    }
    return low
  }

  /// Changes the state of a feature, which begins as `initial`.
  mutating func update(
    _ feature: UInt32, initial: @autoclosure () -> FeatureState,
    _ body: (inout FeatureState) -> Void
  ) {
    let index = place(of: feature)
    if index == entries.count || entries[index].feature != feature {
      entries.insert(Entry(feature: feature, state: initial()), at: index)
    }
    body(&entries[index].state)
  }

  package init(from reader: inout ByteReader) {
    for _ in 0..<reader.count() {
      let feature = UInt32(reader.unsigned())
      entries.append(Entry(feature: feature, state: FeatureState(from: &reader)))
    }
  }

  package func write(to writer: inout ByteWriter) {
    writer.count(entries.count)
    for entry in entries {
      writer.unsigned(UInt64(entry.feature))
      entry.state.write(to: &writer)
    }
  }
}

extension FeatureState {
  init(from reader: inout ByteReader) {
    switch reader.unsigned() {
    case 0: self = .count(reader.unsigned())
    case 1:
      self = .total(
        integers: reader.signed(), doubles: reader.double(), hasDouble: reader.bool(),
        count: reader.unsigned())
    case 2: self = .value(Sample(time: reader.signed(), value: Self.value(from: &reader)))
    case 3: self = .samples(SampleQueue(from: &reader))
    case 5: self = .window(WindowSums(from: &reader))
    case 7: self = .keyed(from: &reader)
    case 6: self = .hours((0..<24).map { _ in reader.signed() })
    default:
      var seen: [Seen] = []
      for _ in 0..<reader.count() {
        let value = Self.value(from: &reader)
        seen.append(Seen(value: value, first: reader.signed(), last: reader.signed()))
      }
      self = .seen(seen)
    }
  }

  func write(to writer: inout ByteWriter) {
    switch self {
    case .count(let count):
      writer.unsigned(0)
      writer.unsigned(count)
    case .total(let integers, let doubles, let hasDouble, let count):
      writer.unsigned(1)
      writer.signed(integers)
      writer.double(doubles)
      writer.bool(hasDouble)
      writer.unsigned(count)
    case .value(let sample):
      writer.unsigned(2)
      writer.signed(sample.time)
      writer.blob(sample.value.cbor)
    case .samples(let samples):
      writer.unsigned(3)
      samples.write(to: &writer)
    case .seen(let seen):
      writer.unsigned(4)
      writer.count(seen.count)
      for value in seen {
        writer.blob(value.value.cbor)
        writer.signed(value.first)
        writer.signed(value.last)
      }
    case .window(let sums):
      writer.unsigned(5)
      sums.write(to: &writer)
    case .keyed(let samples):
      writer.unsigned(7)
      Self.write(samples, to: &writer)
    case .hours(let hours):
      writer.unsigned(6)
      for count in hours { writer.signed(count) }
    }
  }

  private static func value(from reader: inout ByteReader) -> Value {
    Value(CBORView(storage: reader.blob()))
  }
}
