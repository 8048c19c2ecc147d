import CBOR
import Crypto
import LMDB
package import Proofs

/// A slice that was looked through, ready to be stored.
struct CheckedSlice: Sendable {
  var segments: [SealedSegment] = []
  var blocks: [(first: UInt64, bytes: [UInt8])]
  var blobs: [Blob]
  /// Of all events in it, also such as the copy has in `tail`.
  var names: [NameEntry] = []
  var end: Ledger.Head
}

extension LedgerTree {
  /// The root of the tree over the first `size` records. Cost: see ``hashes(level:tile:width:)``.
  package func root(_ size: UInt64) throws(LedgerError) -> MerkleHash {
    do {
      return try root(size: size)
    } catch {
      throw LedgerError(reading: error)
    }
  }
}

extension Ledger {
  /// Looks through a slice of this ledger: inflates and hashes every record, compares segments with
  /// the stored tree, and bodies with what their events say.
  /// - Parameter edge: The tree's edge before the slice; grows by it.
  /// - Throws: ``LedgerError/damaged(position:_:)``; the edge may have grown then.
  func check(_ slice: LedgerSlice, _ edge: inout TreeEdge) throws(LedgerError) -> CheckedSlice {
    var checked = CheckedSlice(
      blocks: slice.blocks, blobs: slice.blobs, end: Head(position: slice.end, recordedAt: 0))
    var tiles = StoredTiles(records)
    let all = try SegmentCheck.records(of: slice.segments)
    for (segment, found) in zip(slice.segments, all) {
      let growths = edge.grow(block: segment.index, leaves: found.leaves)
      try tiles.compare(growths, with: segment.index)
      checked.segments.append(
        SealedSegment(index: segment.index, bytes: segment.bytes, growths: growths))
      checked.names += found.names
      checked.end.recordedAt = found.recordedAt
    }
    for (first, bytes) in slice.blocks {
      let found = try CheckedRecords.of(block: bytes, first: first)
      checked.names += found.names
      checked.end.recordedAt = found.recordedAt
    }
    for blob in slice.blobs { try check(blob) }
    return checked
  }

  /// Compares the body of an activation with the version that its event names: the SHA-256 of
  /// `{"set": its set, "files": the body}` in deterministic CBOR.
  private func check(_ blob: Blob) throws(LedgerError) {
    guard let event = try event(at: blob.position) else {
      throw .damaged(
        position: blob.position, RecordError("there is a body, but no event that it belongs to"))
    }
    do {
      try CBORScanner.validate(event.record.rawSpan.extracting(event.payloadRange))
    } catch {
      throw .damaged(
        position: blob.position, RecordError("the payload is no deterministic CBOR: \(error)"))
    }
    guard let version = event.payload.view(forKey: Field.version)?.string,
      let files = blob.bytes.first, files >> 5 == 5
    else { return }
    let set = event.payload.view(forKey: Field.set)?.encoded ?? [0xA0]
    // A map of two entries; the shorter key comes first.
    var whole: [UInt8] = [0xA2, 0x63] + Array("set".utf8) + set
    whole += [0x65] + Array("files".utf8) + blob.bytes
    guard SHA256.hex(of: whole) == version else {
      throw .damaged(
        position: blob.position, RecordError("its body does not have the hash that it names"))
    }
  }

  /// Stores a slice in one transaction with one sync.
  func store(_ slice: CheckedSlice) throws(LedgerError) {
    do throws(LMDBError) {
      try environment.write { (txn) throws(LMDBError) in
        try records.seal(slice.segments[...], &txn)
        for (first, bytes) in slice.blocks {
          try txn.put(bytes.span, for: first, in: records.tail, mode: .append)
        }
        for blob in slice.blobs {
          try txn.put(blob.bytes.span, for: blob.position, in: blobs, mode: .append)
        }
        try namesTable.put(slice.names, &txn)
      }
    } catch {
      throw .store(error)
    }
    if slice.end.position > end.position { moved(to: slice.end) }
  }
}

/// Stored tiles that were looked at last, one a level.
private struct StoredTiles {
  private let records: RecordStore
  private var known: [(tile: UInt64, hashes: [MerkleHash])] = []

  init(_ records: RecordStore) {
    self.records = records
  }

  /// Compares what the tree gains by a segment with what it has there.
  mutating func compare(_ growths: [TileGrowth], with segment: UInt64) throws(LedgerError) {
    for growth in growths {
      while known.count < growth.level { known.append((.max, [])) }
      let place = growth.level - 1
      if known[place].tile != growth.tile || known[place].hashes.count <= growth.offset {
        let hashes = try records.storedTile(level: growth.level, tile: growth.tile)
        known[place] = (growth.tile, hashes)
      }
      guard growth.offset < known[place].hashes.count,
        known[place].hashes[growth.offset] == growth.hash
      else {
        let positions = Segment.positions(segment)
        throw .damaged(
          position: positions.lowerBound,
          RecordError(
            "the records through \(positions.upperBound) do not have the hash that the tree has "
              + "at level \(growth.level)"))
      }
    }
  }
}
