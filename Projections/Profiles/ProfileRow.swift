import Binding
import CBOR
package import Engine
package import Expressions

/// A value that a trait had from a position on.
package struct TraitVersion: Sendable {
  /// Position of the event that gave it.
  package var position: UInt64
  /// nil: the trait was removed.
  package var value: Value?
}

/// A trait with its last values, oldest first.
package struct TraitHistory: Sendable {
  /// The trait's number.
  package var trait: UInt32
  package var versions: [TraitVersion]
}

/// What is known about a customer: traits with their history.
package struct ProfileRow: TableRow {
  package var traits: [TraitHistory] = []

  package init() {}

  package init(from reader: inout ByteReader) {
    for _ in 0..<reader.count() {
      var history = TraitHistory(trait: UInt32(reader.unsigned()), versions: [])
      for _ in 0..<reader.count() {
        let position = reader.unsigned()
        let bytes = reader.blob()
        history.versions.append(
          TraitVersion(
            position: position, value: bytes.isEmpty ? nil : Value(CBORView(storage: bytes))))
      }
      traits.append(history)
    }
  }

  package func write(to writer: inout ByteWriter) {
    writer.count(traits.count)
    for history in traits {
      writer.unsigned(UInt64(history.trait))
      writer.count(history.versions.count)
      for version in history.versions {
        writer.unsigned(version.position)
        writer.blob(version.value?.cbor ?? [])
      }
    }
  }

  /// The present value of a trait, or nil.
  package func value(of trait: UInt32) -> Value? {
    traits.first { $0.trait == trait }?.versions.last?.value
  }

  /// The value that a trait had just before `position`, or nil: none, or older than is kept.
  package func value(of trait: UInt32, before position: UInt64) -> Value? {
    guard let history = traits.first(where: { $0.trait == trait }) else { return nil }
    return history.versions.last { $0.position < position }?.value
  }

  /// Gives a trait a value from `position` on; of a value that does not change nothing is noted.
  /// - Parameter limit: How many values of it are kept; the oldest goes.
  package mutating func set(_ trait: UInt32, _ value: Value?, at position: UInt64, limit: Int) {
    guard let index = traits.firstIndex(where: { $0.trait == trait }) else {
      guard let value else { return }
      let version = TraitVersion(position: position, value: value)
      traits.append(TraitHistory(trait: trait, versions: [version]))
      return
    }
    let place = traits[index].versions.lastIndex { $0.position <= position }
    if let place, traits[index].versions[place].value == value { return }
    traits[index].versions.insert(
      TraitVersion(position: position, value: value), at: place.map { $0 + 1 } ?? 0)
    if traits[index].versions.count > limit { traits[index].versions.removeFirst() }
  }
}
