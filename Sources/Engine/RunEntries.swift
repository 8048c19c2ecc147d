/// A key and a position that is noted under it.
package struct RunEntry: Equatable, Sendable {
  package var key: UInt64
  package var position: UInt64

  /// A position under a key.
  package init(key: UInt64, position: UInt64) {
    self.key = key
    self.position = position
  }
}

extension RunEntry: Comparable {
  /// By key, then by position.
  package static func < (left: RunEntry, right: RunEntry) -> Bool {
    left.key == right.key ? left.position < right.position : left.key < right.key
  }
}

/// Sorting of entries by key.
package enum RunSort {
  private static let digitBits: UInt64 = 11

  /// Sorts entries that are in order of position by key, and those of one key by position.
  ///
  /// From the lowest digit of the key up, each pass a counting sort that keeps the order of equals.
  /// Digits that are the same in all keys cost nothing. Cost: about 2 ns an entry and digit.
  package static func sort(_ entries: inout [RunEntry]) {
    var varying: UInt64 = 0
    for entry in entries { varying |= entry.key ^ entries[0].key }
    var scratch = entries
    var shift: UInt64 = 0
    while shift < 64, varying >> shift != 0 {
      let mask = (1 as UInt64) << digitBits - 1
      if varying >> shift & mask != 0 {
        pass(from: entries, to: &scratch, shift: shift, mask: mask)
        swap(&entries, &scratch)
      }
      shift += digitBits
    }
  }

  private static func pass(
    from entries: [RunEntry], to sorted: inout [RunEntry], shift: UInt64, mask: UInt64
  ) {
    var places = [Int](repeating: 0, count: Int(mask) + 1)
    for entry in entries { places[Int(entry.key >> shift & mask)] += 1 }
    var sum = 0
    for digit in places.indices {
      let count = places[digit]
      places[digit] = sum
      sum += count
    }
    for entry in entries {
      let digit = Int(entry.key >> shift & mask)
      sorted[places[digit]] = entry
      places[digit] += 1
    }
  }
}
