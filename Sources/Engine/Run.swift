import CBOR
import Ledger

/// An immutable, sorted run of entries: where its rows are, and what of it is in memory.
///
/// Its rows have consecutive numbers from `firstRow`: first its chunks, then the fences (the first
/// entry of each chunk, 16 bytes each: key and position, u64 big-endian), then its filter.
struct Run: Sendable {
  /// What the manifest says of a run.
  struct Extent: Equatable, Sendable {
    /// The number of its first row: no two runs ever have the same.
    var firstRow: UInt32
    var chunkRows: UInt32
    var fenceRows: UInt32
    var filterRows: UInt32
    /// Blocks of the filter.
    var filterBlocks: UInt32
    /// Bits that each key sets in the filter.
    var filterProbes: UInt32
    /// Entries.
    var count: Int

    /// The numbers of all its rows.
    var rows: Range<UInt32> { firstRow..<firstRow + chunkRows + fenceRows + filterRows }
    var chunks: Range<UInt32> { firstRow..<firstRow + chunkRows }
    var fences: Range<UInt32> { chunks.upperBound..<chunks.upperBound + fenceRows }
    var filter: Range<UInt32> { fences.upperBound..<fences.upperBound + filterRows }
  }

  let extent: Extent
  /// The first entry of each chunk.
  let fences: [RunEntry]
  /// nil: every key may be in the run.
  var filter: RunFilter?

  /// The chunk in which the first entry that is not below `entry` stands, or before whose successor
  /// it would; nil where the run begins above it.
  func chunk(of entry: RunEntry) -> Int? {
    var (low, high) = (0, fences.count)
    while low < high {
      let middle = (low + high) / 2
      if entry < fences[middle] { high = middle } else { low = middle + 1 }
    }
    return low == 0 ? nil : low - 1
  }

  /// Bytes of filter and fences in memory.
  var sizeBytes: Int { 16 * fences.count + (filter?.sizeBytes ?? 0) }
}

/// The row 0 of an index: which runs there are, the oldest first, and which row numbers were given.
///
/// | field | |
/// | --- | --- |
/// | version | varint, 1 |
/// | next row | varint: numbers from here on were never given to a run |
/// | runs | varint, and for each: first row, rows of chunks, fences and filter, blocks and probes of the filter, entries |
struct RunManifest {
  static let row: UInt32 = 0
  private static let version: UInt64 = 1

  var nextRow: UInt32 = 1
  var runs: [Run.Extent] = []

  init(nextRow: UInt32, runs: [Run.Extent]) {
    self.nextRow = nextRow
    self.runs = runs
  }

  init(decoding bytes: [UInt8]) {
    var reader = ByteReader(bytes)
    precondition(reader.unsigned() == Self.version, "an index of another version")
    nextRow = UInt32(reader.unsigned())
    for _ in 0..<reader.count() {
      runs.append(
        Run.Extent(
          firstRow: UInt32(reader.unsigned()), chunkRows: UInt32(reader.unsigned()),
          fenceRows: UInt32(reader.unsigned()), filterRows: UInt32(reader.unsigned()),
          filterBlocks: UInt32(reader.unsigned()), filterProbes: UInt32(reader.unsigned()),
          count: reader.count()))
    }
  }

  var encoded: [UInt8] {
    var writer = ByteWriter()
    writer.unsigned(Self.version)
    writer.unsigned(UInt64(nextRow))
    writer.count(runs.count)
    for run in runs {
      for number in [
        run.firstRow, run.chunkRows, run.fenceRows, run.filterRows, run.filterBlocks,
        run.filterProbes,
      ] { writer.unsigned(UInt64(number)) }
      writer.count(run.count)
    }
    return writer.bytes
  }
}
