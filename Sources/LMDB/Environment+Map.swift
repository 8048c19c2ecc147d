import CLMDB
import Glibc
import Synchronization

extension Environment {
  /// Grows the map by the factor, up to the maximum. The caller holds the writer's place, but no
  /// transaction.
  /// - Returns: False if the map is at its maximum already.
  /// - Throws: `.readersBusy` naming the reads that did not end in time; ENOMEM if the address
  ///   space is exhausted. The old map stays.
  func growMap() throws(LMDBError) -> Bool {
    try withoutReaders { () throws(LMDBError) in try growUnreadMap() }
  }

  /// `growMap` for a caller that has kept readers out itself.
  func growUnreadMap() throws(LMDBError) -> Bool {
    let (_, oldBytes) = usedAndMapBytes()
    let maximumBytes = options.maximumMapBytes.roundedUp(toMultipleOf: mapGranularityBytes)
    if oldBytes >= maximumBytes { return false }
    let grownBytes = Int(min(Double(oldBytes) * options.mapGrowthFactor, Double(maximumBytes)))
      .roundedUp(toMultipleOf: mapGranularityBytes)
    try replaceMap(sizeBytes: min(grownBytes, maximumBytes))
    return true
  }

  /// Takes over the map size that another process has set. The caller has no transaction.
  func followMap() throws(LMDBError) {
    try takeWritersPlace("follow map")
    defer { gate.leaveWrite() }
    try followMapAsWriter()
  }

  /// `followMap` for a caller that holds the writer's place.
  func followMapAsWriter() throws(LMDBError) {
    try withoutReaders { () throws(LMDBError) in try replaceMap(sizeBytes: 0) }
  }

  /// Runs `body` while no read of this process is live. The caller holds the writer's place.
  func withoutReaders<R>(_ body: () throws(LMDBError) -> R) throws(LMDBError) -> R {
    do throws(TransactionGate.Refusal) {
      try gate.bar(waitMilliseconds: options.growthWaitMilliseconds)
    } catch {
      throw failure(error, "replace map")
    }
    defer { gate.unbar() }
    return try body()
  }

  /// - Parameter sizeBytes: 0 for the size in the file.
  private func replaceMap(sizeBytes: Int) throws(LMDBError) {
    // LMDB unmaps before it maps and has nothing left if that fails, so ask for room first.
    if sizeBytes > 0 {
      // Safe: an anonymous reservation that nothing points into, given back at once.
      let probe = unsafe mmap(
        nil, sizeBytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
      if unsafe probe == MAP_FAILED { throw failure(errno, "replace map") }
      unsafe munmap(probe, sizeBytes)
    }
    // Safe: no transaction of this process is live, as mdb_env_set_mapsize demands.
    let code = unsafe mdb_env_set_mapsize(handle, sizeBytes)
    if code != 0 {
      isBroken.store(true, ordering: .relaxed)
      throw failure(code, "replace map")
    }
  }

  /// Takes the writer's place, waiting for other threads.
  func takeWritersPlace(_ operation: StaticString) throws(LMDBError) {
    do throws(TransactionGate.Refusal) {
      try gate.enterWrite()
    } catch {
      throw failure(error, operation)
    }
  }

  /// The error for being turned away at the gate.
  func failure(_ refusal: TransactionGate.Refusal, _ operation: StaticString) -> LMDBError {
    switch refusal {
    case .closed: failure(LMDBError.Code.closed.rawValue, operation)
    case .nestedWrite: failure(LMDBError.Code.nestedWrite.rawValue, operation)
    case .busy(let reads):
      failure(LMDBError.Code.readersBusy.rawValue, operation, detail: "live reads: \(reads)")
    }
  }

  /// The error for an environment whose map is gone, if it is.
  func checkMap(_ operation: StaticString) throws(LMDBError) {
    if isBroken.load(ordering: .relaxed) {
      throw failure(
        ENOMEM, operation, detail: "the map was lost when it was replaced; reopen the environment")
    }
  }
}
