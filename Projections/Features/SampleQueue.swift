import Binding
import CBOR
import Engine
package import Expressions

/// A value that a feature took in, with the time by which its window goes.
package struct Sample: Equatable, Sendable {
  package var time: Int64
  package var value: Value
}

/// Samples in the order in which they came; the oldest go at the front.
package struct SampleQueue: Equatable, Sendable {
  /// Samples that a window keeps; the oldest goes.
  package static let limit = 4_096

  private var samples: [Sample] = []
  /// How many samples at the front have gone.
  private var head = 0

  init() {}

  /// The samples that are there.
  var live: ArraySlice<Sample> { samples[head...] }

  /// Appends a sample; where there are more than `limit` then, the first one goes.
  mutating func append(_ sample: Sample, limit: Int) {
    samples.append(sample)
    if samples.count - head > limit { head += 1 }
    cut()
  }

  /// Removes the samples at or before `start`.
  /// - Parameter isOrdered: Whether times never go back, so that they are all at the front.
  mutating func evict(through start: Int64, isOrdered: Bool) {
    guard isOrdered else {
      if live.contains(where: { $0.time <= start }) {
        samples = live.filter { $0.time > start }
        head = 0
      }
      return
    }
    while head < samples.count && samples[head].time <= start { head += 1 }
    cut()
  }

  /// Cutting half at a time costs each sample a constant share.
  private mutating func cut() {
    guard head > 32 && head * 2 > samples.count else { return }
    samples.removeFirst(head)
    head = 0
  }

  init(from reader: inout ByteReader) {
    for _ in 0..<reader.count() {
      samples.append(
        Sample(time: reader.signed(), value: Value(CBORView(storage: reader.blob()))))
    }
  }

  func write(to writer: inout ByteWriter) {
    writer.count(samples.count - head)
    for sample in live {
      writer.signed(sample.time)
      writer.blob(sample.value.cbor)
    }
  }
}
