import Scoring
import TestSupport
import Testing

@Suite("Item similarity")
struct ItemSimilarityTests {
  private static let cosine = ItemSimilarity.Measure(.cosine, shrinkage: 0)

  /// Each customer's items, added one after the other.
  private func similarity(
    _ customers: [[String]], _ measure: ItemSimilarity.Measure = cosine, capacity: Int = 128
  ) -> ItemSimilarity {
    var similarity = ItemSimilarity(measure: measure, capacity: capacity)
    for items in customers {
      for (index, item) in items.enumerated() {
        similarity.add(item, after: Array(items.prefix(index)))
      }
    }
    return similarity
  }

  @Test("Cosine compares common customers with the geometric mean, conditional with the first's")
  func measures() {
    let customers = [["a", "b"], ["a", "b", "c"], ["a", "c"], ["a"], ["b"]]
    let cosine = similarity(customers)
    #expect(cosine.similarity(of: "a", to: "b") == 2 / 12.0.squareRoot())
    #expect(cosine.similarity(of: "b", to: "a") == cosine.similarity(of: "a", to: "b"))
    #expect(cosine.similarity(of: "a", to: "c") == 2 / 8.0.squareRoot())
    #expect(cosine.similarity(of: "a", to: "z") == 0 && cosine.similarity(of: "z", to: "a") == 0)
    let conditional = similarity(customers, .init(.conditional, shrinkage: 0))
    #expect(conditional.similarity(of: "a", to: "c") == 0.5)
    #expect(conditional.similarity(of: "c", to: "a") == 1)
    let shrunk = similarity(customers, .init(.conditional, shrinkage: 6))
    #expect(shrunk.similarity(of: "c", to: "a") == 2.0 / 8)
  }

  @Test("An item that the customer has already changes nothing, one given twice counts once")
  func repeats() {
    let once = similarity([["a", "b"]])
    var again = once
    let isNew = again.add("b", after: ["a", "b"])
    #expect(!isNew && again == once)
    var twice = similarity([["a"]])
    let isNewToo = twice.add("b", after: ["a", "a"])
    #expect(isNewToo && twice == once)
  }

  @Test("Similar items come by similarity, equals by their ids' bytes")
  func ties() {
    // "é" as one scalar and as two are two items; bytes order them behind all of ASCII.
    let names = ["zz", "Z", "a", "\u{e9}", "e\u{301}", "m"]
    let customers = names.map { ["x", $0] } + [["x", "m"]]
    let similarity = similarity(customers)
    let similar = similarity.similar(to: "x", limit: 10)
    #expect(
      similar.map { Array($0.item.utf8) }
        == ["m", "Z", "a", "e\u{301}", "zz", "\u{e9}"].map { Array($0.utf8) })
    #expect(similarity.similar(to: "x", limit: 3) == Array(similar.prefix(3)))
    #expect(similarity.similar(to: "x", limit: 0).isEmpty)
    #expect(similarity.similar(to: "unknown", limit: 3).isEmpty)
  }

  @Test(
    "The order of the customers, and of each one's items, does not matter",
    arguments: 0..<16 as Range<UInt64>)
  func order(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var customers = (0..<40).map { _ in Self.basket(of: 12, using: &random) }
    let expected = similarity(customers)
    customers = customers.map { $0.shuffled(using: &random) }.shuffled(using: &random)
    #expect(similarity(customers) == expected)
  }

  @Test("Counts are those of a plain matrix", arguments: 0..<16 as Range<UInt64>)
  func counts(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let customers = (0..<60).map { _ in Self.basket(of: 15, using: &random) }
    let similarity = similarity(customers)
    for first in 0..<15 {
      let item = "i\(first)"
      let row = similarity.neighbours(of: item)
      let having = customers.filter { $0.contains(item) }
      #expect(row?.customers ?? 0 == Int64(having.count))
      for second in 0..<15 where second != first {
        let both = having.count { $0.contains("i\(second)") }
        #expect(row?.certainCount(with: "i\(second)") ?? 0 == Int64(both))
      }
    }
  }

  @Test("With few places, counts bracket the truth and heavy neighbours stay", arguments: 0..<16)
  func bounded(seed: Int) {
    var random = SplitMix64(seed: UInt64(seed))
    let customers = (0..<200).map { _ in Self.basket(of: 40, using: &random) }
    let (bounded, full) = (similarity(customers, capacity: 8), similarity(customers))
    for index in 0..<40 {
      guard let row = bounded.neighbours(of: "i\(index)"),
        let truth = full.neighbours(of: "i\(index)")
      else { continue }
      #expect(row.neighbours.count <= 8 && row.customers == truth.customers)
      for neighbour in row.neighbours {
        let count = truth.certainCount(with: neighbour.item)
        #expect(neighbour.certainCount <= count && count <= neighbour.count)
      }
      let least = row.neighbours.map(\.count).min() ?? 0
      for neighbour in truth.neighbours where neighbour.count > least {
        #expect(row.neighbours.contains { $0.item == neighbour.item })
      }
    }
  }

  @Test("Of the least often met neighbours the one with the greatest id goes")
  func eviction() {
    var row = ItemNeighbours()
    for item in ["b", "c", "a", "a"] { row.add(item, capacity: 3) }
    row.add("aa", capacity: 3)
    #expect(
      row.neighbours == [
        .init(item: "a", count: 2, error: 0), .init(item: "aa", count: 2, error: 1),
        .init(item: "b", count: 1, error: 0),
      ])
  }

  @Test("Affinity is the chance that one of the items speaks for the candidate")
  func affinity() {
    let customers = [["a", "x"], ["a"], ["b", "x"], ["b"], ["b"], ["b"]]
    let similarity = similarity(customers, .init(.conditional, shrinkage: 0))
    #expect(similarity.affinity(of: ["a"], to: "x") == 0.5)
    #expect(similarity.affinity(of: ["b", "a"], to: "x") == 1 - 0.5 * 0.75)
    #expect(similarity.affinity(of: ["a", "b", "a"], to: "x") == 1 - 0.5 * 0.75)
    #expect(similarity.affinity(of: ["x", "unknown"], to: "x") == 0)
    #expect(similarity.affinity(of: [], to: "x") == 0)
  }

  @Test("Stored neighbours come back, contradictions are refused")
  func stored() throws {
    let row = try #require(similarity([["a", "b"], ["a", "c"]]).neighbours(of: "a"))
    #expect(try ItemNeighbours(customers: row.customers, neighbours: row.neighbours) == row)
    let faults: [(Int64, [ItemNeighbours.Neighbour])] = [
      (-1, []), (1, [.init(item: "b", count: 2, error: 0)]),
      (3, [.init(item: "b", count: 2, error: 2)]), (3, [.init(item: "b", count: 1, error: -1)]),
      (3, [.init(item: "c", count: 1, error: 0), .init(item: "b", count: 1, error: 0)]),
      (3, [.init(item: "b", count: 1, error: 0), .init(item: "b", count: 1, error: 0)]),
    ]
    for (customers, neighbours) in faults {
      #expect(throws: ItemNeighboursError.self) {
        try ItemNeighbours(customers: customers, neighbours: neighbours)
      }
    }
  }

  /// Distinct items of a customer; low numbers are the popular ones.
  private static func basket(of count: UInt64, using random: inout SplitMix64) -> [String] {
    var items: [String] = []
    for _ in 0..<random.next() % 8 {
      let item = "i\(random.next() % (random.next() % count + 1))"
      if !items.contains(item) { items.append(item) }
    }
    return items
  }
}
