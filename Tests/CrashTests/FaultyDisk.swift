import FaultyFiles

/// A directory whose disk fails as the test says, and loses what was not synced.
///
/// Discipline of `@unchecked Sendable`: the C side has a mutex of its own, and calls the observer
/// under it.
final class Disk: @unchecked Sendable {
  private var observer: (() -> Void)?
  private let disk: OpaquePointer

  /// - Parameter directory: Must exist. Open files in it afterwards.
  init(at directory: String) {
    guard let disk = faulty_disk_attach(directory) else {
      preconditionFailure("no disk for \(directory)")
    }
    self.disk = disk
  }

  deinit {
    faulty_disk_detach(disk)
  }

  /// Kinds of calls.
  struct Calls: OptionSet {
    let rawValue: Int32

    static let write = Self(rawValue: Int32(FAULTY_WRITE))
    static let sync = Self(rawValue: Int32(FAULTY_SYNC))
    static let open = Self(rawValue: Int32(FAULTY_OPEN))
    static let map = Self(rawValue: Int32(FAULTY_MAP))
    static let truncate = Self(rawValue: Int32(FAULTY_TRUNCATE))
    static let name = Self(rawValue: Int32(FAULTY_NAME))
    /// What changes files or syncs them.
    static let changes: Self = [.write, .sync, .truncate, .name]
  }

  /// What becomes of a call.
  enum Fault {
    case fails(Int32)
    /// Only so many bytes are written.
    case isShort(bytes: Int)
    /// The bytes are in the page cache, but the call says that it failed.
    case failsLate(Int32)
    /// The process dies in the call after so many bytes: nothing has any effect from here on.
    case isDeath(bytes: Int)
  }

  /// Lets the calls from number `first` on (from 1) meet a fault, `count` of them.
  func plan(_ fault: Fault, _ kinds: Calls, from first: UInt64, count: UInt64 = 1) {
    var plan = FaultyPlan()
    plan.kinds = kinds.rawValue
    plan.first = first
    plan.count = count
    switch fault {
    case .fails(let code): (plan.action, plan.error) = (Int32(FAULTY_FAIL), code)
    case .isShort(let bytes): (plan.action, plan.bytes) = (Int32(FAULTY_SHORT), bytes)
    case .failsLate(let code): (plan.action, plan.error) = (Int32(FAULTY_FAIL_LATE), code)
    case .isDeath(let bytes): (plan.action, plan.bytes) = (Int32(FAULTY_DIE), bytes)
    }
    faulty_disk_plan(disk, plan)
  }

  /// Lets all calls pass, and counts from 0.
  func heal() {
    faulty_disk_plan(disk, FaultyPlan())
  }

  /// The calls since the last plan.
  func count(_ kinds: Calls) -> UInt64 {
    faulty_disk_calls(disk, kinds.rawValue)
  }

  /// Calls `observer` before each call that changes something.
  func observe(_ observer: @escaping () -> Void) {
    self.observer = observer
    faulty_disk_observe(
      disk, { context in Unmanaged<Disk>.fromOpaque(context!).takeUnretainedValue().observer?() },
      Unmanaged.passUnretained(self).toOpaque())
  }

  /// Ends observing.
  func stopObserving() {
    faulty_disk_observe(disk, nil, nil)
    observer = nil
  }

  /// Writes what a power cut at this moment may leave.
  /// - Parameter keep: Of 256 chances how many an unsynced sector has to be on disk.
  func cut(into directory: String, seed: UInt64, keep: UInt32) throws {
    let code = faulty_disk_cut(disk, directory, seed, keep)
    if code != 0 { throw CutError(code: code) }
  }

  struct CutError: Error {
    let code: Int32
  }
}
