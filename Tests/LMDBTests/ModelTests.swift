import LMDB
import TestSupport
import Testing

@Suite("Against a model")
struct ModelTests {
  @Test(
    "Any sequence of transactions leaves what a dictionary holds",
    arguments: 0..<48 as Range<UInt64>)
  func anySequence(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let directory = TemporaryDirectory()
    let options = EnvironmentOptions.quick {
      $0.initialMapBytes = 128 << 10
      $0.mapGrowthFactor = 1.5
      $0.maximumMapBytes = 256 << 20
    }
    var environment = try Environment(directory: directory.place("env"), options: options)
    var table = try environment.openTable("t", create: true)
    var model: [[UInt8]: [UInt8]] = [:]
    for _ in 0..<40 {
      let script = (0..<Int.random(in: 1...30, using: &random)).map { _ in
        Step.random(using: &random)
      }
      let isAborted = Int.random(in: 0..<5, using: &random) == 0
      var after = model
      do {
        // The body may run several times; it begins with the model each time.
        try environment.write { txn in
          after = model
          for step in script { try step.perform(on: &txn, table, &after) }
          if isAborted { throw Abandoned() }
        }
        model = after
      } catch is Abandoned {}
      let sorted = model.sorted { $0.key.lexicographicallyPrecedes($1.key) }
      #expect(try environment.contents(of: table) == sorted.map { [$0.key, $0.value] })
      try compareSeeks(environment, table, sorted.map(\.key), &random)
      if Int.random(in: 0..<8, using: &random) == 0 {
        environment.close()
        environment = try Environment(directory: directory.place("env"), options: options)
        table = try environment.openTable("t")
      }
    }
  }

  private func compareSeeks(
    _ environment: Environment, _ table: TableHandle, _ keys: [[UInt8]],
    _ random: inout SplitMix64
  ) throws {
    let (lower, upper) = (Step.key(using: &random), Step.key(using: &random))
    try environment.read { txn in
      var cursor = try txn.cursor(in: table)
      let next = keys.first { !$0.lexicographicallyPrecedes(lower) }
      let found = try cursor.seek(notBelow: lower.span) ? cursor.key.copiedBytes : nil
      #expect(found == next)
      var range: [[UInt8]] = []
      try txn.forEach(in: table, from: lower.span, to: upper.span) { key, _ in
        range.append(key.copiedBytes)
        return true
      }
      let expected = keys.filter {
        !$0.lexicographicallyPrecedes(lower) && $0.lexicographicallyPrecedes(upper)
      }
      #expect(range == expected)
      let count = try txn.entryCount(of: table)
      #expect(count == keys.count)
    }
  }
}

/// One change, to a table and to the model alike.
private enum Step {
  case put([UInt8], [UInt8])
  case reserve([UInt8], [UInt8])
  case insert([UInt8], [UInt8])
  case putAtCursor([UInt8], [UInt8])
  case delete([UInt8])
  case deleteFrom([UInt8], count: Int)
  case clear

  /// Short keys of few letters, so that they meet; now and then a long one.
  static func key(using random: inout SplitMix64) -> [UInt8] {
    let count =
      Int.random(in: 0..<20, using: &random) == 0
      ? Int.random(in: 100...511, using: &random) : Int.random(in: 1...3, using: &random)
    return (0..<count).map { _ in [0, 1, 127, 128, 255].randomElement(using: &random)! }
  }

  static func random(using random: inout SplitMix64) -> Step {
    let key = key(using: &random)
    let size = [0, 1, 8, 100, 1_000, 2_030, 5_000, 20_000].randomElement(using: &random)!
    let value = bytes(size, seed: random.next())
    switch Int.random(in: 0..<100, using: &random) {
    case 0..<40: return .put(key, value)
    case 40..<50: return .reserve(key, value)
    case 50..<60: return .insert(key, value)
    case 60..<70: return .putAtCursor(key, value)
    case 70..<90: return .delete(key)
    case 90..<99: return .deleteFrom(key, count: Int.random(in: 1...5, using: &random))
    default: return .clear
    }
  }

  func perform(
    on txn: inout WriteTransaction, _ table: TableHandle, _ model: inout [[UInt8]: [UInt8]]
  ) throws(LMDBError) {
    switch self {
    case .put(let key, let value):
      try txn.put(value.span, for: key.span, in: table)
      model[key] = value
    case .reserve(let key, let value):
      try txn.putReserving(key: key.span, count: value.count, in: table) { span in
        for index in value.indices { span[index] = value[index] }
      }
      model[key] = value
    case .insert(let key, let value):
      let isNew = try txn.insert(value.span, for: key.span, in: table)
      #expect(isNew == (model[key] == nil))
      if isNew { model[key] = value }
    case .putAtCursor(let key, let value):
      var cursor = try txn.cursor(in: table)
      try cursor.put(value.span, for: key.span)
      model[key] = value
    case .delete(let key):
      let isDeleted = try txn.delete(key.span, in: table)
      #expect(isDeleted == (model.removeValue(forKey: key) != nil))
    case .deleteFrom(let key, let count):
      var cursor = try txn.cursor(in: table)
      var isThere = try cursor.seek(notBelow: key.span)
      var left = count
      while isThere && left > 0 {
        model[cursor.key.copiedBytes] = nil
        try cursor.deleteCurrent()
        isThere = try cursor.next()
        left -= 1
      }
    case .clear:
      try txn.clear(table)
      model = [:]
    }
  }
}
