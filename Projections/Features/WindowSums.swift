import Binding
import CBOR
package import Engine
package import Expressions

/// The events of a sliding window with running sums, so that the part inside (now - w, now] is
/// counted and added up without looking at each event.
///
///     times:  evicted │ 10:01 10:05 10:05 10:40 …     by time; of one time as they came
///     sums:      base │    +2    +7    +7   +12 …     of the integers, up to and including each
///
/// Sums are exact: integers are summed in 128 bits; numbers that are no integers stand apart and
/// are added in order. Cost: constant to take in (a late event moves those after it), logarithmic to
/// read, and linear in the numbers that are no integers.
package struct WindowSums: Equatable, Sendable {
  /// Events that a window keeps of one entity; the oldest goes.
  package static let limit = 65_536

  private var times: [Int64] = []
  /// Running sums of the integers; empty where nothing is summed.
  private var sums: [Int128] = []
  /// The sum of what was evicted since the arrays were last cut.
  private var base: Int128 = 0
  /// Which events are numbers that are no integers; empty where nothing is summed.
  private var isFraction: [Bool] = []
  /// These numbers, in the order of their events.
  private var fractions: [Fraction] = []
  /// How many events at the front are evicted.
  private var head = 0
  private let isSummed: Bool

  private struct Fraction: Equatable, Sendable {
    var time: Int64
    var value: Double
  }

  /// - Parameter isSummed: Whether values are added up, not only counted.
  package init(isSummed: Bool) {
    self.isSummed = isSummed
  }

  /// How many events are kept.
  package var count: Int { times.count - head }

  // MARK: - Taking in

  /// Takes in an event; a value that is no number is left out where values are added up.
  /// - Parameter start: Events at or before it have left the window.
  package mutating func take(_ value: Value, at time: Int64, start: Int64) {
    evict(through: start)
    guard time > start else { return }
    if isSummed && value.number == nil { return }
    var place = times.count
    while place > head && times[place - 1] > time { place -= 1 }
    times.insert(time, at: place)
    if isSummed { add(value, at: time, place) }
    if count > Self.limit { dropFirst() }
  }

  private mutating func add(_ value: Value, at time: Int64, _ place: Int) {
    sums.insert(sum(before: place), at: place)
    guard case .int(let whole) = value else {
      let position = fractions.lastIndex { $0.time <= time }.map { $0 + 1 } ?? 0
      fractions.insert(Fraction(time: time, value: value.number ?? 0), at: position)
      isFraction.insert(true, at: place)
      return
    }
    isFraction.insert(false, at: place)
    for index in place..<sums.count { sums[index] += Int128(whole) }
  }

  private mutating func evict(through start: Int64) {
    while head < times.count && times[head] <= start { head += 1 }
    let gone = fractions.prefix { $0.time <= start }.count
    if gone > 0 { fractions.removeFirst(gone) }
    // Cutting half at a time costs each event a constant share.
    guard head > 32 && head * 2 > times.count else { return }
    if isSummed {
      base = sums[head - 1]
      sums.removeFirst(head)
      isFraction.removeFirst(head)
    }
    times.removeFirst(head)
    head = 0
  }

  private mutating func dropFirst() {
    if isSummed && isFraction[head] { fractions.removeFirst() }
    head += 1
  }

  private func sum(before place: Int) -> Int128 {
    place == 0 ? base : sums[place - 1]
  }

  // MARK: - Reading

  /// How many events came after `start`.
  package func count(after start: Int64) -> Int { times.count - firstIndex(after: start) }

  /// The sum of the numbers after `start`; nil where there are none.
  package func sum(after start: Int64) -> Value? {
    let first = firstIndex(after: start)
    guard first < times.count else { return nil }
    let whole = sums[sums.count - 1] - sum(before: first)
    guard let last = fractions.last, last.time > start else {
      return Int64(exactly: whole).map { .int($0) } ?? .double(Double(whole))
    }
    return .double(Double(whole) + fractionSum(after: start))
  }

  /// The mean of the numbers after `start`; nil where there are none.
  package func mean(after start: Int64) -> Value? {
    let first = firstIndex(after: start)
    guard first < times.count else { return nil }
    let whole = sums[sums.count - 1] - sum(before: first)
    let sum = Double(whole) + fractionSum(after: start)
    return .double(sum / Double(times.count - first))
  }

  private func fractionSum(after start: Int64) -> Double {
    var sum = 0.0
    for fraction in fractions where fraction.time > start { sum += fraction.value }
    return sum
  }

  /// The index of the first event after `start`.
  private func firstIndex(after start: Int64) -> Int {
    guard head < times.count, times[head] <= start else { return head }
    var lower = head
    var upper = times.count
    while lower < upper {
      let middle = (lower + upper) / 2
      if times[middle] <= start { lower = middle + 1 } else { upper = middle }
    }
    return lower
  }
}

// MARK: - Stored bytes

extension WindowSums {
  /// Whether there are sums, the count, and for each event the time since the one before and, with
  /// sums, its number. What was evicted is not stored.
  package func write(to writer: inout ByteWriter) {
    writer.bool(isSummed)
    writer.count(count)
    var last: Int64 = 0
    var fraction = 0
    for index in head..<times.count {
      writer.signed(times[index] &- last)
      last = times[index]
      guard isSummed else { continue }
      writer.bool(isFraction[index])
      if isFraction[index] {
        writer.double(fractions[fraction].value)
        fraction += 1
      } else {
        writer.signed(Int64(sums[index] - sum(before: index)))
      }
    }
  }

  package init(from reader: inout ByteReader) {
    self.init(isSummed: reader.bool())
    let count = reader.count()
    times.reserveCapacity(count)
    var last: Int64 = 0
    var total: Int128 = 0
    for _ in 0..<count {
      last &+= reader.signed()
      times.append(last)
      guard isSummed else { continue }
      isFraction.append(reader.bool())
      if isFraction[isFraction.count - 1] {
        fractions.append(Fraction(time: last, value: reader.double()))
      } else {
        total += Int128(reader.signed())
      }
      sums.append(total)
    }
  }
}
