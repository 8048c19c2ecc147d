import CBOR
import Engine
import Explaining
import FoundationEssentials
import Host
import JSON
import Ledger
import Policies
import Simulation
import Testing

extension StoredSubjectIndex: EventIndex {}

/// The answers by the index are those of reading the whole ledger.
@Suite("Explaining by the index")
struct IndexTests {
  @Test("Events and explanations are the same with the index and without", arguments: [1, 2])
  func equality(seed: UInt64) throws {
    let directory =
      FileManager.default.temporaryDirectory.path + "/recount-index-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: directory) }
    var options = HostOptions(directory: directory)
    options.clock = .event
    options.store.engine.flushRows = 3_000
    options.store.engine.runs.absorbedEntries = 100
    let host = try Host(options) { _ in nil }
    var run = ShopRun(host.store, Shop(ShopConfiguration(seed: seed, customers: 40, days: 20)))
    try run.run()
    try answerFromNowhere(host.store, seed)
    // As another process sees them: this one may not open the same files twice.
    try FileManager.default.createDirectory(
      atPath: directory + "/copy", withIntermediateDirectories: false)
    for file in ["data.mdb", "mark"] {
      try FileManager.default.copyItem(
        atPath: "\(directory)/views/\(file)", toPath: "\(directory)/copy/\(file)")
    }
    let index = try #require(try StoredSubjectIndex(directory: directory + "/copy"))
    let known = try index.positions(of: [], from: 0).through
    let ledger = host.store.ledger
    #expect(known > 1_000 && (seed == 1) == (known == ledger.end.position))

    var decisions: [UInt64] = []
    var others: [UInt64] = []
    var subjects: Set<String> = ["nobody"]
    try ledger.forEachEvent(from: 1) { (event) -> Bool in
      subjects.insert(event.subject)
      if event.kind == .decision { decisions.append(event.position) }
      if event.kind == .outcome { others.append(event.position) }
      return true
    }
    for subject in subjects.sorted() {
      for first in [1, 700, known - 300, known + 1] {
        #expect(
          try positions(ledger, subject, index, from: first)
            == positions(ledger, subject, nil, from: first))
      }
    }
    let plain = try Explainer(ledger)
    let indexed = try Explainer(ledger, index: index)
    let step = max(1, (decisions.count + others.count) / 150)
    var stages = 0
    for (number, position) in (decisions + others).enumerated() where number % step == 0 {
      let expected = text { try plain.explanation(at: position) }
      #expect(text { try indexed.explanation(at: position) } == expected)
      if expected.contains("delivery.clicked") { stages += 1 }
    }
    #expect(stages > 0, "some were answered from nowhere")
    try index.close()
    try host.close()
  }

  private func positions(
    _ ledger: Ledger, _ subject: String, _ index: StoredSubjectIndex?, from first: UInt64
  ) throws -> [UInt64] {
    var found: [UInt64] = []
    try SubjectScan(ledger, subject: Array(subject.utf8), index: index).forEach(from: first) {
      found.append($0.position)
      return true
    }
    return found
  }

  private func text(_ explanation: () throws -> DecisionExplanation) -> String {
    do {
      var writer = JSONWriter()
      try explanation().write(to: &writer)
      return String(decoding: writer.bytes, as: UTF8.self)
    } catch {
      return "\(error)"
    }
  }

  /// Reports clicks of deliveries without saying whose they are; with the second seed unflushed.
  private func answerFromNowhere(_ store: Store, _ seed: UInt64) throws {
    var ids: [String] = []
    try store.ledger.forEachEvent(from: 1) { (event) -> Bool in
      if event.kind == .effect,
        let id = event.payload.view(forKey: Field.deliveryId)?.string
      {
        ids.append(id)
      }
      return true
    }
    if seed == 2 { try store.engine.flush() }
    let inputs = ids.map { id in
      Input(
        kind: .outcome, type: EventType.deliveryClicked, subject: [],
        source: Array("//nowhere".utf8), externalID: Array(id.utf8), occurredAt: nil,
        payload: (["deliveryId": .text(id)] as CBORValue).encoded())
    }
    _ = try store.engine.turn(inputs, clock: .event)
    if seed == 1 { try store.engine.flush() }
  }
}
