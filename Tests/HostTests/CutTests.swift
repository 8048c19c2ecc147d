import Catalog
import Engine
import Host
import Ledger
import Policies
import Programs
import Simulation
import Testing

import class Foundation.FileManager
import class Foundation.ProcessInfo
import struct Foundation.UUID

/// What the event clock promises: the ledger follows from the events alone.
@Suite("How a file is cut")
struct CutTests {
  /// A directory that is removed with the value.
  private final class Folder {
    let path = FileManager.default.temporaryDirectory
      .appending(path: "recount-host-\(UUID().uuidString)").path()

    deinit { try? FileManager.default.removeItem(atPath: path) }
  }

  private static func history(seed: UInt64) -> [Input] {
    var shop = Shop(ShopConfiguration(seed: seed, customers: 25, days: 12))
    var inputs: [Input] = []
    while let event = shop.next() {
      inputs.append(
        Input(
          kind: event.isOutcome ? .outcome : .input, type: event.type,
          subject: Array(event.subject.utf8), source: Array(event.source.utf8),
          externalID: Array(event.id.utf8), occurredAt: event.time, payload: event.payload))
    }
    return inputs
  }

  private static func host(_ directory: String) throws -> Host {
    var options = HostOptions(directory: directory)
    options.clock = .event
    return try Host(options) { store in
      try OutboxCarrier(
        directory: directory + "/outbox", store: store, syncs: false, onFailure: { _ in })
    }
  }

  /// The digests of all tables after `pieces` went in, each by a process of its own.
  /// - Parameter closes: Whether each process ends in order; otherwise its views are not flushed.
  private static func digest(
    _ pieces: [ArraySlice<Input>], closes: Bool
  ) throws -> (tables: [String], messages: [String]) {
    let folder = Folder()
    for piece in pieces {
      let host = try host(folder.path)
      _ = try host.append(Array(piece))
      if closes { try host.close() }
    }
    let last = try host(folder.path)
    _ = try last.drain()
    let tables = try last.store.engine.digest().map { "\($0.table) \($0.digest)" }
    try last.close()
    let messages = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/outbox")
    return (tables, messages.sorted())
  }

  @Test("Pieces, ended in order or not, give the same ledger as the whole", arguments: 0..<6)
  func piecesGiveTheWhole(seed: UInt64) throws {
    let inputs = Self.history(seed: seed)
    try #require(inputs.count > 200)
    var random = SplitMix64(seed: seed)
    var cuts = Set((0..<5).map { _ in random.below(inputs.count) })
    cuts.formUnion([0, inputs.count])
    let edges = cuts.sorted()
    let pieces = zip(edges, edges.dropFirst()).map { inputs[$0..<$1] }
    let whole = try Self.digest([inputs[...]], closes: true)
    let ended = try Self.digest(pieces, closes: true)
    let killed = try Self.digest(pieces, closes: false)
    #expect(!whole.messages.isEmpty)
    #expect(whole == ended)
    #expect(whole == killed)
  }

  @Test("The same pieces again are duplicates and change nothing", arguments: 0..<3)
  func againChangesNothing(seed: UInt64) throws {
    let inputs = Self.history(seed: seed)
    let middle = inputs.count / 2
    let whole = try Self.digest([inputs[...]], closes: true)
    let again = try Self.digest([inputs[..<middle], inputs[...]], closes: false)
    #expect(whole == again)
  }

  @Test("A second process on the same directory is told who has it")
  func secondProcessIsRefused() throws {
    let folder = Folder()
    let first = try Self.host(folder.path)
    defer { try? first.close() }
    let error = #expect(throws: DirectoryError.self) { _ = try Self.host(folder.path) }
    let text = "in use by process \(ProcessInfo.processInfo.processIdentifier)"
    #expect(error?.description.contains(text) == true)
  }

  @Test("Changed rows are flushed by age", arguments: [(Int64(0), true), (3_600_000_000, false)])
  func rowsAreFlushedByAge(age: Int64, isFlushed: Bool) throws {
    let folder = Folder()
    var options = HostOptions(directory: folder.path)
    options.clock = .event
    options.flushAge = age
    let host = try Host(options) { _ in nil }
    defer { try? host.close() }
    _ = try host.append(Array(Self.history(seed: 2).prefix(40)))
    #expect((host.store.engine.changedRows == 0) == isFlushed)
  }

  @Test("A mistake in a program is told before a directory is made")
  func mistakesMakeNoDirectory() throws {
    let folder = Folder()
    var options = HostOptions(directory: folder.path)
    options.overrides = [("abandoned-cart", .init(path: "params.minCartVlue", value: "1"))]
    #expect(throws: (any Error).self) { _ = try Host(options) { _ in nil } }
    #expect(!FileManager.default.fileExists(atPath: folder.path))
  }

  @Test("An override is a new activation, in force from then on")
  func overrideIsRecorded() throws {
    let folder = Folder()
    let first = try Self.host(folder.path)
    _ = try first.append(Array(Self.history(seed: 1).prefix(50)))
    let count = first.store.catalog.activationCount
    try first.close()
    var options = HostOptions(directory: folder.path)
    options.clock = .event
    options.overrides = [("abandoned-cart", .init(path: "holdout", value: "0"))]
    let second = try Host(options) { _ in nil }
    defer { try? second.close() }
    #expect(second.store.catalog.activationCount == count + 1)
    let active = try #require(
      second.store.catalog.active.first { $0.program == "abandoned-cart" })
    #expect(second.store.catalog.program(of: active)?.holdout.basisPoints == 0)
  }
}
