import CBOR
import Engine
import Ledger
import Policies

/// Single events whose engine time is taken, against customers with a history.
struct DecisionRun {
  static let customers = 2_000
  private static let day: Int64 = 86_400_000_000
  /// Events of a kind and round.
  private static let count = 10_000

  /// What comes in.
  enum Kind: CaseIterable {
    case unknown, viewed, login, scoredLogin

    var title: String {
      switch self {
      case .unknown: "an event that no program names"
      case .viewed: "an event that only features take in (product.viewed)"
      case .login: "a usual login, rejected by the second filter"
      case .scoredLogin: "a login through four filters and the score"
      }
    }

    /// Microseconds in the median.
    var goal: Double? {
      switch self {
      case .unknown: 2
      case .scoredLogin: 10
      case .viewed, .login: nil
      }
    }
  }

  private let store: Store
  private var now: Int64
  private var number = 0

  /// Opens a directory with a shop's events, and adds customers of its own.
  init(directory: String) throws {
    store = try Store(directory: directory)
    now = store.ledger.end.recordedAt + Self.day
    try fill()
  }

  func close() throws { try store.close() }

  private mutating func fill() throws {
    var inputs: [Input] = []
    for customer in 0..<Self.customers {
      inputs.append(
        input(
          "customer.updated", customer,
          ["status": "active", "email": .text("\(customer)@example.com"), "tier": "premium"]))
    }
    for _ in 0..<6 {
      now += Self.day
      for customer in 0..<Self.customers { inputs.append(login(customer, ip: "192.0.2.1")) }
    }
    inputs.append(input("ip.rated", 0, ["ip": "192.0.2.9", "reputation": .double(0.1)]))
    for start in stride(from: 0, to: inputs.count, by: 1_024) {
      _ = try store.engine.turn(
        Array(inputs[start..<min(start + 1_024, inputs.count)]), clock: .event)
    }
    now += Self.day
    while try store.engine.advance(to: now) > 0 {}
    try store.engine.flush()
  }

  private mutating func login(_ customer: Int, ip: String) -> Input {
    input(
      "login.attempted", customer,
      [
        "attemptId": .text("attempt-\(number)"), "deviceFingerprint": .text("device-\(customer)"),
        "ip": .text(ip), "outcome": "success", "userAgent": "Mozilla/5.0",
        "location": [
          "city": "Berlin", "country": "DE", "lat": .double(52.52), "lon": .double(13.405),
        ],
      ])
  }

  private mutating func input(_ type: String, _ customer: Int, _ data: CBORValue) -> Input {
    number += 1
    now += 1_000
    return Input(
      type: type, subject: Array("login-\(customer)".utf8), source: Array("//bench".utf8),
      externalID: Array("\(type)-\(number)".utf8), occurredAt: now, payload: data.encoded())
  }

  private mutating func next(_ kind: Kind) -> Input {
    let customer = number &* 7_919 % Self.customers
    switch kind {
    case .unknown: return input("note.added", customer, ["text": "called back", "agent": "a-17"])
    case .viewed:
      return input(
        "product.viewed", customer, ["productId": .text("P\(number % 50)"), "seconds": 20])
    case .login: return login(customer, ip: "192.0.2.1")
    case .scoredLogin: return login(customer, ip: "192.0.2.9")
    }
  }

  /// The engine time of many events of a kind.
  mutating func percentiles(of kind: Kind) throws -> Percentiles {
    var latencies = Latencies()
    let decided = store.engine.decisionCount
    for index in 0..<Self.count {
      let input = next(kind)
      let started = Clock.nanoseconds()
      _ = try store.engine.turn([input], clock: .event, commits: false)
      latencies.add(UInt64(Clock.nanoseconds() - started))
      if index % 256 == 255 { _ = try store.engine.turn([], clock: .event) }
    }
    _ = try store.engine.turn([], clock: .event)
    try check(kind, decided: store.engine.decisionCount - decided)
    return latencies.percentiles
  }

  /// A benchmark whose events no longer do what their name says measures nothing.
  private func check(_ kind: Kind, decided: Int) throws {
    let isDecided = kind == .login || kind == .scoredLogin
    guard isDecided ? decided >= Self.count : decided == 0 else {
      throw BenchmarkFault(
        description: "\(kind.title): \(Self.count) events led to \(decided) decisions")
    }
  }
}

/// Why a benchmark cannot measure what it says.
struct BenchmarkFault: Error, CustomStringConvertible {
  let description: String
}
