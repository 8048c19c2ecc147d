import Expressions
import Programs
import Scoring
import Testing

/// A moment of an attack as the ledger knows it.
struct Attack: CustomTestStringConvertible {
  var name: String
  var fields = ["password", "email"]
  var knownDevice = false
  var isFar = false
  var reputation = 0.5
  var ageDays: Int64 = 200
  var outcome: ClosedRange<Double>
  var passesFilters = true

  var testDescription: String { name }

  /// The world at the trigger, with the features that the changes give.
  var world: World {
    let changes = fields.enumerated().map { index, field in
      map([
        "id": .string("c\(index)"), "position": .int(Int64(100 + index)), "field": .string(field),
        "action": field == "payment_method" ? "added" : "changed", "old": "old", "new": "new",
      ])
    }
    let critical = fields.enumerated().filter { $0.element != "payment_method" }
    let place = isFar ? map(["lat": 55.7, "lon": 37.6]) : map(["lat": 40.7, "lon": -74.1])
    let now: Int64 = 1_800_000_000
    return World(
      variables: [
        "event": map(["type": "account.changed", "position": .int(Int64(99 + fields.count))]),
        "customer": map([
          "id": "alice", "status": "active", "recentChanges": .list(changes),
          "criticalChanges": .list(critical.map { .string("c\($0.offset)") }),
          "origin": map([
            "device": knownDevice ? "d-home" : "d-new", "ip": "192.0.2.7", "location": place,
            "reputation": .null,
          ]),
          "knownDevices": list("d-home"), "knownCountries": list("US"),
          "knownPlaces": list(map(["lat": 40.7, "lon": -74.0])), "recoveries": 0,
          "firstSeen": .int(now - ageDays * 86_400),
        ]),
        "run": map(["key": "alice", "active": false]),
        "params": map(["patternSize": 2, "badReputation": 0.3, "farMiles": 500.0]),
        "now": .timestamp(seconds: now, nanos: 0),
      ],
      entities: ["address": ["192.0.2.7": map(["reputation": .double(reputation)])]])
  }

  static let table = [
    Attack(name: "two at home", outcome: 0.82...0.9),
    Attack(name: "two contacts", fields: ["email", "recovery_phone"], outcome: 0.82...0.9),
    Attack(name: "a password twice", fields: ["password", "password"], outcome: 0.82...0.9),
    Attack(
      name: "two, old account, good address", reputation: 0.9, ageDays: 900,
      outcome: 0.82...0.9),
    Attack(name: "two, new account", ageDays: 2, outcome: 0.82...0.9),
    Attack(name: "two, far", isFar: true, outcome: 0.9...0.95),
    Attack(name: "two, bad address", reputation: 0.1, outcome: 0.9...0.95),
    Attack(name: "three", fields: ["password", "email", "recovery_phone"], outcome: 0.9...0.95),
    Attack(
      name: "two and a card", fields: ["password", "email", "payment_method"], isFar: true,
      outcome: 0.95...1),
    Attack(
      name: "all", fields: ["password", "email", "recovery_phone", "payment_method"],
      isFar: true, reputation: 0.05, outcome: 0.95...1),
    Attack(name: "one, far", fields: ["password"], isFar: true, outcome: 0.7...0.9),
    Attack(name: "one e-mail, far", fields: ["email"], isFar: true, outcome: 0.7...0.9),
    Attack(name: "one at home", fields: ["password"], outcome: 0...0.7, passesFilters: false),
    Attack(
      name: "cards only", fields: ["payment_method", "payment_method"], isFar: true,
      outcome: 0...0.8, passesFilters: false),
    Attack(name: "known device", knownDevice: true, outcome: 0...0.7, passesFilters: false),
    Attack(
      name: "known device, bad address", knownDevice: true, reputation: 0.2,
      outcome: 0.6...0.8),
  ]
}

@Suite("Account takeover")
struct TakeoverTests {
  @Test("scores an attack by what is to be done about it", arguments: Attack.table)
  func scores(attack: Attack) throws {
    let program = try Shipped.program("account-takeover")
    let score = try #require(program.score)
    let values = score.features.map { feature -> FeatureValue in
      switch try? attack.world.value(feature.value) {
      case .int(let number): .number(Double(number))
      case .double(let number): .number(number)
      case .bool(let flag): .flag(flag)
      case .string(let text): .text(text)
      default: .missing
      }
    }
    guard case .own(let own) = score.model, case .features(let model) = own.content else {
      Issue.record("the program has a scorecard of its own")
      return
    }
    #expect(score.features.map(\.name) == model.featureNames)
    #expect(attack.outcome.contains(model.output(for: values).score))

    let verdicts = try program.filters.map { filter in
      guard case .expression(let test) = filter.test else { return false }
      return try attack.world.value(test).isEqual(to: true)
    }
    #expect(!verdicts.contains(false) == attack.passesFilters)
  }

  @Test("names each change of a burst, whether the event has one or many")
  func namesChanges() throws {
    let program = try Shipped.program("account-takeover")
    let recent = try #require(program.features.first { $0.name == "recentChanges" })
    let each = try #require(recent.each)
    let value = try #require(recent.value)
    func ids(_ data: Value, _ fields: KeyValuePairs<String, Value>) throws -> [Value?] {
      var all = Array(fields.map { (name: $0.key, value: $0.value) })
      all += [("data", data), ("position", 7), ("type", "account.changed")]
      var world = World(variables: ["event": .map(MapValue(fields: all))])
      guard case .list(let changes) = try world.value(each) else { return [] }
      return try changes.map { change in
        world.variables["change"] = change
        return try world.value(value).selecting(["id"])
      }
    }
    #expect(recent.elementName == "change")
    let single = map(["changeId": "c1", "field": "email", "new": "x"])
    #expect(try ids(single, ["changeId": "c1", "field": "email"]) == ["c1"])
    let burst = list(map(["changeId": "a", "field": "email"]), map(["field": "password"]))
    #expect(try ids(map([:]), ["changes": burst, "changeId": "b"]) == ["a", "b:password"])
    #expect(try ids(map([:]), ["changes": burst]) == ["a", "7:password"])
  }

  @Test("takes its keys from the changes, so that a burst is known again")
  func dedupes() throws {
    let program = try Shipped.program("account-takeover")
    let key = try #require(program.dedupe?.key)
    func keys(_ event: Value) throws -> Value {
      try World(variables: ["event": event, "customer": map(["id": "alice"])]).value(key)
    }
    #expect(try keys(map(["changeId": "c1", "position": 7])) == list("alice:c1"))
    #expect(try keys(map(["position": 7])) == list("alice:7"))
    let changes = list(map(["field": "email", "changeId": "c2"]), map(["field": "password"]))
    #expect(
      try keys(map(["changeId": "b", "changes": changes])) == list("alice:c2", "alice:b:password"))
  }

  @Test("takes back what was held before the burst, and only what is to be taken back")
  func reverts() throws {
    let program = try Shipped.program("account-takeover")
    let journey = program.journey
    let reverted = journey.states[try #require(journey.stateIndex(named: "reverted"))]
    let act = try #require(reverted.acts.first)
    #expect(act.action == "revert_changes")
    func change(_ id: Value, _ field: Value, _ action: Value) -> Value {
      map(["id": id, "field": field, "action": action, "old": "o", "new": "n"])
    }
    let world = World(
      variables: [
        "run": map([
          "burstStart": 41,
          "reverting": list(
            change("a", "email", "changed"), change("b", "payment_method", "added"),
            change("b", "payment_method", "added"), change("d", "password", "changed")),
        ])
      ], held: ["email": "old@example.com", "phone": "+1"])
    guard case .map(let parameters) = act.parameters else { return }
    var values: [String: Value] = [:]
    for (name, tree) in parameters {
      guard case .leaf(let expression) = tree else { continue }
      values[name] = try world.value(expression)
    }
    #expect(
      values["restore"] == list(map(["trait": "email", "value": "old@example.com"])))
    #expect(values["removePaymentMethods"] == list("n"))
    #expect(values["restorePaymentMethods"] == .list([]))
    #expect(values["changes"] == list("a", "b", "d"))
    #expect(values["password"] == "reset")
  }

  @Test("alerts at once, by both channels, the contacts of before")
  func alerts() throws {
    let program = try Shipped.program("account-takeover")
    let first = program.journey.states[program.journey.start]
    #expect(first.name == "detected")
    #expect(first.sends.map(\.channel) == [.sms, .email])
    #expect(first.sends.allSatisfy { $0.messageClass == .security })
    let world = World(
      variables: ["run": map(["burstStart": 9])],
      held: ["email": "old@example.com", "phone": "+1"])
    #expect(try first.sends.map { try world.value($0.to) } == ["+1", "old@example.com"])
    let all = program.journey.states.flatMap(\.sends) + program.journey.exits.flatMap(\.sends)
    #expect(all.count == 2, "nothing is alerted twice")
  }
}
