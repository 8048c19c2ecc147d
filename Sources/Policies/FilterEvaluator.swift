import Binding
import CBOR
import Consents
import Deliveries
import Engine
import Expressions
import Facts
import Features
import Journeys
import Ledger
import Profiles
import Programs

/// What a filter said, and what it read to say so.
struct Verdict {
  let passed: Bool
  /// As decisions record it: id, verdict, values read.
  let record: CBORValue
}

/// Messages requested and runs begun in reaction to the present event, which no projection has counted yet.
final class PendingSends {
  private var list: [(customer: UInt32, program: String, channel: Program.Channel)] = []
  /// The programs of which a run began.
  private var begun: [(customer: UInt32, program: String)] = []

  func removeAll() {
    list.removeAll(keepingCapacity: true)
    begun.removeAll(keepingCapacity: true)
  }

  func add(customer: UInt32, program: String, channel: Program.Channel) {
    list.append((customer, program, channel))
  }

  func begin(customer: UInt32, program: String) { begun.append((customer, program)) }

  /// How many there are on a channel, or on all; of one program, or of all.
  func count(customer: UInt32, program: String?, channel: Program.Channel?) -> Int {
    list.count {
      $0.customer == customer && (channel == nil || $0.channel == channel)
        && (program == nil || $0.program == program)
    }
  }

  /// Whether a run began; of one program, or of any.
  func hasBegun(customer: UInt32, program: String?) -> Bool {
    begun.contains { $0.customer == customer && (program == nil || $0.program == program) }
  }
}

/// Asks filters, for the program and customer that the scope stands at.
struct FilterEvaluator {
  let scope: Scope
  let deliveries: Deliveries
  let profiles: Profiles
  let consents: Consents
  let journeys: Journeys
  let names: Names
  let pendingSends = PendingSends()

  /// Asks one filter, and writes what it said and read. One that fails to evaluate rejects.
  /// - Returns: Whether it passes.
  func ask(_ filter: Program.Filter, into encoder: inout CBOREncoder) -> Bool {
    if case .expression(let expression) = filter.test {
      return ask(filter.id, expression, into: &encoder)
    }
    let verdict = ask(filter)
    verdict.record.encode(into: &encoder)
    return verdict.passed
  }

  /// Asks one filter, for paths that are not hot.
  func ask(_ filter: Program.Filter) -> Verdict {
    switch filter.test {
    case .expression(let expression):
      var encoder = CBOREncoder()
      let passed = ask(filter.id, expression, into: &encoder)
      return Verdict(passed: passed, record: CBORView(storage: encoder.bytes).value)
    case .cap(let cap): return ask(filter.id, cap)
    case .cooldown(let cooldown): return ask(filter.id, cooldown)
    case .suppression(let channel, let address): return ask(filter.id, channel, address)
    case .topic(let topic, let channel): return ask(filter.id, topic, channel)
    case .quietHours(let hours): return ask(filter.id, hours)
    }
  }

  /// Whether a filter passes, without a record of what it read.
  func passes(_ filter: Program.Filter) -> Bool {
    switch filter.test {
    case .expression(let expression): scope.isTrue(expression)
    case .cap(let cap): count(cap) < cap.limit
    default: ask(filter).passed
    }
  }

  private func ask(
    _ id: String, _ expression: CompiledExpression, into encoder: inout CBOREncoder
  ) -> Bool {
    var passed = false
    var failure: EvaluationError?
    do throws(EvaluationError) {
      passed = try scope.notedValue(of: expression) == .bool(true)
    } catch {
      failure = error
    }
    // In the order of the encoded keys.
    encoder.mapHeader(failure == nil ? 3 : 4)
    encoder.text(FilterField.id)
    encoder.text(id)
    encoder.text(FilterField.read)
    scope.encodeReads(into: &encoder)
    if let failure {
      encoder.text(FilterField.error)
      encoder.text(failure.message)
    }
    encoder.text(FilterField.verdict)
    encoder.text(passed ? "pass" : "fail")
    return passed
  }

  private func ask(_ id: String, _ cap: Program.Cap) -> Verdict {
    let count = count(cap)
    let passed = count < cap.limit
    return Verdict(
      passed: passed,
      record: [
        "id": .text(id), "verdict": .text(passed ? "pass" : "fail"),
        "read": [
          "count": .unsigned(UInt64(count)), "max": .unsigned(UInt64(cap.limit)),
          "channel": .text(cap.channel.rawValue),
        ],
      ])
  }

  /// How many deliveries a cap counts.
  private func count(_ cap: Program.Cap) -> Int {
    let program = scope.binding.map { $0.program.id } ?? ""
    let requested = deliveries.count(
      ofSubject: scope.customer,
      program: cap.countsAllPrograms ? nil : names.number(.program, program) ?? .max,
      channel: cap.channel.rawValue, now: scope.now, within: cap.perMicroseconds)
    return requested
      + pendingSends.count(
        customer: scope.customer, program: cap.countsAllPrograms ? nil : program,
        channel: cap.channel)
  }

  /// Whether the customer has opted out of all marketing.
  func hasOptedOut() -> Bool {
    guard let trait = profiles.trait("optedOut") else { return false }
    return profiles.value(of: trait, customer: scope.customer) == .bool(true)
  }
}

/// The fields of a filter's record.
private enum FilterField {
  static let id: CBORKey = "id"
  static let read: CBORKey = "read"
  static let error: CBORKey = "error"
  static let verdict: CBORKey = "verdict"
}
