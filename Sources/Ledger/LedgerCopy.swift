import CBOR
import LMDB
package import Proofs

/// Carries a ledger over into another directory: all of it, or what came since the last time.
///
/// What is moved are the stored bytes: segments that the copy lacks, then blocks of `tail`. Each
/// record is read and hashed on the way, and each segment compared with the tree of the ledger that
/// it comes from, so that damage is met here and not when the copy is needed. After each
/// transaction the copy is a whole ledger that ends at some position; a copy that is cut short is
/// one that ends earlier, and the next call goes on from there.
///
/// The source may be appended to by another process meanwhile: it is read in snapshots that are
/// held for some milliseconds. One thread's.
package struct LedgerCopy {
  /// What was carried over.
  package struct Report: Equatable, Sendable {
    /// Where the copy ended before; 0: it was empty.
    package var before: UInt64
    /// Where it ends now.
    package var size: UInt64
    /// The root of its tree now, which is also that of the source at this size.
    package var root: MerkleHash
    /// Segments that were copied.
    package var segments: UInt64 = 0
    /// Stored bytes that were copied.
    package var bytes = 0
  }

  private let source: Ledger
  private let target: Ledger
  /// They keep the hashes of what is not sealed, which are asked for more than once.
  private let sourceTree: LedgerTree
  private let targetTree: LedgerTree
  private let sliceBytes: Int
  private var edge: TreeEdge
  private var report: Report

  /// Begins a copy, after making sure that the source continues what the target has.
  /// - Parameters:
  ///   - target: Opened with ``LedgerOptions/forCopies``; nobody else appends to it.
  ///   - sliceBytes: About how many stored bytes go into one transaction.
  /// - Throws: ``LedgerCopyError``. Nothing is changed.
  package init(
    from source: Ledger, to target: Ledger, sliceBytes: Int = 16 << 20
  ) throws(LedgerCopyError) {
    self.source = source
    self.target = target
    self.sliceBytes = sliceBytes
    sourceTree = source.tree
    targetTree = target.tree
    let before = target.end.position
    do throws(LedgerError) {
      edge = try target.records.treeEdge()
      report = Report(before: before, size: before, root: try targetTree.root(before))
    } catch {
      throw .target(error)
    }
    try checkContinuity()
  }

  private func checkContinuity() throws(LedgerCopyError) {
    let sourceSize = source.end.position
    let common = min(sourceSize, report.before)
    let roots = try roots(common)
    guard roots.source == roots.target else {
      throw .otherHistory(size: common, source: roots.source, target: roots.target)
    }
    guard sourceSize >= report.before else {
      throw .sourceIsBehind(source: sourceSize, target: report.before)
    }
  }

  /// The roots of both trees over the first `size` records.
  private func roots(
    _ size: UInt64
  ) throws(LedgerCopyError) -> (source: MerkleHash, target: MerkleHash) {
    let source: MerkleHash
    do throws(LedgerError) {
      source = try sourceTree.root(size)
    } catch {
      throw .source(error)
    }
    do throws(LedgerError) {
      return (source, try targetTree.root(size))
    } catch {
      throw .target(error)
    }
  }

  /// Copies what the source has, and what came to it while that was copied; then compares the roots
  /// of both.
  ///
  /// - Parameter progress: Told the copy's end and about where it will be.
  /// - Throws: ``LedgerCopyError``; the copy keeps what it took before.
  /// - Cost: about 0.8 µs of all cores together an event, and the writing of its bytes.
  package mutating func run(
    progress: (_ position: UInt64, _ goal: UInt64) -> Void = { _, _ in }
  ) throws(LedgerCopyError) -> Report {
    var segments = try sealedCount()
    // The second round is short. There is no third, as a writer at work would never let it end.
    for _ in 0..<2 {
      let goal = try goal()
      while report.size < goal.end || segments < goal.segments {
        let slice = try slice(segments: segments, through: goal.end)
        if slice.isEmpty { break }
        try take(slice)
        segments += UInt64(slice.segments.count)
        report.segments += UInt64(slice.segments.count)
        report.bytes += slice.byteCount
        progress(report.size, goal.end)
      }
    }
    return try finish()
  }

  /// Where the source ends, and how many segments it has.
  private func goal() throws(LedgerCopyError) -> (end: UInt64, segments: UInt64) {
    do throws(LedgerError) {
      let sealed = try source.sealedThrough
      return (try source.records.lastPosition(), sealed / UInt64(Segment.recordCount))
    } catch {
      throw .source(error)
    }
  }

  private func slice(
    segments: UInt64, through end: UInt64
  ) throws(LedgerCopyError) -> LedgerSlice {
    do throws(LedgerError) {
      return try source.slice(
        after: report.size, segments: segments, through: end, byteLimit: sliceBytes)
    } catch {
      throw .source(error)
    }
  }

  private func sealedCount() throws(LedgerCopyError) -> UInt64 {
    do throws(LedgerError) {
      return try target.sealedThrough / UInt64(Segment.recordCount)
    } catch {
      throw .target(error)
    }
  }

  private mutating func take(_ slice: LedgerSlice) throws(LedgerCopyError) {
    let checked: CheckedSlice
    do throws(LedgerError) {
      checked = try source.check(slice, &edge)
    } catch {
      throw .source(error)
    }
    do throws(LedgerError) {
      try target.store(checked)
    } catch {
      throw .target(error)
    }
    report.size = slice.end
  }

  private mutating func finish() throws(LedgerCopyError) -> Report {
    let roots = try roots(report.size)
    guard roots.source == roots.target else {
      throw .otherHistory(size: report.size, source: roots.source, target: roots.target)
    }
    report.root = roots.target
    return report
  }
}

extension LedgerOptions {
  /// How the target of a ``LedgerCopy`` is opened: it seals nothing by itself, and its file does
  /// not grow ahead of what is copied.
  package static var forCopies: LedgerOptions {
    var options = LedgerOptions()
    options.seals = false
    options.growAheadBytes = 0
    return options
  }
}

/// Why a ledger could not be carried over.
package enum LedgerCopyError: Error {
  /// The ledger that is copied cannot be read, or is damaged.
  case source(LedgerError)
  /// The copy cannot be read or written.
  case target(LedgerError)
  /// The two do not begin with the same records: their roots at a size that both have.
  case otherHistory(size: UInt64, source: MerkleHash, target: MerkleHash)
  /// The copy has all that the source has, and more.
  case sourceIsBehind(source: UInt64, target: UInt64)
}
