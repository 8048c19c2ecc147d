import Batches
import CBOR
import Engine
import Ledger
import Policies
import Programs
import ShippedPrograms

/// A churn run over a population, with or without decisions about inputs that go on meanwhile.
struct BatchRun {
  /// Customers that were screened, and those that were decided in full.
  private(set) var screened = 0
  private(set) var decided = 0
  /// How long the first phase took, and all of it.
  private(set) var screeningSeconds = 0.0
  private(set) var seconds = 0.0
  /// From the moment at which an input was due until it was on disk with its decision.
  private(set) var latencies = Latencies()

  private static let start: Int64 = 1_709_614_800_000_000  // Tuesday, 2024-03-05T05:00:00Z.
  private static let hour: Int64 = 3_600_000_000
  private static let day: Int64 = 86_400_000_000

  private let store: Store
  private let customers: Int

  /// Makes a directory with so many customers and all shipped programs beside the churn program.
  init(directory: String, customers: Int) throws {
    self.customers = customers
    store = try Store(directory: directory)
    for (index, id) in ShippedPrograms.ids.enumerated() {
      guard let body = ShippedPrograms.body(id) else { continue }
      store.engine.holdForFirstTurn(try Program(body: body, folder: id).activation(count: index))
    }
    store.engine.holdForFirstTurn(
      try ChurnProgram.program(limit: max(1, customers / 40)).activation(count: 100))
    try fill()
    try finishOthers()
  }

  /// A customer with two orders and a few sessions each, of whom about one in five passes.
  private func fill() throws {
    var inputs: [Input] = []
    for customer in 0..<customers {
      let kind = UInt64(customer) &* 0x9E37_79B9_7F4A_7C15 >> 40
      let time = Self.start - 80 * Self.day + Int64(customer)
      inputs.append(
        Self.input(
          "customer.updated", customer, 0, time,
          [
            "status": kind % 16 == 0 ? "suspended" : "active",
            "tier": kind % 3 == 0 ? "basic" : "premium", "email": .text("c\(customer)@example.com"),
            "lifetimeValue": .signed(Int64(kind % 200_000)), "optedOut": .bool(kind % 20 == 1),
          ]))
      inputs.append(
        Self.input("order.placed", customer, 1, time, ["total": .signed(Int64(kind % 50_000))]))
      for session in 0..<Int(kind % 4) {
        inputs.append(Self.input("session.started", customer, 2 + session, time, [:]))
      }
      if inputs.count >= 4_096 || customer == customers - 1 {
        _ = try store.engine.turn(inputs, clock: .wall(now: time))
        inputs.removeAll(keepingCapacity: true)
      }
    }
    try store.engine.flush()
  }

  /// Lets the populations of the shipped programs, which are due before, come to their ends.
  private func finishOthers() throws {
    let time = Self.start - Self.hour
    _ = try store.engine.turn([], clock: .wall(now: time))
    while try store.engine.slice(now: time) {}
    try store.engine.flush()
  }

  private static func input(
    _ type: String, _ customer: Int, _ number: Int, _ time: Int64, _ data: CBORValue
  ) -> Input {
    Input(
      type: type, subject: Array("c\(customer)".utf8), source: Array("//bench".utf8),
      externalID: Array("\(customer)-\(number)".utf8), occurredAt: time, payload: data.encoded())
  }

  /// Runs the batch that is due on Tuesday.
  /// - Parameter rate: Changes of accounts a second that come in meanwhile, each of which is decided
  ///   about at once; 0: none.
  mutating func run(rate: Int) throws {
    let begun = Clock.nanoseconds()
    let clock = VirtualClock(start: Self.start, begun: begun)
    _ = try store.engine.turn([], clock: .wall(now: clock.now))
    let number = try runningNumber()
    var arrivals = 0
    while store.engine.hasSlices {
      let due = clock.arrivals(rate)
      if due > arrivals {
        try take(arrivals..<due, at: clock.now, begun, rate)
        arrivals = due
      }
      // As a host does: a turn of slices ends when it has taken a moment, or an input waits.
      let (start, taken) = (clock.now, arrivals)
      try store.engine.slice(now: start) {
        let elapsed = clock.now - start
        return elapsed >= 1_000 || (elapsed >= 250 && clock.arrivals(rate) > taken)
      }
      if screeningSeconds == 0, store.batches.rows.row(number)?.isScreened ?? true {
        screeningSeconds = clock.seconds
      }
    }
    seconds = clock.seconds
    screened = Int(store.batches.rows.row(number)?.screened ?? 0)
    decided = Int(store.batches.rows.row(number)?.chosen ?? 0)
    try store.close()
    guard decided > 0 else {
      throw BatchRunError(reason: "nobody passed the filters of the churn program")
    }
  }

  /// The number of the churn program's batch, which must be the only one.
  private func runningNumber() throws -> UInt32 {
    let running = store.batches.running
    guard let number = running.first, running.count == 1,
      store.batches.rows.row(number)?.program == ChurnProgram.id
    else {
      let programs = running.compactMap { store.batches.rows.row($0)?.program }
      throw BatchRunError(reason: "it is not the churn program that runs, but \(programs)")
    }
    return number
  }

  /// Takes in the inputs that were due, in one turn.
  private mutating func take(
    _ range: Range<Int>, at now: Int64, _ begun: UInt64, _ rate: Int
  ) throws {
    let inputs = range.map { arrival -> Input in
      let customer = arrival &* 7_919 % customers
      return Input(
        type: "account.changed", subject: Array("c\(customer)".utf8), source: Array("//bench".utf8),
        externalID: Array("change-\(arrival)".utf8), occurredAt: now,
        payload: CBORValue.object([
          ("changeId", .text("change-\(arrival)")), ("field", "password"), ("action", "changed"),
          ("deviceFingerprint", "d1"), ("ip", "203.0.113.9"),
        ]).encoded())
    }
    _ = try store.engine.turn(inputs, clock: .wall(now: now))
    let done = Clock.nanoseconds()
    for arrival in range {
      latencies.add(done - begun - UInt64(Double(arrival + 1) * 1e9 / Double(rate)))
    }
  }
}

/// A run that would measure something else than it says.
private struct BatchRunError: Error, CustomStringConvertible {
  let reason: String

  var description: String { "the batch suite: \(reason)" }
}

/// Ledger time that goes on as the machine's clock does.
private struct VirtualClock {
  let start: Int64
  let begun: UInt64

  var now: Int64 { start + Int64((Clock.nanoseconds() - begun) / 1_000) }
  /// Inputs that have come at `rate` a second.
  func arrivals(_ rate: Int) -> Int { Int(seconds * Double(rate)) }
  var seconds: Double { Double(Clock.nanoseconds() - begun) / 1e9 }
}
