import CBOR
import Catalog
import Engine
import Foundation
import Ledger
import Models
import Policies
import Programs
import TestSupport
import TimeZones

/// Does the steps of a history to a store, and can close and open it in between.
final class Playback {
  private(set) var store: Store
  private let directory: String
  private let options: StoreOptions

  init(_ directory: String, _ options: StoreOptions = .quick(), programs: [Program] = []) throws {
    self.directory = directory
    self.options = options
    store = try Store(directory: directory, options: options)
    try hold(programs)
  }

  private func hold(_ programs: [Program]) throws {
    guard store.catalog.activationCount == 0 else { return }
    let zones = try TimeZoneBody(zones: RuleZone.zones)
    store.engine.holdForFirstTurn(zones.loading(release: "test", count: 0).event)
    for (index, program) in programs.enumerated() {
      store.engine.holdForFirstTurn(program.activation(count: index))
    }
  }

  /// A whole history in a new directory.
  static func of(
    _ history: RandomHistory, in directory: String, _ options: StoreOptions = .quick()
  ) throws -> Playback {
    let playback = try Playback(directory, options, programs: history.programs)
    for step in history.steps { try playback.take(step) }
    return playback
  }

  func take(_ step: Step) throws {
    switch step {
    case .turn(let inputs, let clock): _ = try store.engine.turn(inputs, clock: clock)
    case .advance(let time):
      _ = try store.engine.advance(to: time, limit: .max)
    case .slice(let now): try store.engine.slice(now: now)
    case .activate(let program, let inFlight):
      let activation = program.activation(
        count: store.catalog.activationCount, inFlight: inFlight)
      let clock = TurnClock.wall(now: store.engine.committed.recordedAt)
      _ = try store.engine.turn([activation], clock: clock)
    case .register(let body):
      let registration = try ScoringModel(body).registration(
        body, count: store.models.registrationCount)
      let clock = TurnClock.wall(now: store.engine.committed.recordedAt)
      _ = try store.engine.turn([registration], clock: clock)
    case .answerScore(let number, let score, let id, let time):
      let type = store.context.names.number(.type, EventType.scoreRequested)
      let requests = try events().filter { $0.type == type }
      guard !requests.isEmpty else { return }
      let request = requests[number % requests.count].payload.value
      let answer: (String, CBORValue) = score.map { ("score", .double($0)) } ?? ("error", "busy")
      let outcome = Input(
        kind: .outcome, type: EventType.scoreAnswered, subject: Array("scorer".utf8),
        source: Array("//scorer".utf8), externalID: Array(id.utf8), occurredAt: time,
        payload: CBORValue.object([("scoreId", request["scoreId"] ?? .null), answer]).encoded())
      _ = try store.engine.turn(
        [outcome], clock: .wall(now: store.engine.committed.recordedAt))
    case .answer(let number, let type, let id, let time):
      guard let effect = try effect(number) else { return }
      let isAction = type.hasPrefix("action")
      let key = isAction ? "actionId" : "deliveryId"
      guard let effectID = effect.payload.value[key]?.string else { return }
      let outcome = Input(
        kind: .outcome, type: type, subject: Array(effect.subject.utf8),
        source: Array(OwnSource.outcome.utf8), externalID: Array("\(effectID)/\(id)".utf8),
        occurredAt: time,
        payload: CBORValue.object([(key, .text(effectID)), ("channel", "email")]).encoded())
      _ = try store.engine.turn(
        [outcome], clock: .wall(now: store.engine.committed.recordedAt))
    }
  }

  private func effect(_ number: Int) throws -> Event? {
    let effects = try events().filter { $0.kind == .effect }
    return effects.isEmpty ? nil : effects[number % effects.count]
  }

  /// Closes the store and opens it again, after deleting the views if asked.
  func reopen(deletingViews: Bool = false) throws {
    try store.close()
    if deletingViews { try FileManager.default.removeItem(atPath: directory + "/views") }
    store = try Store(directory: directory, options: options)
  }

  func events() throws -> [Event] { try store.allEvents() }

  func digest() throws -> [String] { try store.digest() }
}

extension StoreOptions {
  /// No growing ahead: tests make hundreds of small ledgers.
  static func quick(flushRows: Int = 65_536) -> StoreOptions {
    var options = StoreOptions()
    options.ledger.growAheadBytes = 0
    options.engine.flushRows = flushRows
    // So few that events come between the rows of a flush.
    options.engine.gatheredRows = 16
    // So small that the few customers of a random history fill many slices.
    options.slices.items = 2
    options.slices.decisions = 1
    options.slices.watchers = 1
    options.slices.reportItems = 2
    // The tests copy the files at every write: nobody else may be writing then.
    options.engine.mergesInBackground = false
    return options
  }
}

extension Store {
  /// Every event of the ledger.
  func allEvents() throws -> [Event] {
    var events: [Event] = []
    try ledger.forEachEvent(from: 1) { (event) -> Bool in
      events.append(event)
      return true
    }
    return events
  }

  /// Every table with its digest.
  func digest() throws -> [String] {
    try engine.digest().map { "\($0.table) \($0.digest)" }
  }
}
