import CBOR
import Engine
import Ledger
import Policies
import Programs
import Testing

/// A program of which any one expression may be made to fail.
enum FaultyProgram {
  /// What is replaced in the program, by something that is an error to read: `event.none.deep`, and
  /// `customer.unset` where there is no event.
  struct Fault: CustomTestStringConvertible, Sendable {
    var kind: String
    var old: String
    var new: String
    var testDescription: String { kind }
  }

  static let faults = [
    Fault(kind: "nothing", old: "title: Faulty", new: "title: Faulty"),
    Fault(kind: "trigger key", old: "key: event.club, when", new: "key: event.none.deep, when"),
    Fault(
      kind: "trigger when", old: "when: \"true\"}\ndedupe", new: "when: event.none.deep}\ndedupe"),
    Fault(kind: "dedupe key", old: "key: run.key, within", new: "key: event.none.deep, within"),
    Fault(kind: "dedupe except", old: "except: \"false\"", new: "except: event.none.deep"),
    Fault(kind: "join when", old: "join: {when: \"true\"", new: "join: {when: event.none.deep"),
    Fault(kind: "filter", old: "pass: \"true\"", new: "pass: event.none.deep == 1"),
    Fault(kind: "repeated filter", old: "pass: run.active", new: "pass: customer.unset == 1"),
    Fault(kind: "score feature", old: "visits: 1", new: "visits: event.none.deep"),
    Fault(
      kind: "score feature without fallback", old: "visits: 1}, fallback: 0.5",
      new: "visits: event.none.deep}"),
    Fault(
      kind: "offer when", old: "{when: \"true\", gift: 1}", new: "{when: event.none.deep, gift: 1}"),
    Fault(kind: "offer field", old: "gift: 1}", new: "gift: event.none.deep}"),
    Fault(kind: "segment", old: "all: \"true\"", new: "all: event.none.deep"),
    Fault(kind: "candidate", old: "item: run.key", new: "item: event.none.deep"),
    Fault(kind: "variable", old: "set: {v: 1}", new: "set: {v: event.none.deep}"),
    Fault(kind: "watch", old: "page: run.key", new: "page: event.none.deep"),
    Fault(
      kind: "guard", old: "when: run.v == 1, to: later", new: "when: event.none.deep, to: later"),
    Fault(kind: "always", old: "when: run.v == 7", new: "when: event.none.deep"),
    Fault(kind: "moment", old: "run.startedAt +", new: "timestamp(event.none.deep) +"),
    Fault(kind: "send when", old: "when: run.v > 0", new: "when: event.none.deep"),
    Fault(kind: "send variable", old: "gift: offer.gift", new: "gift: event.none.deep"),
    Fault(kind: "address", old: "to: customer.email", new: "to: event.none.deep"),
    Fault(kind: "act", old: "amount: 1", new: "amount: event.none.deep"),
    Fault(
      kind: "exit when", old: "when: \"true\", revenue: 1", new: "when: event.none.deep, revenue: 1"
    ),
    Fault(kind: "revenue", old: "revenue: 1", new: "revenue: event.none.deep"),
    Fault(kind: "feature", old: "value: event.club", new: "value: event.none.deep"),
    Fault(kind: "entity key", old: "page: {key: event.page}", new: "page: {key: event.none.deep}"),
    Fault(kind: "trait update", old: "value: event.nick", new: "value: event.none.deep"),
    Fault(kind: "silence", old: "arm: \"true\"", new: "arm: customer.unset == 1"),
    Fault(kind: "silence data", old: "of: key", new: "of: customer.unset"),
  ]

  static func program(_ fault: Fault) throws -> Program {
    let text = self.text.replacing(fault.old, with: fault.new, maxReplacements: 1)
    #expect(text != self.text || fault.old == fault.new, "\(fault.kind)")
    let files = [
      "program.yaml": text, "models/flat.yaml": model,
      "templates/note.yaml": "text: \"{{gift}}\"\n",
    ]
    return try Program(
      body: ProgramBody(files: files.mapValues { Array($0.utf8) }), folder: "faulty")
  }

  private static let model = """
    id: flat
    kind: scorecard
    features: [{name: visits, bins: [{to: 1, points: 0}, {from: 1, points: 1}]}]
    """

  private static let text = """
    id: faulty
    title: Faulty
    traits: {nick: {type: string}}
    traitUpdates: [{on: club.joined, trait: nick, value: event.nick}]
    entities: {page: {key: event.page}}
    features:
      customer:
        clubs: {distinct: club.joined, value: event.club}
        unset: {last: never.happens, value: event.x}
    derive:
      - event: club.quiet
        silence: {key: event.club, for: 1h, of: club.joined}
        arm: "true"
        data: {of: key}
    trigger: {event: [club.joined, club.quiet], key: event.club, when: "true"}
    dedupe: {key: run.key, within: 1h, except: "false"}
    join: {when: "true", filters: again}
    filters:
      - {id: open, pass: "true"}
      - {id: active, pass: run.active || true, again: true}
    score: {model: flat, features: {visits: 1}, fallback: 0.5}
    segments: {all: "true"}
    offers: [{when: "true", gift: 1}, {gift: 2}]
    candidate: {item: run.key, ttl: 3d}
    journey:
      set: {v: 1}
      watch: {page: run.key}
      start: first
      exits:
        left: {on: club.left, when: "true", revenue: 1}
        over: {fromStart: 5d}
      states:
        first:
          act: {action: give, with: {amount: 1}}
          on: {club.pinged: {when: run.v == 1, to: later}}
          always: {when: run.v == 7, to: later}
          at: [{moment: run.startedAt + duration("2h"), to: later}]
        later:
          send:
            channel: sms
            template: note
            to: customer.email
            when: run.v > 0
            variables: {gift: offer.gift}
    """
}

@Suite("A program that fails")
struct IsolationTests {
  /// The same without a program that fails.
  private static let alone = Result { try others([ClubProgram.plain()]).events }

  /// Fields that hold positions of the ledger, which another program's events move.
  private static let positions: Set<String> = ["trigger", "position"]

  /// What the other programs did: type, subject and payload of their events, without positions.
  private static func others(_ programs: [Program]) throws -> (events: [[UInt8]], faulty: Int) {
    let history = try TestHistory(programs: programs)
    for (index, hour) in ["10", "11", "13", "15", "22"].enumerated() {
      for customer in ["a", "b"] {
        let time = "2024-03-04 \(hour):00:00"
        try history.send(
          time, "customer.updated", customer, ["email": "c@example.com", "phone": "+49123"])
        try history.send(
          time, "club.joined", customer,
          ["club": .text("k\(index)"), "nick": "x", "page": "p"])
        try history.send(time, "club.pinged", customer, ["club": .text("k\(index)")])
      }
    }
    try history.send("2024-03-05 09:00:00", "club.left", "a", ["club": "k0"])
    try history.advance("2024-03-08 00:00:00")
    let names = history.store.context.names
    var events: [[UInt8]] = []
    var faulty = 0
    for event in try history.store.allEvents() {
      let data = event.payload.value
      guard let program = data["program"]?.string, let entries = data.entries else { continue }
      if program == "faulty" {
        faulty += 1
        continue
      }
      let kept = entries.map { (name: $0.key.string ?? "", value: $0.value) }
        .filter { !positions.contains($0.name) }
      let line: CBORValue = [
        .text(names.name(.type, event.type) ?? ""), .text(event.subject),
        .unsigned(UInt64(event.recordedAt)), .object(kept.map { ($0.name, $0.value) }),
      ]
      events.append(line.encoded())
    }
    return (events, faulty)
  }

  @Test("leaves what others decide byte for byte as it is", arguments: FaultyProgram.faults)
  func isolated(fault: FaultyProgram.Fault) throws {
    let alone = try Self.alone.get()
    #expect(alone.count > 40)
    // The one that fails comes first, so that it could do harm.
    let beside = try Self.others([FaultyProgram.program(fault), ClubProgram.plain()])
    #expect(beside.events == alone)
    #expect(beside.faulty > 0)
  }
}
