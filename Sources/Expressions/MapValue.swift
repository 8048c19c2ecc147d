/// A CEL map: keys are bool, int, uint or string; entries keep the order in which they were put in.
///
/// Keys of different numeric kinds are the same key if they are the same number (`1`, `1u`, `1.0`).
/// Equality ignores order. Look-up is a scan for small maps and a binary search in an index that
/// is built once for larger ones. A string key is compared by its fingerprint first, which depends
/// on its bytes only; no seeded hash is used anywhere, so every run iterates alike.
package struct MapValue: Sendable {
  private struct Entry: Sendable {
    let key: Value
    let value: Value
    /// `FieldName.fingerprint` of a string key, 0 for another.
    let fingerprint: UInt64
  }

  private final class Storage: Sendable {
    let entries: [Entry]
    /// Positions of `entries` in the order of `keyOrder`; empty for small maps.
    let index: [Int32]

    init(_ entries: [Entry]) {
      self.entries = entries
      index =
        entries.count <= MapValue.scanLimit
        ? []
        : entries.indices.map { Int32($0) }.sorted {
          MapValue.keyOrder(entries[Int($0)].key, entries[Int($1)].key) < 0
        }
    }
  }

  private static let scanLimit = 16
  private static let emptyStorage = Storage([])
  private let storage: Storage

  /// The empty map.
  package init() {
    storage = MapValue.emptyStorage
  }

  /// The map with these entries, in this order.
  ///
  /// - Returns: nil if two keys are the same, or one is no bool, int, uint or string.
  /// - Cost: O(n log n).
  package init?(_ entries: [(key: Value, value: Value)]) {
    guard entries.allSatisfy({ $0.key.isMapKey }) else { return nil }
    storage = Storage(
      entries.map { Entry(key: $0.key, value: $0.value, fingerprint: $0.key.fingerprint) })
    guard !hasTwins else { return nil }
  }

  /// The map with these fields, in this order; of two fields with one name the first is found.
  package init(fields: [(name: String, value: Value)]) {
    storage = Storage(
      fields.map {
        Entry(
          key: .string($0.name), value: $0.value, fingerprint: FieldName.fingerprint($0.name))
      })
  }

  /// The number of entries.
  package var count: Int { storage.entries.count }
  /// Whether there is no entry.
  package var isEmpty: Bool { storage.entries.isEmpty }
  /// The keys in the order of insertion. Cost: O(n); `entry(at:)` gives single ones.
  package var keys: [Value] { storage.entries.map(\.key) }
  /// The values in the order of their keys. Cost: O(n); `entry(at:)` gives single ones.
  package var values: [Value] { storage.entries.map(\.value) }

  /// The key and value at a position in the order of insertion, 0 ..< `count`.
  package func entry(at position: Int) -> (key: Value, value: Value) {
    let entry = storage.entries[position]
    return (entry.key, entry.value)
  }

  /// The value for a key; a double finds the int or uint key of the same number. nil if absent.
  package subscript(key: Value) -> Value? {
    switch key {
    case .string(let text): return self[field: FieldName(text)]
    case .double(let number):
      if let int = Int64(exactly: number) { return find(.int(int)) }
      if let uint = UInt64(exactly: number) { return find(.uint(uint)) }
      return nil
    case .bool, .int, .uint: return find(key)
    default: return nil
    }
  }

  /// The value for a string key; nil if absent. Allocates nothing.
  package subscript(string name: String) -> Value? { self[field: FieldName(name)] }

  /// The value for a field whose fingerprint is known; nil if absent. Allocates nothing.
  subscript(field field: FieldName) -> Value? {
    guard storage.index.isEmpty else { return find(.string(field.name)) }
    for position in storage.entries.indices
    where storage.entries[position].fingerprint == field.fingerprint {
      if case .string(let key) = storage.entries[position].key, sameText(key, field.name) {
        return storage.entries[position].value
      }
    }
    return nil
  }

  /// Whether a map of as many entries has the same values, where both have the same texts as keys
  /// in the same order; nil where they have not.
  func isSameInOrder(as other: MapValue) -> Bool? {
    for position in storage.entries.indices {
      let (own, its) = (storage.entries[position], other.storage.entries[position])
      guard own.fingerprint == its.fingerprint, case .string(let name) = own.key,
        case .string(let itsName) = its.key, sameText(name, itsName)
      else { return nil }
      if own.value != its.value { return false }
    }
    return true
  }

  /// The entry for a key that is no double, with the key as it was put in; nil if absent.
  func entry(_ key: Value) -> (key: Value, value: Value)? {
    position(of: key).map { entry(at: $0) }
  }

  private func find(_ key: Value) -> Value? {
    position(of: key).map { storage.entries[$0].value }
  }

  private func position(of key: Value) -> Int? {
    guard !storage.index.isEmpty else {
      for position in storage.entries.indices
      where MapValue.keyOrder(storage.entries[position].key, key) == 0 {
        return position
      }
      return nil
    }
    var low = 0
    var high = storage.index.count
    while low < high {
      let middle = (low + high) / 2
      let position = Int(storage.index[middle])
      let order = MapValue.keyOrder(storage.entries[position].key, key)
      if order == 0 { return position }
      if order < 0 { low = middle + 1 } else { high = middle }
    }
    return nil
  }

  private var hasTwins: Bool {
    let entries = storage.entries
    if storage.index.isEmpty {
      for first in entries.indices {
        for second in entries.indices[(first + 1)...]
        where entries[first].fingerprint == entries[second].fingerprint
          && MapValue.keyOrder(entries[first].key, entries[second].key) == 0
        { return true }
      }
      return false
    }
    return zip(storage.index, storage.index.dropFirst()).contains {
      MapValue.keyOrder(entries[Int($0)].key, entries[Int($1)].key) == 0
    }
  }

  /// A total order of map keys: booleans, then integers of both kinds by number, then strings.
  static func keyOrder(_ left: Value, _ right: Value) -> Int {
    switch (left, right) {
    case (.string(let first), .string(let second)): return textOrder(first, second)
    case (.int(let first), .int(let second)):
      return first < second ? -1 : first == second ? 0 : 1
    case (.uint(let first), .uint(let second)):
      return first < second ? -1 : first == second ? 0 : 1
    case (.int(let first), .uint(let second)):
      if first < 0 { return -1 }
      return UInt64(first) < second ? -1 : UInt64(first) == second ? 0 : 1
    case (.uint, .int): return -keyOrder(right, left)
    case (.bool(let first), .bool(let second)):
      return first == second ? 0 : second ? -1 : 1
    default: return left.keyRank - right.keyRank
    }
  }
}

/// The name of a field with its fingerprint, made once where the name is known beforehand.
struct FieldName: Sendable {
  let name: String
  let fingerprint: UInt64

  init(_ name: String) {
    self.name = name
    fingerprint = FieldName.fingerprint(name)
  }

  /// FNV-1a over the UTF-8 bytes: the same everywhere and always.
  static func fingerprint(_ name: String) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return hash
  }
}

extension Value {
  /// Whether CEL allows the value as a key of a map.
  var isMapKey: Bool {
    switch self {
    case .bool, .int, .uint, .string: true
    default: false
    }
  }

  fileprivate var fingerprint: UInt64 {
    if case .string(let text) = self { return FieldName.fingerprint(text) }
    return 0
  }

  fileprivate var keyRank: Int {
    switch self {
    case .bool: 0
    case .int, .uint: 1
    default: 2
    }
  }
}
