import CBOR
import Engine
import Features
import Ledger
import Policies
import Programs
import Testing

/// Populations of the keys that events have concerned lately.
@Suite("Populations that look back")
struct LookBackTests {
  private static let text = """
    id: parcels
    title: Parcels
    entities:
      parcel: {key: event.parcelId}
    features:
      parcel:
        owner: {last: parcel.moved, value: event.subject, including: current}
        moves: {count: [parcel.moved, parcel.lost]}
    schedule: {cron: "0 12 * * *"}
    population: {of: parcel, since: 3h, customer: parcel(key).owner, key: key}
    journey: {start: s, exits: {done: {}}, states: {s: {after: {1h: done}}}}

    """

  /// Moves of parcels: time, parcel.
  private static let moves = [
    ("2024-03-01 08:00:00", "c"), ("2024-03-01 08:59:59", "a"), ("2024-03-01 09:00:00", "b"),
    ("2024-03-01 10:00:00", "c"), ("2024-03-01 10:30:00", "c"), ("2024-03-01 11:00:00", "c"),
    ("2024-03-01 11:10:00", "b"), ("2024-03-01 11:20:00", "d"),
  ]

  private static func decided(_ store: Store) throws -> [String] {
    try store.allEvents().filter {
      store.context.names.name(.type, $0.type) == EventType.decisionMade
    }.map { $0.payload.value["run"]?.string ?? "" }
  }

  private static func move(_ history: TestHistory, _ time: String, _ parcel: String) throws {
    try history.send(time, "parcel.moved", "owner-\(parcel)", ["parcelId": .text(parcel)])
  }

  @Test(
    "They have the keys of the hours before, each once, whether events came first or the program")
  func hours() throws {
    let program = try BatchPrograms.program(Self.text)
    let history = try TestHistory(programs: [program])
    for (time, parcel) in Self.moves { try Self.move(history, time, parcel) }
    try history.advance("2024-03-01 12:00:00")
    try Self.move(history, "2024-03-01 12:00:00", "e")
    #expect(try Self.decided(history.store) == ["b", "c", "d"])
    try history.advance("2024-03-02 13:00:00")
    #expect(try Self.decided(history.store) == ["b", "c", "d"])

    let late = try TestHistory(programs: [])
    for (time, parcel) in Self.moves { try Self.move(late, time, parcel) }
    _ = try late.store.engine.turn([program.activation(count: 0)], clock: .event)
    try late.advance("2024-03-01 12:30:00")
    #expect(try Self.decided(late.store) == ["b", "c", "d"])
    let started = try #require(
      try late.store.allEvents().first {
        late.store.context.names.name(.type, $0.type) == EventType.batchStarted
      }?.payload.value)
    // Two hours of b, two of c, one of d.
    #expect(started["items"]?.uint64 == 5 && started["since"]?.string == "3h")
  }

  @Test("What is older than two months is forgotten, the same in views that are made anew")
  func bounded() throws {
    let program = try BatchPrograms.program(Self.text)
    let history = try TestHistory(programs: [program])
    let store = history.store
    let start = try TestHistory.moment("2024-03-01 08:00:00")
    var hours: [Int64] = []
    for step in 0..<1_700 as Range<Int64> {
      hours.append(start + step * 3_600_000_000)
      let input = Input(
        type: "parcel.moved", subject: [0x61], source: Array("//test".utf8),
        externalID: Array("\(step)".utf8), occurredAt: hours[Int(step)],
        payload: (["parcelId": .text("p\(step % 3)")] as CBORValue).encoded())
      _ = try store.engine.turn([input], clock: .event)
    }
    let entity = try #require(program.entities.first)
    let kind = try #require(store.features.kind(of: entity))
    let kept = store.features.touches(kind: kind, since: 0)
    #expect(kept.upperBound == 1_700 && kept.count == 62 * 24 + 1)
    let lately = store.features.touches(kind: kind, since: hours[1_690] + 1)
    #expect(lately == 1_690..<1_700)
    let keys = lately.compactMap {
      store.features.touchedEntity(kind: kind, at: $0, from: lately.lowerBound)
    }.map { store.features.key(ofEntity: $0) }
    #expect(keys == ["p1", "p2", "p0"])
    let digest = try store.digest()
    _ = try store.engine.rebuild()
    #expect(try store.digest() == digest)
    #expect(store.features.touches(kind: kind, since: 0) == kept)
  }
}
