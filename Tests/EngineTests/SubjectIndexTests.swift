import CBOR
import Engine
import Foundation
import Ledger
import Testing

import struct TestSupport.SplitMix64
import class TestSupport.TemporaryDirectory

/// Events by subject, against a scan of the ledger.
@Suite("The index by subject")
struct SubjectIndexTests {
  @Test(
    "It has every event of a subject in order, through flushes, merges and reopenings",
    arguments: 0..<8 as Range<UInt64>)
  func model(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let bench = try Bench(
      flushRows: seed % 2 == 0 ? 40 : 65_536, runs: .tinyIdentities,
      mergesInBackground: seed % 4 < 2, policies: { [Echo()] })
    var number = 0
    for _ in 0..<60 {
      let inputs = (0..<Int.random(in: 1...12, using: &random)).map { _ in
        number += 1
        let subject = "s\(UInt64.random(in: 0..<12, using: &random) / 2)"
        return input("note", subject, id: "\(number)", at: Int64(number))
      }
      _ = try bench.engine.turn(inputs, clock: .event, commits: Bool.random(using: &random))
      switch Int.random(in: 0..<8, using: &random) {
      case 0:
        _ = try bench.engine.turn([], clock: .event)
        try bench.reopen()
      case 1, 2: bench.engine.flushBetweenTurns()
      case 4, 5: bench.engine.flushGradually()
      case 3:
        _ = try bench.engine.turn([], clock: .event)
        _ = try bench.engine.rebuild(Bool.random(using: &random) ? nil : ["tally"])
      default: break
      }
      let first = UInt64.random(in: 0..<80, using: &random)
      let limit = Int.random(in: 0..<40, using: &random)
      for subject in ["s0", "s3", "s5", "nobody", ""] {
        let found = bench.engine.events(about: Array(subject.utf8), from: first, limit: limit)
        let all = try bench.events(about: subject).filter { $0 >= first }
        #expect(found.map(\.position) == Array(all.prefix(limit)))
      }
    }
  }

  @Test("Another process sees what was flushed, and through where", arguments: [0, 7, 40])
  func stored(flushes: Int) throws {
    let bench = try Bench(runs: .tinyIdentities, mergesInBackground: false)
    var ends: UInt64 = 0
    for round in 0..<50 {
      let outcome = Input(
        kind: .outcome, type: "delivery.sent", subject: [], source: Array("//sink".utf8),
        externalID: Array("\(round)".utf8), occurredAt: Int64(round),
        payload: (["deliveryId": .text("d\(round % 3)")] as CBORValue).encoded())
      let inputs = [
        input("note", "s\(round % 4)", id: "a\(round)", at: Int64(round)), outcome,
      ]
      _ = try bench.engine.turn(inputs, clock: .event)
      if round < flushes {
        try bench.engine.flush()
        ends = bench.engine.committed.position
      }
    }
    let index = try #require(
      try StoredSubjectIndex(directory: try copyOfViews(bench.directory)))
    for subject in ["s0", "s1", "s2", "s3", "s4", ""] {
      let answer = try index.positions(of: Array(subject.utf8), from: 3)
      #expect(answer.through == ends)
      let expected = try bench.events(about: subject).filter { $0 >= 3 && $0 <= ends }
      #expect(answer.positions == expected)
    }
    let outcomes = try bench.events().filter { event in
      event.position <= ends
        && event.payload.view(forKey: Field.deliveryId)?.string == "d1"
    }
    #expect(
      try index.positions(of: Array("d1".utf8), from: 0).positions == outcomes.map(\.position))
    try index.close()
  }

  /// As another process sees them: this one may not open the same files twice.
  private func copyOfViews(_ directory: TemporaryDirectory) throws -> String {
    let copy = directory.inside("copy")
    for file in ["data.mdb", "mark"] {
      try FileManager.default.copyItem(
        atPath: "\(directory.path)/views/\(file)", toPath: "\(copy)/\(file)")
    }
    return copy
  }

  @Test("Where there are no views, or of another version, there is no index")
  func absent() throws {
    let directory = TemporaryDirectory()
    #expect(try StoredSubjectIndex(directory: directory.place("views")) == nil)
    let views = try ViewStore(directory: directory.place("views"))
    try views.close()
    #expect(try StoredSubjectIndex(directory: directory.place("views")) == nil)
    let bench = try Bench()
    _ = try bench.engine.turn([input("note", id: "1", at: 1)], clock: .event)
    try bench.reopen { views in
      try views.flush([], progress: [("engine", .init(version: "2", position: 1))])
    }
    #expect(bench.engine.events(about: Array("s".utf8)).count == 1)
  }
}

extension Bench {
  /// Positions of the events about `subject`, of the open turn too, by a scan.
  func events(about subject: String) throws -> [UInt64] {
    var found: [UInt64] = []
    var position: UInt64 = 1
    while let event = engine.event(at: position) {
      if event.subject == subject { found.append(position) }
      position += 1
    }
    return found
  }
}

/// Answers every note by a decision about another subject.
private final class Echo: Policy {
  func react(to event: Event, subject: UInt32, emitting emissions: inout Emissions) {
    guard event.kind == .input else { return }
    emissions.append(
      Emission(
        kind: .decision, type: EventType.decisionMade, program: "echo",
        subject: event.subject == "s3" ? Array("s0".utf8) : Array(event.subject.utf8),
        payload: (["outcome": "eligible"] as CBORValue).encoded()))
  }
}
