import CBOR
import Ledger

/// Lets a closure read a row of an index where it lies, and says whether there is one.
typealias RowRead = (_ number: UInt32, _ body: (RawSpan) -> Void) -> Bool

extension RunManifest {
  /// The stored manifest; an empty one where there is none.
  init(_ read: RowRead) {
    var manifest = RunManifest(nextRow: 1, runs: [])
    _ = read(Self.row) { manifest = RunManifest(decoding: $0.array(0..<$0.byteCount)) }
    self = manifest
  }
}

extension Run {
  /// Reads the fences of a stored run, and its filter if that is wanted.
  init(_ extent: Extent, withFilter: Bool = true, _ read: RowRead) {
    var fences: [RunEntry] = []
    fences.reserveCapacity(Int(extent.chunkRows))
    for row in extent.fences {
      let isThere = read(row) { bytes in
        for offset in stride(from: 0, to: bytes.byteCount, by: 16) {
          fences.append(
            RunEntry(
              key: bytes.bigEndian(at: offset, as: UInt64.self),
              position: bytes.bigEndian(at: offset + 8, as: UInt64.self)))
        }
      }
      Self.require(isThere, row)
    }
    var filter: RunFilter?
    if withFilter && extent.filterRows > 0 {
      filter = RunFilter(
        probes: Int(extent.filterProbes), blocks: Int(extent.filterBlocks))
      for row in extent.filter { Self.require(read(row) { filter?.append($0) }, row) }
    }
    self.init(extent: extent, fences: fences, filter: filter)
  }

  /// Bits of filter an entry.
  var filterBits: Int { 8 * (filter?.sizeBytes ?? 0) / extent.count }

  /// Hands the run's positions under `key` from `first` on to `body`, in order, until it returns
  /// false.
  /// - Returns: Whether it never did.
  func forEachPosition(
    of key: UInt64, from first: UInt64, _ read: RowRead, _ body: (UInt64) -> Bool
  ) -> Bool {
    let start = RunEntry(key: key, position: first)
    var index = chunk(of: start) ?? 0
    while index < fences.count, fences[index].key <= key {
      // The positions are copied out first: `body` may read other rows.
      var found: [UInt64] = []
      let row = extent.firstRow + UInt32(index)
      let isThere = read(row) { bytes in
        let chunk = RunChunk(bytes)
        var place = chunk.lowerBound(start)
        while place < chunk.count {
          let entry = chunk.entry(place)
          guard entry.key == key else { break }
          found.append(entry.position)
          place += 1
        }
      }
      Self.require(isThere, row)
      for position in found where !body(position) { return false }
      index += 1
    }
    return true
  }

  /// Adds the run's positions under `key` from `first` on to `found`, until it has `limit`.
  func collect(
    _ key: UInt64, from first: UInt64, limit: Int, into found: inout [UInt64], _ read: RowRead
  ) {
    guard found.count < limit else { return }
    _ = forEachPosition(of: key, from: first, read) { position in
      found.append(position)
      return found.count < limit
    }
  }

  /// All entries of the run, in order.
  func entries(_ read: RowRead) -> [RunEntry] {
    var entries: [RunEntry] = []
    entries.reserveCapacity(extent.count)
    for row in extent.chunks {
      let isThere = read(row) { bytes in
        let chunk = RunChunk(bytes)
        for index in 0..<chunk.count { entries.append(chunk.entry(index)) }
      }
      Self.require(isThere, row)
    }
    return entries
  }

  /// Traps where a row of the run is not there.
  private static func require(_ isThere: Bool, _ row: UInt32) {
    precondition(isThere, "row \(row) of a run is missing: delete the views, they are made anew")
  }
}
