import Explaining
import JSON

/// Counts by name, in the order in which the names first came.
package struct NamedCounts: Sendable {
  package private(set) var entries: [(name: String, count: UInt64)] = []

  package var total: UInt64 { entries.reduce(0) { $0 + $1.count } }

  package var isEmpty: Bool { entries.isEmpty }

  package subscript(name: String) -> UInt64 {
    entries.first { $0.name == name }?.count ?? 0
  }

  mutating func add(_ name: String, _ count: UInt64) {
    if let index = entries.firstIndex(where: { $0.name == name }) {
      entries[index].count += count
    } else {
      entries.append((name, count))
    }
  }

  /// `cart-value 170, trust 115`: the largest first.
  package var text: String {
    entries.sorted { $0.count == $1.count ? $0.name < $1.name : $0.count > $1.count }
      .map { "\(Printable.text($0.name)) \($0.count)" }.joined(separator: ", ")
  }

  /// Writes an object of the counts by name.
  func write(_ name: String, to object: inout JSONWriter) {
    object.key(name)
    object.object { fields in
      for entry in entries { fields.field(entry.name, entry.count) }
    }
  }
}
