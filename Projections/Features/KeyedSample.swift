import Binding
import CBOR
import Engine
package import Expressions
import Programs

/// A value that a keyed collection holds.
package struct KeyedSample: Equatable, Sendable {
  package var key: String
  /// By which its window goes.
  package var time: Int64
  package var value: Value
}

extension FeatureState {
  /// Takes in a value for a key, which goes to the end, or takes the key's value away. Beyond the
  /// feature's limit the oldest goes.
  mutating func take(
    _ value: Value?, for key: String, at time: Int64, fold: FeatureFold, now: Int64
  ) {
    guard case .keyed(var samples) = self else { return }
    // The array must have one owner while it changes.
    self = .count(0)
    samples.removeAll { $0.key == key }
    if let window = fold.windowMicroseconds {
      samples.removeAll { $0.time <= now - window }
    }
    if let value {
      samples.append(KeyedSample(key: key, time: time, value: value))
      if samples.count > fold.limit { samples.removeFirst() }
    }
    self = .keyed(samples)
  }

  static func keyed(from reader: inout ByteReader) -> FeatureState {
    var samples: [KeyedSample] = []
    for _ in 0..<reader.count() {
      samples.append(
        KeyedSample(
          key: reader.text(), time: reader.signed(),
          value: Value(CBORView(storage: reader.blob()))))
    }
    return .keyed(samples)
  }

  static func write(_ samples: [KeyedSample], to writer: inout ByteWriter) {
    writer.count(samples.count)
    for sample in samples {
      writer.text(sample.key)
      writer.signed(sample.time)
      writer.blob(sample.value.cbor)
    }
  }
}
