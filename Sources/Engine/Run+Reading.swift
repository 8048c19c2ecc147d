import CBOR
import Ledger

extension Run {
  /// Reads fences and filter of a stored run.
  init(_ extent: Extent, table: String, _ source: any RowSource) {
    var fences: [RunEntry] = []
    fences.reserveCapacity(Int(extent.chunkRows))
    for row in extent.fences {
      Self.require(row, table, source) { bytes in
        for offset in stride(from: 0, to: bytes.byteCount, by: 16) {
          fences.append(
            RunEntry(
              key: bytes.bigEndian(at: offset, as: UInt64.self),
              position: bytes.bigEndian(at: offset + 8, as: UInt64.self)))
        }
      }
    }
    var filter: RunFilter?
    if extent.filterRows > 0 {
      filter = RunFilter(probes: Int(extent.filterProbes))
      for row in extent.filter { Self.require(row, table, source) { filter?.append($0) } }
    }
    self.init(extent: extent, fences: fences, filter: filter)
  }

  /// Bits of filter an entry.
  var filterBits: Int { 8 * (filter?.sizeBytes ?? 0) / extent.count }

  /// Hands the run's positions under `key` from `first` on to `body`, in order, until it returns
  /// false.
  /// - Returns: Whether it never did.
  func forEachPosition(
    of key: UInt64, from first: UInt64, table: String, _ source: any RowSource,
    _ body: (UInt64) -> Bool
  ) -> Bool {
    let start = RunEntry(key: key, position: first)
    var index = chunk(of: start) ?? 0
    while index < fences.count, fences[index].key <= key {
      // The positions are copied out first: `body` may read other rows.
      var found: [UInt64] = []
      Self.require(extent.firstRow + UInt32(index), table, source) { bytes in
        let chunk = RunChunk(bytes)
        var place = chunk.lowerBound(start)
        while place < chunk.count {
          let entry = chunk.entry(place)
          guard entry.key == key else { break }
          found.append(entry.position)
          place += 1
        }
      }
      for position in found where !body(position) { return false }
      index += 1
    }
    return true
  }

  private static func require(
    _ row: UInt32, _ table: String, _ source: any RowSource, _ body: (RawSpan) -> Void
  ) {
    guard source.withStoredRow(table: table, number: row, body) else {
      preconditionFailure("table \(table): row \(row) of a run is missing")
    }
  }
}
