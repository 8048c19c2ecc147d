import CBOR

/// A blocked Bloom filter over keys of 64 bits: says that a run may hold a key, or that it does not.
///
/// Each key sets a few bits of one block of 512, one cache line's worth. Which block follows from
/// the key's own order, so that a filter is filled in sequence from sorted keys; which bits, from
/// the key mixed. Keys must be hashes already: evenly spread over all 64 bits.
package struct RunFilter: Sendable {
  /// Bytes of a block.
  package static let blockBytes = 64
  private static let blockWords = 8
  private static let mostProbes = 7

  private var words: [UInt64]
  private let probes: Int

  /// The number of blocks.
  var blocks: Int { words.count / Self.blockWords }
  /// What it takes in memory, in bytes.
  package var sizeBytes: Int { 8 * words.count }
  /// How many bits each key sets.
  var probeCount: Int { probes }

  /// An empty filter.
  /// - Parameter bitsPerEntry: 12 let 0.6 % of foreign keys pass, 8 2.5 %, 4 15 %.
  package init(entries: Int, bitsPerEntry: Int) {
    let blocks = max(1, (entries * bitsPerEntry + 511) / 512)
    // Even, so that it can be folded a few times.
    words = [UInt64](repeating: 0, count: (blocks + 7) / 8 * 8 * Self.blockWords)
    probes = max(1, min(Self.mostProbes, bitsPerEntry * 69 / 100))
  }

  /// A filter of so many blocks, whose rows are to be given by ``append(_:)``.
  init(probes: Int, blocks: Int) {
    words = []
    words.reserveCapacity(blocks * Self.blockWords)
    self.probes = probes
  }

  /// Notes a key.
  package mutating func insert(_ key: UInt64) {
    let base = block(of: key)
    var bits = Probe(key).bits
    for _ in 0..<probes {
      words[base + Int(bits >> 6 & 7)] |= 1 << (bits & 63)
      bits >>= 9
    }
  }

  /// A key with the bits that it sets in whichever filter.
  package struct Probe {
    let key: UInt64
    let bits: UInt64

    /// Cost: one multiplication.
    package init(_ key: UInt64) {
      self.key = key
      bits = Hashing.mix(key ^ 0x9e37_79b9_7f4a_7c15)
    }
  }

  /// False: the key was never noted. True: it was, or another has the same bits.
  @inline(__always)
  package func mayContain(_ probe: Probe) -> Bool {
    let base = block(of: probe.key)
    var bits = probe.bits
    for _ in 0..<probes {
      if words[base + Int(bits >> 6 & 7)] & 1 << (bits & 63) == 0 { return false }
      bits >>= 9
    }
    return true
  }

  /// Whether it can become half as large.
  package var isFoldable: Bool { blocks >= 2 && blocks % 2 == 0 }

  /// Becomes half as large, and lets more foreign keys pass: each block is joined with its
  /// neighbour, as both have the same place among half as many.
  package mutating func fold() {
    let half = words.count / 2
    for word in 0..<half {
      let place = word / Self.blockWords * 2 * Self.blockWords + word % Self.blockWords
      words[word] = words[place] | words[place + Self.blockWords]
    }
    words = Array(words[..<half])
  }

  private func block(of key: UInt64) -> Int {
    Int(key.multipliedFullWidth(by: UInt64(blocks)).high) * Self.blockWords
  }

  // MARK: - Rows

  /// The words from block `first` on as bytes, at most `limit` blocks: u64 big-endian each.
  func bytes(from first: Int, limit: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    let end = min(words.count, (first + limit) * Self.blockWords)
    bytes.reserveCapacity(8 * (end - first * Self.blockWords))
    for word in words[first * Self.blockWords..<end] { bytes.append(bigEndian: word, width: 8) }
    return bytes
  }

  /// Adds the blocks of the next row.
  mutating func append(_ bytes: RawSpan) {
    for offset in stride(from: 0, to: bytes.byteCount, by: 8) {
      words.append(bytes.bigEndian(at: offset, as: UInt64.self))
    }
  }
}
