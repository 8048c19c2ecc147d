import CBOR
import CivilTime
import Engine
import FoundationEssentials
import Host
import Ledger
import Metrics
import Policies
import Programs
import ShippedPrograms
import Testing

@Suite("Looking at a directory and switching programs")
struct SnapshotTests {
  private let directory: String

  private func host() throws -> Host {
    var options = HostOptions(directory: directory)
    options.clock = .event
    return try Host(options) { _ in nil }
  }

  private func abandon(_ host: Host, _ number: Int) throws {
    let data: CBORValue = [
      "cartId": "k-\(number)", "cartValue": 6000, "itemCount": 1, "items": [], "reason": "closed",
    ]
    let customer: CBORValue = [
      "status": "active", "hasPaymentMethod": true, "email": "c@example.com",
    ]
    let events: [(String, CBORValue)] = [("customer.updated", customer), ("cart.abandoned", data)]
    _ = try host.append(
      events.map { type, data in
        Input(
          type: type, subject: Array("c-\(number)".utf8), source: Array("//shop".utf8),
          externalID: Array("\(type)-\(number)".utf8),
          occurredAt: try RFC3339.microseconds(parsing: "2024-03-04T10:00:0\(number)Z"),
          payload: data.encoded())
      })
  }

  private func counters() throws -> [String: UInt64] {
    var metrics: Metrics?
    let snapshot = try ViewSnapshot(directory: directory) { context in
      let made = Metrics(names: context.names) { _ in nil }
      metrics = made
      return [made]
    }
    defer { snapshot.close() }
    var counters: [String: UInt64] = [:]
    metrics?.forEach { key, row in
      counters[([key.program] + key.words).joined(separator: "/"), default: 0] += row.count
    }
    return counters
  }

  @Test("Views that lack events give the same figures as complete ones")
  func figures() throws {
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let first = try host()
    try abandon(first, 1)
    try first.close()
    let one = try counters()
    #expect(one["abandoned-cart/triggered"] == 1)
    let second = try host()
    try abandon(second, 2)
    // What another process sees now: a ledger that is ahead of its views.
    let copy = directory + "-copy"
    try FileManager.default.copyItem(atPath: directory, toPath: copy)
    defer { try? FileManager.default.removeItem(atPath: copy) }
    let behind = try SnapshotTests(directory: copy).counters()
    try second.close()
    #expect(try counters() == behind)
    #expect(behind["abandoned-cart/triggered"] == 2)
    // Without views everything is folded from the ledger.
    try FileManager.default.removeItem(atPath: directory + "/views")
    #expect(try counters() == behind)
  }

  @Test("Activating again changes nothing; runs in flight are counted and stay")
  func switching() throws {
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let host = try host()
    try abandon(host, 1)
    let body = try #require(ShippedPrograms.body("abandoned-cart"))
    let other = try Program(
      body: body, folder: "abandoned-cart",
      overrides: [ProgramOverride(path: "params.minCartValue", value: "100")])
    let first = try #require(try host.activate([other]).first)
    #expect(!first.isUnchanged)
    #expect(first.replaced != nil && first.replaced != first.version)
    #expect(first.runsInFlight == 1)
    let end = host.store.ledger.end.position
    let again = try #require(try host.activate([other]).first)
    #expect(again.isUnchanged && again.position == first.position)
    #expect(host.store.ledger.end.position == end)
    #expect(try host.deactivate("abandoned-cart").runsInFlight == 1)
    #expect(throws: ActivationError.self) { try host.deactivate("abandoned-cart") }
    try abandon(host, 2)
    #expect(try host.activate([other]).first?.replaced == nil)
    try host.close()
    #expect(try counters()["abandoned-cart/triggered"] == 1)
  }

  @Test("A directory that is not there is not made")
  func absent() {
    #expect(throws: DirectoryError.self) { try ViewSnapshot(directory: directory) }
    #expect(!FileManager.default.fileExists(atPath: directory))
  }

  init() {
    self.init(
      directory: FileManager.default.temporaryDirectory.path
        + "/recount-snapshot-\(UUID().uuidString)")
  }

  private init(directory: String) {
    self.directory = directory
  }
}
