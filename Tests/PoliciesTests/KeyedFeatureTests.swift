import Binding
import CBOR
import Engine
import Expressions
import Features
import Ledger
import Policies
import Programs
import Testing

/// `collect` with a key: open things that events add and take away.
@Suite("Keyed collections")
struct KeyedFeatureTests {
  private static let text = """
    id: bills
    title: Bills
    features:
      customer:
        open: {collect: bill.opened, key: event.bill, value: event.due, remove: bill.paid, limit: 2}
        wishes:
          {collect: wish.set, each: event.items, as: i, key: i.id, value: i.id, remove: wish.cleared}
    trigger: {event: never, key: '"k"'}
    journey:
      start: only
      exits: {over: {fromStart: 1d}}
      states: {only: {}}

    """

  private static func program() throws -> Program {
    try Program(body: ProgramBody(files: ["program.yaml": Array(text.utf8)]), folder: "bills")
  }

  private static func value(
    _ history: TestHistory, _ program: Program, _ name: String
  ) throws -> String {
    let store = history.store
    let feature = try #require(program.features.first { $0.name == name })
    let number = try #require(store.features.number(of: feature, in: program))
    let customer = try #require(store.context.subjects.number(of: Array("c".utf8)))
    return store.features.value(of: number, customer: customer, now: 0)?.text ?? "none"
  }

  private static func open(
    _ history: TestHistory, _ bill: String, _ due: Int64
  ) throws {
    try history.send(
      "2024-03-04 10:00:00", "bill.opened", "c", ["bill": .text(bill), "due": .signed(due)])
  }

  @Test("A later value takes the earlier one's place, an event takes it away, the oldest goes")
  func bills() throws {
    let program = try Self.program()
    let history = try TestHistory(programs: [program])
    try Self.open(history, "a", 1)
    try Self.open(history, "b", 2)
    #expect(try Self.value(history, program, "open") == "[1, 2]")
    try Self.open(history, "a", 3)
    #expect(try Self.value(history, program, "open") == "[2, 3]")
    try Self.open(history, "d", 4)
    #expect(try Self.value(history, program, "open") == "[3, 4]")
    try history.send("2024-03-04 10:00:00", "bill.paid", "c", ["bill": "a"])
    try history.send("2024-03-04 10:00:00", "bill.paid", "c", ["bill": "never"])
    try history.send("2024-03-04 10:00:00", "bill.paid", "c", [:])
    #expect(try Self.value(history, program, "open") == "[4]")
  }

  @Test("Elements of a list are added and taken away one by one; a rebuild gives the same")
  func wishes() throws {
    let program = try Self.program()
    let history = try TestHistory(programs: [program])
    func items(_ ids: [String]) -> CBORValue {
      ["items": .array(ids.map { ["id": .text($0)] })]
    }
    try history.send("2024-03-04 10:00:00", "wish.set", "c", items(["x", "y", "z", "x"]))
    try history.send("2024-03-04 10:00:00", "wish.cleared", "c", items(["y"]))
    #expect(try Self.value(history, program, "wishes") == "[\"z\", \"x\"]")
    let live = try history.store.digest()
    _ = try history.store.engine.rebuild()
    #expect(try history.store.digest() == live)
    #expect(try Self.value(history, program, "wishes") == "[\"z\", \"x\"]")
  }
}
