import Engine
import Synchronization
import Testing

/// The thread beside the engine's.
@Suite("Background work")
struct BackgroundWorkTests {
  @Test("Pieces are done in order, each once, until it is stopped")
  func order() {
    let work = BackgroundWork()
    let done = Log()
    for number in 0..<500 { work.submit { _ in done.append(number) } }
    work.finish()
    #expect(done.all == Array(0..<500))
    work.stop()
    work.submit { _ in done.append(-1) }
    work.finish()
    #expect(done.all.count == 500)
  }

  @Test("Draining drops what waits and ends what runs, and work goes on after it")
  func draining() {
    let work = BackgroundWork()
    for round in 0..<2_000 {
      let done = Log()
      work.submit { isCancelled in while !isCancelled() {} }
      for _ in 0..<round % 3 { work.submit { _ in done.append(round) } }
      work.drain()
      let dropped = done.all.count
      work.submit { isCancelled in done.append(isCancelled() ? -1 : -2) }
      work.finish()
      #expect(dropped == 0)
      #expect(done.all == [-2])
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
