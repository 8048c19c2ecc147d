import CBOR
import CivilTime
import Ledger

/// A ledger as lines that people can check: number, cause, time, type, subject, what matters.
///
/// Names and activations are left out and events are numbered without them, so that a golden log
/// says only what happened.
struct Transcript {
  private static let left = [
    EventType.nameInterned, EventType.programActivated, EventType.referenceLoaded,
  ]

  private let names: Names
  private var numbers: [UInt64: Int] = [:]
  private(set) var text = ""

  init(names: Names) {
    self.names = names
  }

  mutating func add(_ event: Event) {
    let type = names.name(.type, event.type) ?? "?"
    guard !Self.left.contains(type) else { return }
    let number = numbers.count + 1
    numbers[event.position] = number
    let cause = numbers[event.header.cause].map { "<\($0)" } ?? ""
    let words = Self.words(type, event.payload.value)
    text += "\(number)\(cause) \(Self.time(event.recordedAt)) \(type) \(event.subject)"
    text += words.isEmpty ? "\n" : ": \(words)\n"
  }

  /// `03-04 10:00`, with seconds and microseconds where there are any.
  private static func time(_ microseconds: Int64) -> String {
    shorten(RFC3339.string(microseconds: microseconds))
  }

  private static func shorten(_ text: String) -> String {
    let digits = Array(text.dropFirst(5).prefix { $0 != "Z" })
    var time = "\(String(digits[0..<5])) \(String(digits[6...]))"
    for zeros in [".000000", ":00"] where time.hasSuffix(zeros) {
      time.removeLast(zeros.count)
    }
    return time
  }

  private static func words(_ type: String, _ data: CBORValue) -> String {
    switch type {
    case EventType.timerFired: timer(data)
    case EventType.decisionMade: decision(data)
    case EventType.runStarted: "\(text(data, "run")) in \(text(data, "state"))\(timers(data))"
    case EventType.runMoved: moved(data)
    case EventType.runExited: exited(data)
    case EventType.candidateCreated:
      "\(text(data, "item")) until \(shorten(text(data, "expiresAt")))"
    case EventType.candidateRemoved: text(data, "reason")
    case EventType.deliveryRequested: delivery(data)
    case EventType.deliveryWithheld:
      "\(text(data, "run")) \(text(data, "channel")) \(text(data, "step")) planned "
        + "\(shorten(text(data, "planned"))) because \(text(data, "reason"))"
    case EventType.actionRequested: action(data)
    case EventType.batchStarted, EventType.batchSliced, EventType.batchCompleted,
      EventType.batchSkipped:
      batch(data)
    case EventType.reportMade: report(data)
    default: input(data)
    }
  }

  private static func report(_ data: CBORValue) -> String {
    let rows = (data["rows"]?.elements ?? []).map(\.diagnostic).joined(separator: " ")
    return "\(text(data, "report")) \(data["found"]?.uint64 ?? 0) found: \(rows)"
  }

  private static func timer(_ data: CBORValue) -> String {
    if text(data, "owner") == "schedule" { return "schedule \(text(data, "program"))" }
    if ["transfer", "watch"].contains(text(data, "owner")) { return text(data, "owner") }
    if text(data, "owner") == "report" { return "report \(text(data, "report"))" }
    return text(data, "owner") == "run"
      ? "run \(text(data, "run")) \(text(data, "step"))"
      : "\(text(data, "owner")) \(text(data, "key")) since \(shorten(text(data, "since")))"
  }

  private static func decision(_ data: CBORValue) -> String {
    var words = [text(data, "outcome")]
    if let reason = data["reason"]?.string, !reason.isEmpty { words.append(reason) }
    words.append(text(data, "run"))
    let filters = (data["filters"]?.elements ?? []).map { filter in
      text(filter, "id") + (text(filter, "verdict") == "pass" ? "+" : "-")
    }
    if !filters.isEmpty { words.append("[" + filters.joined(separator: " ") + "]") }
    if let score = data["score"]?.double { words.append("score \(thousandths(score))") }
    if let level = data["level"]?.string, !level.isEmpty { words.append(level) }
    if let discount = data["offer"]?["discount"]?.int64 { words.append("offer \(discount)%") }
    let actions = (data["actions"]?.elements ?? []).compactMap(\.string)
    if !actions.isEmpty { words.append("actions " + actions.joined(separator: ", ")) }
    return words.joined(separator: " ")
  }

  private static func moved(_ data: CBORValue) -> String {
    let to = data["to"]?.string.map { " to \($0)" } ?? ""
    return "\(text(data, "run")) \(text(data, "from"))\(to) because \(text(data, "reason"))"
      + timers(data)
  }

  private static func exited(_ data: CBORValue) -> String {
    var words = "\(text(data, "run")) \(text(data, "exit")) from \(text(data, "from"))"
    if let touch = data["touch"]?.string, !touch.isEmpty { words += " after \(touch)" }
    if let revenue = data["revenue"]?.int64 { words += " revenue \(revenue)" }
    return words
  }

  private static func timers(_ data: CBORValue) -> String {
    let timers = (data["timers"]?.elements ?? []).map { timer in
      "\(text(timer, "step"))@\(shorten(text(timer, "due")))"
    }
    return timers.isEmpty ? "" : " (" + timers.joined(separator: ", ") + ")"
  }

  private static func delivery(_ data: CBORValue) -> String {
    var words =
      "\(text(data, "run")) \(text(data, "channel")) \(text(data, "step")) to \(text(data, "to"))"
    if let discount = data["variables"]?["discount"]?.int64 { words += " \(discount)%" }
    return words
  }

  private static func action(_ data: CBORValue) -> String {
    let parameters = data["parameters"] ?? .null
    var words = [text(data, "action")]
    for name in [
      "method", "changes", "restore", "removePaymentMethods", "restorePaymentMethods", "password",
      "team", "reason", "orderId", "amount", "priority", "errorType", "attemptId", "attempts",
      "devices", "label",
    ] {
      guard let value = parameters[name], value != .array([]) else { continue }
      words.append("\(name) \(value.diagnostic)")
    }
    return words.joined(separator: " ")
  }

  private static func input(_ data: CBORValue) -> String {
    var words: [String] = []
    for name in [
      "cartId", "cartValue", "reason", "productId", "inStock", "optedOut", "total", "changeId",
      "field", "outcome", "method", "errorType", "appVersion", "verdict",
    ] {
      if let value = data[name] { words.append("\(name) \(value.diagnostic)") }
    }
    if let changes = data["changes"]?.elements {
      words.append("changes " + changes.map { text($0, "field") }.joined(separator: ", "))
    }
    return words.joined(separator: " ")
  }

  /// Everything but what is the same in all events of a batch, bytes as hex digits.
  private static func batch(_ data: CBORValue) -> String {
    let known: Set<String> = ["batch", "program", "version", "trigger", "filters", "kind"]
    return (data.entries ?? []).compactMap { entry in
      let name = entry.key.string ?? "?"
      let value = entry.value.string.map(shortenedTime) ?? entry.value.diagnostic
      return known.contains(name) || value.isEmpty ? nil : "\(name) \(value)"
    }.joined(separator: " ")
  }

  private static func shortenedTime(_ text: String) -> String {
    text.hasSuffix("Z") ? shorten(text) : text
  }

  private static func text(_ data: CBORValue, _ name: String) -> String {
    data[name]?.string ?? "?"
  }

  /// A score to three decimals: what a pocket calculator confirms.
  private static func thousandths(_ value: Double) -> String {
    let digits = String(Int((value * 1_000).rounded()))
    return "0." + String(repeating: "0", count: max(0, 3 - digits.count)) + digits
  }
}
