import Engine
import Expressions
import Features
import Simulation
import Testing

/// Running sums of a window against a list that is filtered at each look.
@Suite("Windows")
struct WindowTests {
  private struct Naive {
    var events: [(time: Int64, value: Value)] = []

    func inside(_ start: Int64) -> [(time: Int64, value: Value)] {
      events.filter { $0.time > start }
    }

    func sum(_ start: Int64) -> Value? {
      let inside = inside(start)
      guard !inside.isEmpty else { return nil }
      var (whole, fractions, isWhole) = (Int128(0), 0.0, true)
      // Fractions are added by time; of one time as they came.
      for (_, value) in inside.enumerated().sorted(by: {
        ($0.element.time, $0.offset) < ($1.element.time, $1.offset)
      }).map(\.element) {
        if case .int(let number) = value {
          whole += Int128(number)
        } else if case .double(let number) = value {
          fractions += number
          isWhole = false
        }
      }
      guard isWhole else { return .double(Double(whole) + fractions) }
      return Int64(exactly: whole).map { .int($0) } ?? .double(Double(whole))
    }
  }

  @Test("count and add up what is inside, exactly", arguments: 0..<40 as Range<UInt64>)
  func sums(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let window: Int64 = [1, 50, 1_000][Int(seed % 3)]
    var sums = WindowSums(isSummed: true)
    var counts = WindowSums(isSummed: false)
    var naive = Naive()
    var now: Int64 = 1_000
    for step in 0..<600 {
      now += Int64(random.below(seed % 2 == 0 ? 4 : 40))
      // Late by up to the window, and beyond.
      let time = random.chance(1, of: 5) ? now - Int64(random.below(Int(window) * 2)) : now
      let value: Value =
        switch random.below(4) {
        case 0: .double(Double(random.below(1_000)) / 8)
        case 1 where random.chance(1, of: 20): .int(.max - 3)
        default: .int(Int64(random.below(100)) - 50)
        }
      sums.take(value, at: time, start: now - window)
      counts.take(.null, at: time, start: now - window)
      if time > now - window { naive.events.append((time, value)) }
      naive.events.removeAll { $0.time <= now - window }
      if step % 97 == 96 {
        var writer = ByteWriter()
        sums.write(to: &writer)
        var reader = ByteReader(writer.bytes)
        sums = WindowSums(from: &reader)
        #expect(reader.isAtEnd)
      }
      let start = now + Int64(random.below(Int(window) + 2)) - window
      #expect(sums.count(after: start) == naive.inside(start).count)
      #expect(counts.count(after: start) == naive.inside(start).count)
      #expect(sums.sum(after: start) == naive.sum(start), "step \(step)")
    }
  }

  @Test("forget the oldest events beyond their limit")
  func limit() {
    var sums = WindowSums(isSummed: true)
    for time in 0..<Int64(WindowSums.limit + 10) {
      sums.take(time < 5 ? .double(0.5) : .int(1), at: 100, start: 0)
    }
    #expect(sums.count(after: 0) == WindowSums.limit)
    #expect(sums.sum(after: 0) == .int(Int64(WindowSums.limit)))
  }
}
