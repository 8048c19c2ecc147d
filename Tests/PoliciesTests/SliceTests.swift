import CBOR
import Engine
import Foundation
import Ledger
import Policies
import Programs
import Testing

import struct TestSupport.SplitMix64
import class TestSupport.TemporaryDirectory

/// Slices that a shell ends where it likes.
@Suite("Slices")
struct SliceTests {
  @Test(
    "Wherever slices end, the same is decided in the same order", arguments: 0..<12 as Range<UInt64>
  )
  func anySlices(seed: UInt64) throws {
    func decided(_ ends: @escaping (inout SplitMix64) -> Bool) throws -> (
      decided: [String], slices: Int
    ) {
      let directory = TemporaryDirectory()
      var options = StoreOptions.quick()
      options.slices = SliceSizes()
      let store = try Store(directory: directory.path, options: options)
      let rank = seed % 2 == 0 ? ", rank: customer.seen % 7, limit: 90, perCustomer: 1" : ""
      store.engine.holdForFirstTurn(
        try BatchPrograms.program(
          """
          id: p
          title: Everybody
          features: {customer: {seen: {count: page.viewed}}}
          schedule: {cron: "0 2 * * *"}
          population: {of: customers, where: customer.seen > 0\(rank)}
          filters: [{id: even, pass: customer.seen % 2 == 0}]
          journey: {start: s, exits: {done: {}}, states: {s: {after: {1h: done}}}}

          """
        ).activation(count: 0))
      var random = SplitMix64(seed: seed)
      var inputs: [Input] = []
      for view in 0..<900 {
        let customer = Int.random(in: 0..<280, using: &random)
        inputs.append(
          Input(
            type: "page.viewed", subject: Array("c\(customer)".utf8),
            source: Array("//test".utf8), externalID: Array("\(view)".utf8), occurredAt: nil,
            payload: CBORValue.object([]).encoded()))
      }
      let time = try TestHistory.moment("2024-03-01 01:00:00")
      _ = try store.engine.turn(inputs, clock: .wall(now: time))
      let start = try TestHistory.moment("2024-03-01 02:00:00")
      _ = try store.engine.turn([], clock: .wall(now: start))
      while try store.engine.slice(now: start, until: { ends(&random) }) {}
      let events = try store.allEvents()
      #expect(BatchLaws.violations(in: events, store.context.names) == [])
      func subjects(_ type: String) -> [String] {
        events.filter { store.context.names.name(.type, $0.type) == type }.map(\.subject)
      }
      return (subjects(EventType.decisionMade), subjects(EventType.batchSliced).count)
    }
    let whole = try decided { _ in false }
    let cut = try decided { Int.random(in: 0..<3, using: &$0) == 0 }
    #expect(cut.decided == whole.decided && !whole.decided.isEmpty)
    #expect(cut.slices > whole.slices)
  }
}
