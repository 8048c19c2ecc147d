import CBOR
import Ledger

/// What holds for the batches of any ledger.
struct BatchLaws {
  private(set) var violations: [String] = []
  private var batches: [String: Batch] = [:]
  /// Batches by the positions of their slices.
  private var slices: [UInt64: String] = [:]

  private struct Batch {
    let position: UInt64
    let items: UInt64
    let limit: UInt64
    let isRanked: Bool
    var screened: UInt64 = 0
    var passed: UInt64 = 0
    var chosen: UInt64 = 0
    var lastRank = Double.infinity
    var decisions: UInt64 = 0
    var runs: Set<String> = []
    var isOver = false
    let program: String
    /// What passed and waits to be ranked, and what was chosen, as items in order.
    var candidates: [(item: UInt32, rank: Double, customer: UInt32)] = []
    var taken: [UInt32] = []
  }

  /// How many items of a customer at most.
  private static let perCustomer = [
    "sweep": 1, "proactive-refunds": 1, "product-recommendations": 10,
  ]

  private mutating func report(_ event: Event, _ words: String) {
    violations.append("\(event.position) batch: \(words)")
  }

  /// The violations in a whole ledger.
  static func violations(in events: [Event], _ names: Names) -> [String] {
    var laws = BatchLaws()
    for event in events {
      let type = names.name(.type, event.type) ?? ""
      let data = event.payload.value
      if type.hasPrefix("batch.") { laws.take(event, type, data) }
      if type == EventType.decisionMade, data["batch"] != nil { laws.decide(event, data) }
    }
    return laws.violations
  }

  mutating func take(_ event: Event, _ type: String, _ data: CBORValue) {
    let id = data["batch"]?.string ?? ""
    switch type {
    case EventType.batchStarted:
      if batches[id] != nil { report(event, "started twice") }
      if data["trigger"]?.uint64 != event.header.cause { report(event, "trigger is not the cause") }
      batches[id] = Batch(
        position: event.position, items: number(data, "items"),
        limit: data["limit"]?.uint64 ?? .max, isRanked: data["ranked"]?.bool ?? false,
        program: data["program"]?.string ?? "")
    case EventType.batchSliced: slice(event, id, data)
    case EventType.batchCompleted: complete(event, id, data)
    default: if (data["reason"]?.string ?? "").isEmpty { report(event, "no reason") }
    }
  }

  private mutating func slice(_ event: Event, _ id: String, _ data: CBORValue) {
    guard var batch = batches[id], !batch.isOver, batch.position == event.header.cause else {
      return report(event, "a slice of no batch")
    }
    slices[event.position] = id
    let (from, through) = (number(data, "from"), number(data, "through"))
    if data["phase"]?.string == "screen" {
      if from != batch.screened || through >= batch.items { report(event, "items are left out") }
      batch.screened = through + 1
      let verdicts = data["verdicts"]?.byteString ?? []
      if verdicts.count != through - from + 1 { report(event, "not a byte an item") }
      var sum: UInt64 = 0
      for entry in data["counts"]?.entries ?? [] { sum += entry.value.uint64 ?? 0 }
      if sum != through - from + 1 { report(event, "counts do not add up") }
      batch.passed += UInt64(verdicts.count { $0 == 1 })
      pass(&batch, data, from, verdicts)
    } else {
      if batch.screened != batch.items { report(event, "decided before all were screened") }
      if from != batch.chosen { report(event, "ranks are left out") }
      batch.chosen = through + 1
      if batch.chosen > batch.limit { report(event, "beyond the limit") }
      rank(event, &batch, data["items"]?.byteString ?? [])
    }
    batches[id] = batch
  }

  private mutating func rank(_ event: Event, _ batch: inout Batch, _ bytes: [UInt8]) {
    for index in 0..<bytes.count / 12 {
      let bits = bytes[(index * 12 + 4)..<(index * 12 + 12)].reversed().reduce(0) {
        $0 << 8 | UInt64($1)
      }
      let rank = Double(bitPattern: bits)
      if rank > batch.lastRank { report(event, "not in the order of the ranks") }
      batch.lastRank = rank
      batch.taken.append(Self.number(bytes[(index * 12)..<(index * 12 + 4)]))
    }
  }

  /// Notes what passed in a slice, with its ranks and customers.
  private func pass(
    _ batch: inout Batch, _ data: CBORValue, _ first: UInt64, _ verdicts: [UInt8]
  ) {
    let bytes = data["passed"]?.byteString ?? []
    var customers: [UInt32: UInt32] = [:]
    if let owners = data["customers"]?.byteString {
      let inside = verdicts.indices.filter { verdicts[$0] != 0 }
      for (place, index) in inside.enumerated() {
        customers[UInt32(first) + UInt32(index)] =
          Self.number(owners[(place * 4)..<(place * 4 + 4)])
      }
    }
    for index in 0..<bytes.count / 12 {
      let item = Self.number(bytes[(index * 12)..<(index * 12 + 4)])
      let bits = bytes[(index * 12 + 4)..<(index * 12 + 12)].reversed().reduce(UInt64(0)) {
        $0 << 8 | UInt64($1)
      }
      batch.candidates.append((item, Double(bitPattern: bits), customers[item] ?? item))
    }
  }

  private static func number(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt32($1) }
  }

  /// The items that a ranked batch has to choose: nobody twice, nobody left out.
  private static func choice(_ batch: Batch) -> [UInt32] {
    let sorted = batch.candidates.sorted {
      $0.rank != $1.rank ? $0.rank > $1.rank : $0.item < $1.item
    }
    var counts: [UInt32: Int] = [:]
    let bound = perCustomer[batch.program] ?? .max
    let allowed = sorted.filter { candidate in
      counts[candidate.customer, default: 0] += 1
      return counts[candidate.customer, default: 0] <= bound
    }
    return allowed.prefix(Int(clamping: batch.limit)).map(\.item)
  }

  /// A decision that a batch has caused.
  mutating func decide(_ event: Event, _ data: CBORValue) {
    let id = data["batch"]?.string ?? ""
    guard slices[event.header.cause] == id, var batch = batches[id], !batch.isOver else {
      return report(event, "a decision outside of a slice")
    }
    batch.decisions += 1
    let key = "\(event.subject) \(data["run"]?.string ?? "")"
    if !batch.runs.insert(key).inserted { report(event, "\(key) was decided twice") }
    batches[id] = batch
  }

  private mutating func complete(_ event: Event, _ id: String, _ data: CBORValue) {
    guard var batch = batches[id], !batch.isOver else { return report(event, "over twice") }
    batch.isOver = true
    batches[id] = batch
    guard data["reason"]?.string == "" else { return }
    if batch.screened != batch.items { report(event, "over before all were screened") }
    if batch.isRanked, batch.taken != Self.choice(batch) {
      report(event, "not the best were taken")
    }
    let chosen = batch.isRanked ? batch.chosen : batch.passed
    if batch.decisions != chosen { report(event, "\(batch.decisions) of \(chosen) decided") }
    var outcomes: UInt64 = 0
    for entry in data["outcomes"]?.entries ?? [] { outcomes += entry.value.uint64 ?? 0 }
    if outcomes != batch.decisions { report(event, "outcomes do not add up") }
    if number(data, "passed") != batch.passed { report(event, "passed does not add up") }
  }

  private func number(_ data: CBORValue, _ name: String) -> UInt64 {
    data[name]?.uint64 ?? 0
  }
}
