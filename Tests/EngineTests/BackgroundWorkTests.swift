import Engine
import Synchronization
import Testing

/// The thread beside the engine's.
@Suite("Background work")
struct BackgroundWorkTests {
  @Test("Pieces take turns, each until it is done, until all is stopped")
  func turns() {
    let work = BackgroundWork()
    let done = Log()
    let isOpen = Mutex(false)
    work.submit {
      while !isOpen.withLock({ $0 }) {}
      return false
    }
    for number in 0..<3 {
      let steps = Mutex(0)
      work.submit {
        done.append(number)
        return steps.withLock { steps in
          steps += 1
          return steps <= number
        }
      }
    }
    isOpen.withLock { $0 = true }
    work.finish()
    #expect(done.all == [0, 1, 2, 1, 2, 2])
    work.stop()
    work.submit {
      done.append(-1)
      return false
    }
    work.finish()
    #expect(done.all.count == 6)
  }

  @Test("Draining drops what waits and what is not done, and work goes on after it")
  func draining() {
    let work = BackgroundWork()
    for round in 0..<2_000 {
      let done = Log()
      work.submit { true }
      for _ in 0..<round % 3 {
        work.submit {
          done.append(0)
          return true
        }
      }
      work.drain()
      let count = done.all.count
      work.submit {
        done.append(-1)
        return false
      }
      work.finish()
      #expect(done.all.count == count + 1)
      #expect(done.all.last == -1)
    }
    work.stop()
  }
}

private final class Log: Sendable {
  private let numbers = Mutex<[Int]>([])

  var all: [Int] { numbers.withLock { $0 } }

  func append(_ number: Int) {
    numbers.withLock { $0.append(number) }
  }
}
