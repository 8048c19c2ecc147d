import CBOR
import Ledger

/// Makes a run from sorted entries: hands out its rows one by one, in order of their numbers.
struct RunWriter {
  private let firstRow: UInt32
  private let options: RunOptions
  private var builder: RunChunkBuilder
  private var filter: RunFilter?
  private var fences: [RunEntry] = []
  private var chunkRows: UInt32 = 0
  private var count = 0
  /// Rows that are complete and were not taken yet.
  private(set) var rows: [(number: UInt32, bytes: [UInt8])] = []

  /// - Parameters:
  ///   - firstRow: The first of ``rowBound(entries:filterBits:options:)`` numbers that are free.
  ///   - entries: How many will come.
  ///   - filterBits: Bits of filter an entry; 0: none.
  init(firstRow: UInt32, entries: Int, filterBits: Int, options: RunOptions) {
    self.firstRow = firstRow
    self.options = options
    builder = RunChunkBuilder(limit: options.chunkBytes)
    if filterBits > 0 { filter = RunFilter(entries: entries, bitsPerEntry: filterBits) }
  }

  /// The most rows that a run of so many entries has.
  static func rowBound(entries: Int, filterBits: Int, options: RunOptions) -> UInt32 {
    let chunks = RunChunkBuilder.rowBound(entries: entries, limit: options.chunkBytes)
    let fences = chunks / fencesPerRow(options) + 1
    let blocks = (entries * filterBits + 511) / 512 + 8
    return UInt32(chunks + fences + blocks / Run.filterBlocksPerRow(options) + 1)
  }

  private static func fencesPerRow(_ options: RunOptions) -> Int {
    max(1, options.chunkBytes / 16)
  }

  /// Takes the next entry in order.
  mutating func append(_ entry: RunEntry) {
    count += 1
    filter?.insert(entry.key << (64 - options.keyBits))
    if builder.append(entry) { return }
    finishChunk()
    _ = builder.append(entry)
  }

  private mutating func finishChunk() {
    fences.append(builder.entries[0])
    rows.append((firstRow + chunkRows, builder.finish()))
    chunkRows += 1
  }

  /// The rows that are complete, which are the caller's now.
  mutating func takeRows() -> [(number: UInt32, bytes: [UInt8])] {
    defer { rows.removeAll() }
    return rows
  }

  /// Completes the last chunk and the fences; ``takeRows()`` has them.
  /// - Returns: The run, whose filter is not among the rows: see ``Run/filterRow(_:options:)``.
  ///   There must have been an entry.
  mutating func finish() -> Run {
    precondition(count > 0, "a run has entries")
    if !builder.isEmpty { finishChunk() }
    let fenceRows = appendFences(from: firstRow + chunkRows)
    let perRow = Run.filterBlocksPerRow(options)
    let filterRows = filter.map { ($0.blocks + perRow - 1) / perRow } ?? 0
    return Run(
      extent: Run.Extent(
        firstRow: firstRow, chunkRows: chunkRows, fenceRows: fenceRows,
        filterRows: UInt32(filterRows), filterBlocks: UInt32(filter?.blocks ?? 0),
        filterProbes: UInt32(filter?.probeCount ?? 0),
        count: count),
      fences: fences, filter: filter)
  }

  private mutating func appendFences(from row: UInt32) -> UInt32 {
    var row = row
    let first = row
    for start in stride(from: 0, to: fences.count, by: Self.fencesPerRow(options)) {
      var bytes: [UInt8] = []
      for fence in fences[start..<min(start + Self.fencesPerRow(options), fences.count)] {
        bytes.append(bigEndian: fence.key, width: 8)
        bytes.append(bigEndian: fence.position, width: 8)
      }
      rows.append((row, bytes))
      row += 1
    }
    return row - first
  }
}

extension Run {
  static func filterBlocksPerRow(_ options: RunOptions) -> Int {
    max(1, options.chunkBytes / RunFilter.blockBytes)
  }

  /// The bytes of the filter's row `index`, counted from 0.
  func filterRow(_ index: Int, options: RunOptions) -> [UInt8] {
    let perRow = Self.filterBlocksPerRow(options)
    return filter?.bytes(from: index * perRow, limit: perRow) ?? []
  }
}
