import Engine
import Ledger
import Synchronization

/// Threads that each append one event, wait until it is on disk, and append the next: many callers
/// of one ledger, whose waiting events share a commit.
enum ClosedLoopRun {
  static func run(
    clients: Int, seconds: Double, seed: UInt64, directory: String
  ) throws -> AppendRun {
    var writer = try GroupCommit(directory: directory, seed: seed)
    defer { writer.close() }
    let queue = WaitingClients(clients)
    let end = Clock.nanoseconds() + UInt64(seconds * 1e9)
    let begun = Clock.nanoseconds()
    let threads = try (0..<clients).map { client in
      let thread = try EngineThread<Int>(make: { client }, end: { _ in })
      thread.submit { queue.append(from: $0, until: end) }
      return thread
    }
    while let waiting = queue.takeAll() {
      _ = try writer.commit(waiting.count)
      for client in waiting { queue.wake(client) }
    }
    let taken = Double(Clock.nanoseconds() - begun) / 1e9
    for thread in threads { thread.close() }
    return queue.result(seconds: taken)
  }
}

/// Who waits for a commit.
private final class WaitingClients: Sendable {
  private final class Client: Sendable {
    let signal = Signal()
    let isDone = Atomic<Bool>(false)
    let latencies = Mutex(Latencies())
  }

  private let clients: [Client]
  private let waiting = Mutex<[Int]>([])
  private let running: Atomic<Int>
  private let signal = Signal()

  init(_ count: Int) {
    clients = (0..<count).map { _ in Client() }
    running = Atomic(count)
  }

  /// A client's life.
  func append(from index: Int, until end: UInt64) {
    let client = clients[index]
    var latencies = Latencies()
    while true {
      let started = Clock.nanoseconds()
      if started >= end { break }
      client.isDone.store(false, ordering: .relaxed)
      waiting.withLock { $0.append(index) }
      signal.raise()
      client.signal.wait { client.isDone.load(ordering: .acquiring) }
      latencies.add(Clock.nanoseconds() - started)
    }
    client.latencies.withLock { $0 = latencies }
    running.subtract(1, ordering: .acquiringAndReleasing)
    signal.raise()
  }

  /// All that wait, after waiting for some; nil once no client lives.
  func takeAll() -> [Int]? {
    signal.wait {
      waiting.withLock { !$0.isEmpty } || running.load(ordering: .acquiring) == 0
    }
    let all = waiting.withLock { waiting -> [Int] in
      defer { waiting.removeAll() }
      return waiting
    }
    return all.isEmpty ? nil : all
  }

  /// Tells a client that its event is on disk.
  func wake(_ index: Int) {
    clients[index].isDone.store(true, ordering: .releasing)
    clients[index].signal.raise()
  }

  func result(seconds: Double) -> AppendRun {
    var latencies = Latencies()
    for client in clients { client.latencies.withLock { latencies.add($0) } }
    return AppendRun(latencies: latencies, seconds: seconds)
  }
}
