import CLMDB
import Glibc
import Synchronization

/// Keeping `data.mdb` longer than what is used, so that durable commits need not lengthen it.
struct FileGrowth {
  /// The file's length as far as it is known; it never shrinks.
  var sizeBytes = 0

  /// Commits to let pass before trying again after a failure.
  var pause = 0

  /// The pause after a failure, in commits.
  static let pauseCommits = 256
}

extension Environment {
  /// Lengthens the file if less than a quarter of `growAheadBytes` lies beyond the last used page.
  /// The caller holds the writer's place and is about to commit. A failure is counted and
  /// otherwise ignored: LMDB then lengthens the file itself, as far as it can.
  func growFileAhead() {
    guard options.growAheadBytes > 0, options.durability == .full else { return }
    if growth.pause > 0 {
      growth.pause -= 1
      return
    }
    let (usedBytes, mapBytes) = usedAndMapBytes()
    let quarter = options.growAheadBytes / 4
    if usedBytes + quarter <= growth.sizeBytes { return }
    do throws(SystemError) {
      growth.sizeBytes = try file.sizeBytes()
      if usedBytes + quarter <= growth.sizeBytes { return }
      // Beyond the map, LMDB could not use the space.
      let end = min(usedBytes + options.growAheadBytes, mapBytes)
      if end <= growth.sizeBytes { return }
      try file.extend(to: end)
      growth.sizeBytes = end
    } catch {
      growth.pause = FileGrowth.pauseCommits
      growthFailures.withLock { $0 = ($0.count + 1, error.code) }
    }
  }

  /// The bytes up to the last page of the last commit, and the map's size. The caller holds the
  /// writer's place or a read, so that the map stays.
  func usedAndMapBytes() -> (usedBytes: Int, mapBytes: Int) {
    var info = unsafe MDB_envinfo()
    var statistics = MDB_stat()
    // Safe: both fill the local structures from the mapped meta page.
    unsafe mdb_env_info(handle, &info)
    unsafe mdb_env_stat(handle, &statistics)
    return unsafe ((info.me_last_pgno + 1) * Int(statistics.ms_psize), info.me_mapsize)
  }
}
