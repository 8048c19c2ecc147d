import CBOR
import Catalog
import CivilTime
import Engine
import Ledger
import Policies
import Programs
import ShippedPrograms
import TestSupport
import Testing
import TimeZones

/// A store under the event clock, fed by hand.
final class TestHistory {
  private let directory = TemporaryDirectory()
  let store: Store
  private var count = 0

  /// Opens a new store with shipped programs that hold nobody out.
  init(_ programs: [String] = ["abandoned-cart"], overrides: [ProgramOverride] = []) throws {
    store = try Store(directory: directory.path)
    for (index, id) in programs.enumerated() {
      let body = try #require(ShippedPrograms.body(id))
      let program = try Program(
        body: body, folder: id,
        overrides: [ProgramOverride(path: "holdout", value: "0")] + overrides)
      store.engine.holdForFirstTurn(program.activation(count: index))
    }
  }

  /// Opens a new store with these programs, and the rules of a few time zones.
  init(programs: [Program]) throws {
    store = try Store(directory: directory.path)
    let zones = try TimeZoneBody(zones: RuleZone.zones)
    store.engine.holdForFirstTurn(zones.loading(release: "test", count: 0).event)
    for (index, program) in programs.enumerated() {
      store.engine.holdForFirstTurn(program.activation(count: index))
    }
  }

  /// Takes in an event that occurred at `time` ("2024-03-04 10:00:00", UTC), in a turn of its own.
  @discardableResult
  func send(
    _ time: String, _ type: String, _ subject: String, _ data: CBORValue, id: String? = nil
  ) throws -> Receipt {
    count += 1
    let input = Input(
      type: type, subject: Array(subject.utf8), source: Array("//shop.example".utf8),
      externalID: Array((id ?? "e\(count)").utf8), occurredAt: try Self.moment(time),
      payload: data.encoded())
    return try store.engine.turn([input], clock: .event)[0]
  }

  /// Moves the clock and fires what becomes due.
  func advance(_ time: String) throws {
    _ = try store.engine.advance(to: try Self.moment(time))
  }

  /// Everything in the ledger but names and activations, one line an event.
  func transcript() throws -> String {
    var transcript = Transcript(names: store.context.names)
    try store.ledger.forEachEvent(from: 1) { (event) -> Bool in
      transcript.add(event)
      return true
    }
    return transcript.text
  }

  /// Puts a version in force, and lets all follow that is due at once.
  func activate(_ program: Program, inFlight: String) throws {
    let activation = program.activation(
      count: store.catalog.activationCount, inFlight: inFlight)
    let now = store.engine.committed.recordedAt
    _ = try store.engine.turn([activation], clock: .wall(now: now))
    while try store.engine.advance(to: now) > 0 {}
  }

  /// The lines of the transcript that name one of these types, without number and cause.
  func lines(_ types: String...) throws -> [String] {
    try transcript().split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ", maxSplits: 4)
      guard words.count >= 4, types.contains(String(words[3])) else { return nil }
      return words.dropFirst().joined(separator: " ")
    }
  }

  static func moment(_ text: String) throws -> Int64 {
    let parts = text.split(separator: " ")
    return try RFC3339.microseconds(parsing: "\(parts[0])T\(parts[1])Z")
  }
}
