import CBOR
import Explaining
import JSON
import Ledger
import Testing

@Suite("How explanations look")
struct OutputTests {
  private func history() throws -> TestLedger {
    let ledger = try TestLedger()
    try ledger.send("09:00:00", "customer.updated", ["email": "c-1@example.com"])
    try ledger.send("10:00:00", "cart.updated", ["cartId": "k-1", "value": 500])
    try ledger.advance(4, "11:30:00")
    try ledger.send("12:00:00", "order.placed", ["cartId": "k-1", "total": 450])
    return ledger
  }

  @Test("The text is the golden one")
  func text() throws {
    let ledger = try history()
    let position = try #require(try ledger.positions("decision.made").first)
    let explanation = try ledger.explainer().explanation(at: position)
    var page = TextPage()
    explanation.write(to: &page)
    let decision = explanation.decision
    let run = try #require(explanation.run)
    // Ids and hashes are the only parts that a change elsewhere may move.
    let text = page.text
      .replacing(decision.version.prefix(12), with: "VERSION")
      .replacing(decision.model.prefix(12), with: "MODEL")
      .replacing(run.id.prefix(12), with: "RUN")
    #expect(text == Self.golden)
  }

  @Test("No line is wider than 100 columns where words allow it")
  func width() throws {
    let ledger = try TestLedger()
    let words = String(repeating: "word ", count: 100)
    try ledger.send(
      "10:00:00", "cart.abandoned", ["cartId": "k-1", "value": 500, "note": .text(words)])
    let position = try #require(try ledger.positions("decision.made").first)
    var page = TextPage()
    try ledger.explainer().explanation(at: position).write(to: &page)
    #expect(page.lines.allSatisfy { $0.count <= 100 })
  }

  @Test("Control characters never reach the terminal")
  func controls() throws {
    let ledger = try TestLedger()
    try ledger.send(
      "10:00:00", "cart.abandoned", ["cartId": "k\u{1b}[2J", "value": 500, "a\u{7}b": "\u{202e}x"])
    let position = try #require(try ledger.positions("decision.made").first)
    var page = TextPage()
    try ledger.explainer().explanation(at: position).write(to: &page)
    let bad = page.text.unicodeScalars.filter {
      ($0.value < 0x20 && $0 != "\n") || $0.value == 0x202e
    }
    #expect(bad.isEmpty)
  }

  @Test("JSON has every documented field, null where it does not apply")
  func json() throws {
    let ledger = try history()
    try ledger.send("13:00:00", "cart.abandoned", ["cartId": "k-2", "value": 50])
    let fields: Set<String> = [
      "asked", "position", "program", "subject", "recordedAt", "outcome", "reason", "run",
      "version", "trigger", "filters", "features", "reasons", "actions", "dedupe", "model",
      "margin", "score", "level", "offer", "variant", "propensity", "fallback", "fallbackReason",
      "scores", "request", "triggerEvent", "item",
      "silence", "earlier", "runState", "followed", "through",
    ]
    for position in try ledger.positions("decision.made") {
      var writer = JSONWriter()
      try ledger.explainer().explanation(at: position).write(to: &writer)
      var bytes: [UInt8] = []
      try JSONTranscoder().transcode(writer.bytes, into: &bytes)
      let value = try CBORValue(decoding: bytes)
      #expect(Set((value.entries ?? []).compactMap { $0.key.string }) == fields)
      #expect(value["position"]?.uint64 == position)
      if value["outcome"]?.string == "rejected" {
        #expect(value["score"] == .null)
        #expect(value["runState"] == .null)
      } else {
        #expect(value["followed"]?.elements?.isEmpty == false)
        #expect(value["runState"]?["exit"]?.string == "converted")
      }
    }
  }

  @Test(
    "Elapsed times are told in two units",
    arguments: [
      (0, "0s"), (1_600_000, "1.6s"), (59_940_000, "59.9s"), (60_000_000, "1m"),
      (3_600_000_000, "1h"), (24_510_000_000, "6h48m"), (259_200_000_000, "3d"),
      (90_061_000_000, "1d1h"), (86_460_000_000, "1d"), (-3_660_000_000, "-1h1m"),
    ])
  func elapsed(microseconds: Int64, text: String) {
    #expect(Printable.elapsed(microseconds) == text)
  }

  @Test(
    "Numbers are rounded and lose zeros at their ends",
    arguments: [
      (0.37754066, "0.3775"), (-0.5000000000000001, "-0.5"), (-0.00001, "0"), (2, "2"),
      (0.99996, "1"), (1e300, "1e+300"), (.infinity, "inf"),
    ])
  func numbers(number: Double, text: String) {
    #expect(Printable.number(number, digits: 4) == text)
  }

  private static let golden = """
    Decision 13: sample, eligible
      about    c-1
      at       2024-03-04 10:30:00 UTC
      outcome  eligible: a run began
      run      k-1 (id RUN)
      dedupe   c-1:k-1
      version  VERSION

    Trigger 11: cart.abandoned, brought about by silence
      at            2024-03-04 10:30:00 UTC
      silence       30m without an event for k-1 since 2024-03-04 10:00:00, which was cart.updated at
                    position 7
      event.value   500
      event.cartId  "k-1"

    Filters, in order
      pass  worth  event.value   500
                   params.limit  100
      pass  cap    max           2
                   count         0
                   channel       "email"

    Score 0.425557
      margin  -0.3
      level   none
      model   MODEL

      points  feature  value
        -0.4  orders   0
        +0.1  value    500

    Offer
      discount  10

    What followed, to 2024-03-04 12:00:00 UTC
      ├─ at once
      │  15  run started        in waiting, score 0.4256; email in 1h, expired in 7d
      │  17  candidate made     k-1, until 2024-03-11 10:30:00
      ├─ +1h, timer email at position 18
      │  20  run moved          waiting → email, after 1h
      │  22  email requested    hello to c-1@example.com, step email
      │                         no answer yet
      └─ +1h30m, order.placed at position 24
         26  run exited         converted from email, order.placed; revenue 450 minor units, last touch
                                email
         28  candidate removed  converted

    """
}
