/// A map in memory: entries sorted by the encoding of their keys, each key once.
public struct CBORMap: Equatable, Sendable {
  /// A key and its value.
  public struct Entry: Equatable, Sendable {
    /// The key, of any kind.
    public let key: CBORValue
    /// The value.
    public var value: CBORValue

    /// Creates an entry.
    public init(key: CBORValue, value: CBORValue) {
      self.key = key
      self.value = value
    }
  }

  /// The entries in the bytewise order of their encoded keys.
  public private(set) var entries: [Entry]

  /// Creates an empty map.
  public init() {
    entries = []
  }

  /// Sorts `entries`.
  /// - Throws: `.duplicateKey` with the ordinal of the second of two equal keys as the offset.
  public init(_ entries: [Entry]) throws(CBORError) {
    let encoded = entries.map { $0.key.encoded() }
    let order = entries.indices.sorted { Self.precedes(encoded[$0], encoded[$1]) }
    for (left, right) in zip(order, order.dropFirst()) where encoded[left] == encoded[right] {
      throw CBORError(.duplicateKey, at: max(left, right))
    }
    self.entries = order.map { entries[$0] }
  }

  /// Sorts pairs of a text key and a value.
  /// - Throws: `.duplicateKey` with the ordinal of the second of two equal keys as the offset.
  ///
  /// Pairs that are in order are only copied.
  public init(_ pairs: [(String, CBORValue)]) throws(CBORError) {
    let isOrdered = pairs.indices.dropFirst().allSatisfy {
      Self.textPrecedes(pairs[$0 - 1].0, pairs[$0].0)
    }
    if isOrdered {
      entries = pairs.map { Entry(key: .text($0.0), value: $0.1) }
      return
    }
    let order = pairs.indices.sorted { Self.textPrecedes(pairs[$0].0, pairs[$1].0) }
    for (left, right) in zip(order, order.dropFirst())
    where pairs[left].0.utf8.elementsEqual(pairs[right].0.utf8) {
      throw CBORError(.duplicateKey, at: max(left, right))
    }
    entries = order.map { Entry(key: .text(pairs[$0].0), value: pairs[$0].1) }
  }

  /// The order of text keys: a shorter one has a smaller head; equal lengths go by their bytes.
  public static func textPrecedes(_ left: String, _ right: String) -> Bool {
    let (leftCount, rightCount) = (left.utf8.count, right.utf8.count)
    if leftCount != rightCount { return leftCount < rightCount }
    let (first, second) = (left.utf8.span, right.utf8.span)
    for index in 0..<leftCount where first[index] != second[index] {
      return first[index] < second[index]
    }
    return false
  }

  /// Takes entries that a decoder found to be in order.
  init(sorted entries: [Entry]) {
    self.entries = entries
  }

  /// How many entries there are.
  public var count: Int { entries.count }

  /// The value for `key`; setting nil removes the entry. Cost: logarithmic, setting linear.
  public subscript(key: CBORValue) -> CBORValue? {
    get {
      let (index, found) = position(of: key)
      guard found else { return nil }
      return entries[index].value
    }
    set {
      let (index, found) = position(of: key)
      switch (newValue, found) {
      case (let value?, true): entries[index].value = value
      case (let value?, false): entries.insert(Entry(key: key, value: value), at: index)
      case (nil, true): entries.remove(at: index)
      case (nil, false): break
      }
    }
  }

  private func position(of key: CBORValue) -> (index: Int, found: Bool) {
    let sought = key.encoded()
    var (low, high) = (0, entries.count)
    while low < high {
      let middle = low + (high - low) / 2
      let encoded = entries[middle].key.encoded()
      if encoded == sought { return (middle, true) }
      if Self.precedes(encoded, sought) { low = middle + 1 } else { high = middle }
    }
    return (low, false)
  }

  private static func precedes(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    left.lexicographicallyPrecedes(right)
  }
}
