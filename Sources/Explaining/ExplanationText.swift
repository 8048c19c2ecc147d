import CBOR
import Ledger

extension DecisionExplanation {
  /// Writes the explanation for people: aligned columns, a tree of what followed, times in UTC.
  ///
  /// Amounts are shown as the ledger has them: nothing here guesses a currency.
  package func write(to page: inout TextPage) {
    writeSummary(&page)
    writeTrigger(&page)
    writeFilters(&page)
    writeScore(&page)
    writeOffer(&page)
    writeConsequences(&page)
  }

  // MARK: - The decision

  private func writeSummary(_ page: inout TextPage) {
    page.heading("Decision \(decision.position): \(decision.program), \(decision.outcome)")
    var pairs = [
      ("about", Printable.text(decision.event.event.subject)),
      ("at", Printable.time(decision.event.recordedAt) + " UTC"),
      ("outcome", meaning),
    ]
    if !decision.run.isEmpty {
      let id = run.map { " (id \($0.id.prefix(12)))" } ?? ""
      pairs.append(("run", Printable.text(decision.run) + id))
    }
    if !decision.item.isEmpty { pairs.append(("item", Printable.text(decision.item))) }
    if !decision.dedupe.isEmpty {
      pairs.append(("dedupe", decision.dedupe.map(Printable.text).joined(separator: ", ")))
    }
    if !decision.actions.isEmpty {
      pairs.append(("actions", decision.actions.map(Printable.text).joined(separator: ", ")))
    }
    pairs.append(("version", String(decision.version.prefix(12))))
    page.pairs(pairs)
  }

  /// The outcome in words.
  private var meaning: String {
    let reason = Printable.text(decision.reason)
    let before = earlier.map { earlier in
      let time = Printable.elapsed(decision.event.recordedAt - earlier.event.recordedAt)
      return "decision \(earlier.position), \(time) before"
    }
    switch (decision.outcome, decision.reason) {
    case ("eligible", _): return "eligible: a run began"
    case ("held-out", _): return "held out: a run began that sends nothing, for comparison"
    case ("rejected", _): return "rejected: the filter \(reason) did not pass"
    case ("below-threshold", _): return "below-threshold: the score is too low for the program"
    case ("duplicate", "run-active"):
      return "duplicate: a run is active" + (before.map { ", begun by \($0)" } ?? "")
    case ("duplicate", _):
      return "duplicate: the dedupe key is in use" + (before.map { " since \($0)" } ?? "")
    case ("joined", _):
      return "joined: the run that is active" + (before.map { ", begun by \($0)" } ?? "")
    default: return decision.outcome + (reason.isEmpty ? "" : ": \(reason)")
    }
  }

  // MARK: - What it looked at

  private func writeTrigger(_ page: inout TextPage) {
    guard let trigger else { return }
    let origin = silence == nil ? "" : ", brought about by silence"
    page.heading("Trigger \(trigger.position): \(trigger.type)\(origin)")
    var pairs = [("at", Printable.time(trigger.event.header.occurredAt) + " UTC")]
    if !trigger.event.source.isEmpty {
      pairs.append(("source", Printable.text(trigger.event.source)))
      pairs.append(("id", Printable.text(trigger.event.externalID)))
    }
    if let silence {
      let length = Printable.elapsed(silence.due - silence.since)
      let last = silence.last.map { ", which was \($0.type) at position \($0.position)" } ?? ""
      pairs.append(
        (
          "silence",
          "\(length) without an event for \(Printable.text(silence.key)) since "
            + "\(Printable.seconds(silence.since))\(last)"
        ))
    }
    // As the program's expressions name them.
    let data = Self.fields(of: trigger.data.value).map { ("event.\($0.name)", $0.value) }
    page.pairs(pairs + data)
  }

  private func writeFilters(_ page: inout TextPage) {
    guard !decision.filters.isEmpty else { return }
    page.heading("Filters, in order")
    let idWidth = decision.filters.map(\.id.count).max() ?? 0
    let nameWidth = min(
      40, decision.filters.flatMap { $0.read.map { Printable.text($0.name).count } }.max() ?? 0)
    var told: Set<String> = []
    for filter in decision.filters {
      let verdict = filter.passed ? "pass" : "FAIL"
      var lead =
        "  " + page.emphasised(verdict, filter.passed ? .good : .bad) + "  "
        + TextPage.padded(filter.id, idWidth) + "  "
      let blank = String(repeating: " ", count: 10 + idWidth)
      var rows = filter.read.map { (Printable.text($0.name), Printable.value($0.value)) }
      if let error = filter.error { rows.append(("error", Printable.text(error))) }
      if rows.isEmpty { page.line(lead + page.emphasised("reads nothing", .faint)) }
      for (name, value) in rows {
        let isRepeated = value.count > 40 && !told.insert("\(name) \(value)").inserted
        page.hanging(
          TextPage.padded(name, nameWidth) + "  ", isRepeated ? "as above" : value, prefix: lead,
          rest: blank)
        lead = blank
      }
    }
  }

  private func writeScore(_ page: inout TextPage) {
    guard let score = decision.score else { return }
    page.heading("Score \(Printable.number(score, digits: 6))")
    if decision.isFallback {
      let reason =
        decision.fallbackReason.isEmpty ? "the model gave no number" : decision.fallbackReason
      page.pairs([("fallback", "\(Printable.text(reason)), so the program's fallback counts")])
    }
    if decision.request > 0 { page.pairs([("waited for", "request \(decision.request)")]) }
    page.pairs([
      ("margin", Printable.number(decision.margin ?? 0, digits: 6)),
      ("level", decision.level.isEmpty ? "none" : decision.level),
      ("model", String(decision.model.prefix(12))),
    ])
    if !decision.scores.isEmpty { writeScores(&page) }
    guard !decision.features.isEmpty else { return }
    page.line()
    let ranked = decision.features.enumerated().sorted { left, right in
      let (a, b) = (left.element.points?.magnitude ?? -1, right.element.points?.magnitude ?? -1)
      return a == b ? left.offset < right.offset : a > b
    }
    var rows = [("points", "feature", "value")]
    for (_, feature) in ranked {
      let points = feature.points.map {
        ($0 > 0 ? "+" : "") + Printable.number($0, digits: 4)
      }
      rows.append((points ?? "", Printable.text(feature.name), Printable.value(feature.value)))
    }
    let pointsWidth = rows.map(\.0.count).max() ?? 0
    let nameWidth = rows.map(\.1.count).max() ?? 0
    for (index, row) in rows.enumerated() {
      page.hanging(
        TextPage.rightAligned(row.0, pointsWidth) + "  " + TextPage.padded(row.1, nameWidth) + "  ",
        row.2, prefix: "  ", emphasis: index == 0 ? .faint : nil)
    }
  }

  /// The scores of which the score is one, or which it is made of.
  private func writeScores(_ page: inout TextPage) {
    page.line()
    page.table(
      [.init("score"), .init("value", .right), .init("level"), .init("model"), .init("fallback")],
      decision.scores.map { score in
        [
          Printable.text(score.name), Printable.number(score.score, digits: 4), score.level,
          String(score.model.prefix(12)), Printable.text(score.fallbackReason ?? ""),
        ]
      })
  }

  private func writeOffer(_ page: inout TextPage) {
    if let offer = decision.offer {
      page.heading("Offer")
      page.pairs(Self.fields(of: offer))
    }
    guard !decision.variant.isEmpty else { return }
    page.heading("Experiment")
    var pairs = [("variant", decision.variant)]
    if !decision.propensities.isEmpty { pairs.append(("propensity", decision.propensities)) }
    if let propensity = decision.propensity {
      pairs.append(("propensity", Printable.number(propensity, digits: 6)))
    }
    page.pairs(pairs)
  }

  /// The entries of a map as pairs; whatever else it is as one.
  static func fields(of value: CBORValue) -> [(name: String, value: String)] {
    guard let entries = value.entries else { return [("value", Printable.value(value))] }
    return entries.map {
      (Printable.text($0.key.string ?? Printable.value($0.key)), Printable.value($0.value))
    }
  }
}
