import CBOR

/// Finds the name that was probably meant: the one with the fewest letters changed, put in or left
/// out, at most a third of them.
package struct NearName {
  private let wanted: [UInt8]
  private let limit: Int
  private var best: (distance: Int, name: [UInt8])?

  init(to name: String) {
    wanted = Array(name.utf8.prefix(64))
    limit = max(1, wanted.count / 3)
  }

  /// The nearest name so far; the first in the order of bytes among equally near ones.
  var found: String? {
    best.map { String(decoding: $0.name, as: UTF8.self) }
  }

  /// Takes a name into account.
  mutating func offer(_ name: [UInt8]) {
    guard abs(name.count - wanted.count) <= limit, name.count <= 64 else { return }
    let distance = distance(to: name)
    guard distance <= limit else { return }
    if let best {
      guard
        distance < best.distance
          || distance == best.distance && name.lexicographicallyPrecedes(best.name)
      else { return }
    }
    best = (distance, name)
  }

  /// Takes the name in `range` of `bytes` into account; the best so far costs a comparison.
  mutating func offer(_ bytes: RawSpan, _ range: Range<Int>) {
    guard abs(range.count - wanted.count) <= limit else { return }
    if let best, bytes.matches(range, best.name.rawSpan) { return }
    offer(bytes.array(range))
  }

  /// The nearest of `names`; nil if none is near.
  package static func nearest(to name: String, among names: [String]) -> String? {
    var near = NearName(to: name)
    for candidate in names { near.offer(Array(candidate.utf8)) }
    return near.found
  }

  private func distance(to name: [UInt8]) -> Int {
    var last = Array(0...name.count)
    for row in wanted.indices {
      var current = [row + 1]
      for column in name.indices {
        let replaced = last[column] + (wanted[row] == name[column] ? 0 : 1)
        current.append(min(replaced, last[column + 1] + 1, current[column] + 1))
      }
      last = current
    }
    return last[name.count]
  }
}
