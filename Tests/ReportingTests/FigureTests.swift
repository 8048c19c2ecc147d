import CBOR
import Engine
import Ledger
import Metrics
import Reporting
import Testing

@Suite("Figures of programs")
struct FigureTests {
  private let names = Names()
  private let metrics: Metrics
  private static let day: Int64 = 86_400_000_000

  init() { metrics = Metrics(names: names) { _ in nil } }

  /// Folds an event of a type with data, on a day since 1970.
  private func fold(_ type: String, day: Int64, _ data: CBORValue) {
    let number = names.number(.type, type) ?? names.add(.type, type)
    metrics.project(
      Event(
        position: 1,
        header: EventHeader(
          kind: .decision, type: number, recordedAt: day * Self.day + 5, occurredAt: 0, cause: 0,
          root: 1, id: EventID(high: 1, low: 1), program: 0),
        subject: [], source: [], externalID: [], payload: data.encoded()), subject: 1)
  }

  private func run(_ number: Int, heldOut: Bool, variant: String, converts: Bool) {
    let program: (String, CBORValue) = ("program", "p")
    let variants: (String, CBORValue) = ("variants", .object([("delay", .text(variant))]))
    let outcome = heldOut ? "held-out" : "eligible"
    fold(
      "decision.made", day: 10,
      .object([
        program, ("outcome", .text(outcome)), ("reason", ""), ("segment", "high"),
        ("variant", .text(heldOut ? "holdout" : "treated")),
        ("propensity", .double(heldOut ? 0.25 : 0.75)),
      ]))
    fold(
      "run.started", day: 10,
      .object([program, variants, ("heldOut", .bool(heldOut)), ("segment", "high")]))
    guard converts else { return }
    fold(
      "run.exited", day: 11,
      .object([
        program, variants, ("heldOut", .bool(heldOut)), ("segment", "high"), ("exit", "bought"),
        ("touch", "email"), ("revenue", .signed(1_000)),
      ]))
  }

  @Test("Arms, lift, check, segments and days come out of the events")
  func figures() throws {
    for number in 0..<80 {
      run(
        number, heldOut: number % 4 == 0, variant: number % 2 == 0 ? "control" : "short",
        converts: number % 8 < 3)
    }
    let figures = try #require(ProgramFigures.byProgram(metrics)["p"])
    #expect(figures.triggered == 80 && figures.started == 80 && figures.active == 50)
    #expect(figures.converted == 30 && figures.revenue == 30_000)
    #expect(figures.unattributedReasons["held-out"] == 10)
    #expect(figures.unattributedReasons["before-any"] == 20)
    #expect(figures.treated == Proportion(20, of: 60))
    let holdout = try #require(figures.experiments.first { $0.name == "holdout" })
    #expect(holdout.ratioCheck?.fits == true && holdout.ratioCheck?.chiSquared == 0)
    let lift = try #require(holdout.lifts.first)
    #expect(lift.variant == "treated" && lift.control == "holdout")
    #expect((lift.difference - (20.0 / 60 - 10.0 / 20)).magnitude < 1e-12)
    let delay = try #require(figures.experiments.first { $0.name == "delay" })
    #expect(delay.control?.variant == "control" && delay.ratioCheck == nil)
    #expect(figures.segments.map(\.name) == ["high"] && figures.segments[0].started == 80)
    #expect(figures.segments[0].outcomes["held-out"] == 20 && figures.segments[0].converted == 30)
    #expect(figures.segments[0].exited["bought"] == 30)

    let days = ProgramFigures.byDay(metrics, program: "p")
    #expect(days.map(\.day) == [10, 11])
    #expect(days[0].figures.started == 80 && days[0].figures.converted == 0)
    #expect(ProgramFigures.byProgram(metrics, days: 11...11)["p"]?.converted == 30)
    #expect(ProgramFigures.byProgram(metrics, days: 12...20)["p"] == nil)
  }

  @Test("Costs are those that providers reported, else the program's")
  func costs() throws {
    for id in ["a", "b", "c"] {
      let channel = id == "c" ? "sms" : "email"
      fold(
        "delivery.requested", day: 1,
        .object([
          ("program", "p"), ("step", "s"), ("channel", .text(channel)), ("deliveryId", .text(id)),
        ]))
      let cost: [(String, CBORValue)] = id == "c" ? [("cost", .double(4.25))] : []
      fold("delivery.sent", day: 1, .object([("deliveryId", .text(id))] + cost))
    }
    fold("action.requested", day: 1, .object([("program", "p"), ("action", "call")]))
    var figures = try #require(ProgramFigures.byProgram(metrics)["p"])
    figures.costs = ["email": 100, "sms": 9_000, "call": 300_000]
    #expect(figures.cost == 200 + 4_250 + 300_000)
  }
}
