import CBOR
import Delivery
import Engine
import Foundation
import JSON
import Ledger
import Testing

struct OutboxTests {
  private func outbox(_ directory: String, pending: [Effect] = []) throws -> Outbox<DirectorySink> {
    Outbox(
      sink: try DirectorySink(directory: directory), pending: pending, template: Sample.templates)
  }

  @Test("A delivery becomes a file with its message, and an outcome")
  func delivery() throws {
    let scratch = ScratchDirectory()
    let outbox = try outbox(scratch.path + "/a/b")
    outbox.add([
      Sample.delivery(
        "d1",
        variables: [
          "discount": 20, "hours": 48, "code": "BACK20",
          "items": [["name": "Čaj 🍵"], ["name": "Pot"]],
        ])
    ])
    let report = outbox.carryOut()
    #expect(report.failure == nil)
    #expect(outbox.waitingCount == 0)
    #expect(
      report.outcomes.map(\.summary) == [
        "outcome delivery.sent user_1 recount:outcome d1/sent/1 1704368738250000 abandoned-cart "
          + #"{"run": "cart-1", "step": "cart-email", "attempt": 1, "channel": "email", "#
          + #""program": "abandoned-cart", "deliveryId": "d1"}"#
      ])
    let files = try scratch.files(in: "a/b")
    #expect(files.map(\.name) == ["20240104T114538.250000Z-email-d1.json"])
    #expect(
      files.first?.text == #"""
        {
          "type": "delivery.requested",
          "position": 17,
          "recordedAt": "2024-01-04T11:45:38.250000Z",
          "customer": "user_1",
          "to": "a@example.com",
          "run": "cart-1",
          "step": "cart-email",
          "channel": "email",
          "program": "abandoned-cart",
          "version": "v1",
          "template": "cart-email",
          "variables": {
            "code": "BACK20",
            "hours": 48,
            "items": [
              {
                "name": "Čaj 🍵"
              },
              {
                "name": "Pot"
              }
            ],
            "discount": 20
          },
          "deliveryId": "d1",
          "idempotencyKey": "d1",
          "subject": "You left something behind! 20% off inside",
          "text": "Your cart is still here:\n- Čaj 🍵\n- Pot\n\nCome back within 48 hours \#
        and take 20% off with the code BACK20.\n"
        }

        """#)
  }

  @Test("An action becomes a file without a message, and an outcome")
  func action() throws {
    let scratch = ScratchDirectory()
    let outbox = try outbox(scratch.path + "/out")
    outbox.add([Sample.action("a1")])
    #expect(
      outbox.carryOut().outcomes.map(\.summary) == [
        "outcome action.completed user_1 recount:outcome a1/completed/1 1704368738250000 "
          + #"account-takeover {"run": "r", "step": "lock", "action": "lock_account", "#
          + #""attempt": 1, "program": "account-takeover", "actionId": "a1"}"#
      ])
    let file = try #require(try scratch.files(in: "out").first)
    #expect(file.name == "20240104T114538.250000Z-lock_account-a1.json")
    #expect(!file.text.contains("\"text\""))
    #expect(file.text.contains("\"hours\": 2"))
  }

  @Test("A crash between file and outcome gives the same file and the same outcome again")
  func crash() throws {
    let scratch = ScratchDirectory()
    let effects = [
      Sample.delivery("d1"), Sample.delivery("d2", channel: "sms", template: "cart-sms"),
      Sample.action("a1"),
    ]
    let first = try outbox(scratch.path + "/out")
    first.add(effects)
    let outcomes = first.carryOut().outcomes
    let files = try scratch.files(in: "out")
    // The outcomes never reached the ledger, so that the effects are unanswered at the next start,
    // and come a second time with the events that are read again.
    let second = try outbox(scratch.path + "/out", pending: effects)
    second.add(effects)
    let again = second.carryOut().outcomes
    #expect(again.count == 3)
    #expect(again.map(\.summary) == outcomes.map(\.summary))
    let filesAgain = try scratch.files(in: "out")
    #expect(filesAgain.map(\.name) == files.map(\.name))
    #expect(filesAgain.map(\.text) == files.map(\.text))
  }

  @Test("What a crash left half written is replaced")
  func halfWritten() throws {
    let scratch = ScratchDirectory()
    let outbox = try outbox(scratch.path + "/out")
    let name = DirectorySink.name(of: Sample.action("a1"))
    try Data("{\"half".utf8).write(to: URL(filePath: "\(scratch.path)/out/.\(name).tmp"))
    outbox.add([Sample.action("a1")])
    #expect(outbox.carryOut().outcomes.count == 1)
    #expect(try scratch.files(in: "out").map(\.name) == [name])
  }

  @Test("While the directory is gone effects wait in order; once it is back they go out")
  func directoryGone() throws {
    let scratch = ScratchDirectory()
    let out = scratch.path + "/out"
    let outbox = try outbox(out)
    outbox.add([Sample.delivery("d1"), Sample.action("a1")])
    try FileManager.default.removeItem(atPath: out)
    let report = outbox.carryOut()
    #expect(report.outcomes.isEmpty)
    #expect(
      report.failure?.description
        == "\(out): cannot create a file in this directory: No such file or directory;"
        + " create the directory again, and what waits goes out by itself")
    #expect(outbox.waitingCount == 2)
    // A file in the directory's place is no better.
    #expect(FileManager.default.createFile(atPath: out, contents: nil))
    outbox.add([Sample.action("a2")])
    #expect(
      outbox.carryOut().failure?.problem.contains("move the file away that stands in its place")
        == true)
    try FileManager.default.removeItem(atPath: out)
    try FileManager.default.createDirectory(atPath: out, withIntermediateDirectories: false)
    let later = outbox.carryOut()
    #expect(later.failure == nil)
    #expect(
      later.outcomes.map { String(decoding: $0.externalID, as: UTF8.self) }
        == ["d1/sent/1", "a1/completed/1", "a2/completed/1"])
    #expect(outbox.waitingCount == 0)
  }

  @Test("A directory that cannot be made is named, with the mend")
  func noDirectory() throws {
    let scratch = ScratchDirectory()
    #expect(FileManager.default.createFile(atPath: scratch.path + "/file", contents: nil))
    #expect(
      throws: SinkError(
        place: scratch.path + "/file/out",
        problem: "cannot create this directory: Not a directory;"
          + " move the file away that stands in its place, and what waits goes out by itself")
    ) {
      try DirectorySink(directory: scratch.path + "/file/out")
    }
  }

  @Test("A template that is missing, or multiplies, fails the delivery and holds nothing up")
  func templates() throws {
    let scratch = ScratchDirectory()
    let outbox = try outbox(scratch.path + "/out")
    outbox.add([
      Sample.delivery("d1", template: "gone"), Sample.delivery("d2", variables: .null),
    ])
    let report = outbox.carryOut()
    #expect(report.failure == nil)
    try #require(report.outcomes.count == 2)
    #expect(report.outcomes[0].type == "delivery.failed")
    #expect(report.outcomes[0].externalID == Array("d1/failed/1".utf8))
    #expect(
      try CBORValue(decoding: report.outcomes[0].payload)["reason"]
        == "template gone of program abandoned-cart is missing in version v1")
    #expect(report.outcomes[1].type == "delivery.sent")
    let files = try scratch.files(in: "out")
    #expect(files.count == 1)
    #expect(files.first?.text.contains("You left something behind! % off inside") == true)
  }

  @Test("Names of files stay in the directory, whatever an id holds")
  func names() throws {
    let scratch = ScratchDirectory()
    let outbox = try outbox(scratch.path + "/out")
    let long = String(repeating: "x", count: 250)
    outbox.add([Sample.action("../../a/b c%"), Sample.action("é"), Sample.action(long)])
    let report = outbox.carryOut()
    #expect(
      report.outcomes.map(\.type) == ["action.completed", "action.completed", "action.failed"])
    #expect(
      try scratch.files(in: "out").map(\.name) == [
        "20240104T114538.250000Z-lock_account-%c3%a9.json",
        "20240104T114538.250000Z-lock_account-..%2f..%2fa%2fb%20c%25.json",
      ])
  }

  @Test("A limit leaves the rest for the next pass")
  func limit() throws {
    let scratch = ScratchDirectory()
    let outbox = try outbox(scratch.path + "/out")
    outbox.add((0..<5).map { Sample.action("a\($0)") })
    #expect(outbox.carryOut(limit: 3).outcomes.count == 3)
    #expect(
      outbox.carryOut().outcomes.map(\.externalID) == [
        Array("a3/completed/1".utf8), Array("a4/completed/1".utf8),
      ])
    #expect(outbox.carryOut().outcomes.isEmpty)
  }

  @Test("Only effects that a sink carries out are picked from events")
  func picking() {
    let names = Names()
    let requested = names.add(.type, EventType.deliveryRequested)
    let scored = names.add(.type, "score.requested")
    let data: CBORValue = ["deliveryId": "d1", "channel": "sms"]
    let events = [
      Sample.event(at: 0, data, kind: .effect, type: requested),
      Sample.event(at: 0, data, kind: .effect, type: scored),
      Sample.event(at: 0, ["channel": "sms"], kind: .effect, type: requested),
      Sample.event(at: 0, data, kind: .input, type: requested),
      Sample.event(at: 0, data, kind: .effect, type: 99),
    ]
    let effects = Effect.effects(in: events, names: names)
    #expect(effects.map(\.id) == ["d1"])
    #expect(effects.map(\.target) == ["sms"])
  }

  /// A sink that fails as it is told.
  struct FaultySink: Sink {
    var faults: [Bool]
    var settles: [Bool]
    mutating func carryOut(
      _ effect: Effect, message: Message?
    ) throws(SinkError) -> EffectOutcome {
      if faults.removeFirst() { throw SinkError(place: "sink", problem: "fails") }
      return .done
    }
    mutating func settle() throws(SinkError) {
      if settles.removeFirst() { throw SinkError(place: "sink", problem: "does not settle") }
    }
  }

  @Test("What went out before a fault is answered; what was not settled is not")
  func faults() {
    let outbox = Outbox(
      sink: FaultySink(
        faults: [false, true, false, false, false, false], settles: [false, true, false]),
      pending: (0..<3).map { Sample.action("a\($0)") }, template: Sample.templates)
    let first = outbox.carryOut()
    #expect(first.outcomes.count == 1 && first.failure?.problem == "fails")
    #expect(outbox.waitingCount == 2)
    let second = outbox.carryOut()
    #expect(second.outcomes.isEmpty && second.failure?.problem == "does not settle")
    #expect(outbox.waitingCount == 2)
    let third = outbox.carryOut()
    #expect(third.outcomes.count == 2 && third.failure == nil)
    #expect(outbox.waitingCount == 0)
  }
}
