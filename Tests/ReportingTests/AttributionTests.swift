import CBOR
import Engine
import JSON
import Ledger
import Metrics
import Programs
import Reporting
import Testing

/// Hand-made days of one program with the experiment `tone`, at hours since 1970.
@Suite("Attribution by window and last touch")
struct AttributionTests {
  private let names = Names()

  private final class Day {
    let metrics: Metrics
    let names: Names
    private var position: UInt64 = 0

    init(_ names: Names, _ attribution: Program.Attribution) {
      self.names = names
      metrics = Metrics(names: names) { $0 == "v1" ? attribution : nil }
    }

    func fold(_ type: String, hour: Int64, _ fields: [(String, CBORValue)]) {
      let number = names.number(.type, type) ?? names.add(.type, type)
      position += 1
      metrics.project(
        Event(
          position: position,
          header: EventHeader(
            kind: .decision, type: number, recordedAt: hour * 3_600_000_000, occurredAt: 0,
            cause: 0, root: 1, id: EventID(high: 1, low: position), program: 0),
          subject: [], source: [], externalID: [],
          payload: CBORValue.object([("program", "p")] + fields).encoded()), subject: 1)
    }

    func start(_ run: String, hour: Int64, variant: String = "", heldOut: Bool = false) {
      let variants: CBORValue = variant.isEmpty ? .object([]) : ["tone": .text(variant)]
      fold(
        "run.started", hour: hour,
        [
          ("runId", .text(run)), ("version", "v1"), ("heldOut", .bool(heldOut)),
          ("variants", variants),
        ])
    }

    /// Requests a message of a run in a step on a channel, which is also its id.
    func request(_ run: String, _ step: String, _ channel: String, hour: Int64) {
      fold(
        "delivery.requested", hour: hour,
        [
          ("runId", .text(run)), ("version", "v1"), ("step", .text(step)),
          ("channel", .text(channel)), ("deliveryId", .text("\(run)/\(step)")),
        ])
    }

    func outcome(_ stage: String, _ run: String, _ step: String, hour: Int64) {
      fold("delivery.\(stage)", hour: hour, [("deliveryId", .text("\(run)/\(step)"))])
    }

    func send(_ run: String, _ step: String, _ channel: String, hour: Int64) {
      request(run, step, channel, hour: hour)
      outcome("sent", run, step, hour: hour)
    }

    func convert(_ run: String, hour: Int64, revenue: Int64, heldOut: Bool = false) {
      fold(
        "run.exited", hour: hour,
        [
          ("runId", .text(run)), ("exit", "bought"), ("heldOut", .bool(heldOut)),
          ("revenue", .signed(revenue)),
        ])
    }

    func figures(days: ClosedRange<Int64>? = nil) -> ProgramFigures {
      ProgramFigures.byProgram(metrics, days: days)["p"] ?? ProgramFigures()
    }
  }

  private static func converted(_ figures: ProgramFigures) -> [String: Int64] {
    var converted: [String: Int64] = [:]
    for channel in figures.channels where channel.converted.count > 0 {
      converted["\(channel.step) \(channel.channel) \(channel.converted.count)"] =
        channel.converted.revenue
    }
    return converted
  }

  private static func attribution(
    hours: Int64, _ touch: Program.Attribution.Touch = .sent
  ) -> Program.Attribution {
    Program.Attribution(windowMicroseconds: hours * 3_600_000_000, touch: touch)
  }

  @Test("A conversion counts for the last touch in the window, and never gets lost")
  func lastTouch() {
    let day = Day(names, Self.attribution(hours: 48))
    for run in ["a", "b", "c", "d", "e"] { day.start(run, hour: 0) }
    day.start("h", hour: 0, heldOut: true)
    // a: an e-mail, then an SMS, then an order; b: the e-mail alone, ordered on the next UTC day.
    day.send("a", "first", "email", hour: 1)
    day.send("a", "second", "sms", hour: 20)
    day.convert("a", hour: 22, revenue: 100)
    day.send("b", "first", "email", hour: 23)
    day.convert("b", hour: 25, revenue: 20)
    // c: at the very end of the window, where it does not count any more; d: just within it.
    day.send("c", "first", "email", hour: 1)
    day.convert("c", hour: 49, revenue: 3)
    day.send("d", "first", "email", hour: 2)
    day.convert("d", hour: 49, revenue: 4)
    // e: before any touch, though a message was requested; h: held out.
    day.request("e", "first", "email", hour: 1)
    day.convert("e", hour: 2, revenue: 5)
    day.outcome("sent", "e", "first", hour: 3)
    day.convert("h", hour: 30, revenue: 6, heldOut: true)

    let figures = day.figures()
    #expect(Self.converted(figures) == ["first email 2": 24, "second sms 1": 100])
    #expect(figures.unattributed == .init(count: 3, revenue: 14))
    #expect(figures.unattributedReasons["after-window"] == 1)
    #expect(figures.unattributedReasons["before-any"] == 1)
    #expect(figures.unattributedReasons["held-out"] == 1)
    #expect(figures.converted == 6 && figures.revenue == 138)
    let holdout = figures.experiments.first { $0.name == "holdout" }
    #expect(holdout?.arms.map(\.converted) == [5, 1])
    // Each conversion is on the day of the order: sent on day 0, converted on day 1.
    #expect(Self.converted(day.figures(days: 0...0)) == ["second sms 1": 100])
    #expect(Self.converted(day.figures(days: 1...1)) == ["first email 1": 20])
    #expect(Self.converted(day.figures(days: 2...2)) == ["first email 1": 4])
  }

  @Test("Only what the program calls a touch is one", arguments: Program.Attribution.Touch.allCases)
  func touch(_ touch: Program.Attribution.Touch) {
    let day = Day(names, Self.attribution(hours: 24, touch))
    day.start("a", hour: 0)
    day.send("a", "first", "email", hour: 1)
    day.outcome("delivered", "a", "first", hour: 2)
    day.outcome("opened", "a", "first", hour: 3)
    day.send("a", "second", "push", hour: 4)
    day.outcome("clicked", "a", "second", hour: 5)
    day.outcome("opened", "a", "first", hour: 6)
    day.convert("a", hour: 27, revenue: 10)
    let expected: [Program.Attribution.Touch: [String: Int64]] = [
      .sent: ["second push 1": 10], .delivered: [:], .opened: ["first email 1": 10],
      .clicked: ["second push 1": 10],
    ]
    #expect(Self.converted(day.figures()) == expected[touch])
    #expect(day.figures().converted == 1)
  }

  @Test("Messages and conversions count for variants too, outcomes after the run's end as well")
  func variants() throws {
    let day = Day(names, Self.attribution(hours: 24))
    day.start("a", hour: 0, variant: "kind")
    day.start("b", hour: 0, variant: "terse")
    for run in ["a", "b"] { day.send(run, "first", "email", hour: 1) }
    day.convert("a", hour: 2, revenue: 10)
    day.outcome("opened", "a", "first", hour: 3)
    day.fold(
      "delivery.withheld", hour: 4,
      [("runId", "b"), ("step", "second"), ("channel", "sms"), ("reason", "cap")])
    let tone = try #require(day.figures().experiments.first { $0.name == "tone" })
    let kind = try #require(tone.arms.first { $0.variant == "kind" })
    #expect(kind.channels.map(\.converted) == [.init(count: 1, revenue: 10)])
    #expect(kind.channels[0].counts["opened"] == 1 && kind.channels[0].counts["sent"] == 1)
    let terse = try #require(tone.arms.first { $0.variant == "terse" })
    #expect(terse.channels.map(\.converted.count) == [0, 0])
    #expect(terse.channels[1].withheld["cap"] == 1)
    var writer = JSONWriter()
    day.figures().write(to: &writer)
    let text = String(decoding: writer.bytes, as: UTF8.self)
    #expect(text.contains(#""unattributed":{"count":0,"revenue":0,"reasons":{}},"conversions":1"#))
  }
}
