import Glibc

/// Who may hold a transaction of one environment: any number of readers, one writer, and nobody
/// while the map is replaced.
///
/// LMDB itself would let a second write on the same thread deadlock, and would let the map be
/// replaced below a live reader. Both are ruled out here.
///
/// Discipline of `@unchecked Sendable`: every stored `var` is touched only with `mutex` held.
@safe
final class TransactionGate: @unchecked Sendable {
  /// A place in the source, shown when a reader stands in the way.
  struct Location {
    let file: StaticString
    let line: UInt
  }

  /// Why a reader or writer was turned away.
  enum Refusal: Error {
    case closed
    case nestedWrite
    /// The live transactions that did not end in time, by source location.
    case busy(String)
  }

  private struct LiveRead {
    var thread: pthread_t
    var location: Location
  }

  /// No POSIX thread has this identity on Linux: it is the address of the thread's block.
  private static let nobody: pthread_t = 0

  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var writer = nobody
  private var reads: [LiveRead?] = []
  private var freeSlots: [Int] = []
  private var handles = 0
  private var barred = false
  private var isClosed = false

  init() {
    var attributes = pthread_condattr_t()
    // Safe: the three objects are initialised before any other use, and the two on the heap are
    // destroyed only in deinit.
    unsafe pthread_mutex_init(mutex, nil)
    unsafe pthread_condattr_init(&attributes)
    unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    unsafe pthread_cond_init(changed, &attributes)
    unsafe pthread_condattr_destroy(&attributes)
  }

  deinit {
    // Safe: nobody else has a reference, so nobody waits.
    unsafe pthread_cond_destroy(changed)
    unsafe pthread_mutex_destroy(mutex)
    unsafe changed.deallocate()
    unsafe mutex.deallocate()
  }

  /// Counts a read in; waits while the map is being replaced. A thread that already reads is let
  /// through, because the replacement waits for it.
  /// - Returns: The slot for `leaveRead`.
  func enterRead(_ location: Location) throws(Refusal) -> Int {
    lock()
    defer { unlock() }
    let thread = pthread_self()
    while barred && !isReading(thread) { wait() }
    if isClosed { throw .closed }
    let read = LiveRead(thread: thread, location: location)
    guard let slot = freeSlots.popLast() else {
      reads.append(read)
      return reads.count - 1
    }
    reads[slot] = read
    return slot
  }

  /// Counts a read out.
  func leaveRead(_ slot: Int) {
    lock()
    reads[slot] = nil
    freeSlots.append(slot)
    if barred { wakeAll() }
    unlock()
  }

  /// Takes the writer's place, waiting for another thread's writer to end.
  func enterWrite() throws(Refusal) {
    lock()
    defer { unlock() }
    let thread = pthread_self()
    if writer == thread { throw .nestedWrite }
    while writer != Self.nobody { wait() }
    if isClosed { throw .closed }
    writer = thread
  }

  /// Gives the writer's place up.
  func leaveWrite() {
    lock()
    writer = Self.nobody
    wakeAll()
    unlock()
  }

  /// Keeps new reads out and waits until the present ones have ended. The caller holds the
  /// writer's place and calls `unbar` afterwards, unless this throws.
  func bar(waitMilliseconds: Int) throws(Refusal) {
    lock()
    defer { unlock() }
    let deadline = MonotonicDeadline(milliseconds: waitMilliseconds)
    let thread = pthread_self()
    barred = true
    while reads.count != freeSlots.count {
      // A read of this very thread would never end while we wait for it.
      if isReading(thread) || !wait(until: deadline) {
        barred = false
        wakeAll()
        throw .busy(liveReads)
      }
    }
  }

  /// Lets reads in again.
  func unbar() {
    lock()
    barred = false
    wakeAll()
    unlock()
  }

  /// Counts a renewable read transaction in; `close` insists that none is left.
  func openHandle() throws(Refusal) {
    lock()
    defer { unlock() }
    if isClosed { throw .closed }
    handles += 1
  }

  /// Counts it out.
  func closeHandle() {
    lock()
    handles -= 1
    unlock()
  }

  /// Marks the environment closed.
  /// - Returns: False if it was closed before. Traps if a transaction is live.
  func close() -> Bool {
    lock()
    defer { unlock() }
    if isClosed { return false }
    precondition(writer == Self.nobody, "LMDB environment closed inside a write transaction")
    precondition(
      reads.count == freeSlots.count, "LMDB environment closed with live reads: \(liveReads)")
    precondition(handles == 0, "LMDB environment closed before \(handles) of its Readers")
    isClosed = true
    return true
  }

  /// The source locations of the live reads. The mutex is held.
  private var liveReads: String {
    reads.compactMap { $0.map { "\($0.location.file):\($0.location.line)" } }
      .joined(separator: ", ")
  }

  private func isReading(_ thread: pthread_t) -> Bool {
    reads.contains { $0?.thread == thread }
  }

  // Safe, all of these: `mutex` and `changed` live as long as self, and each wait holds the mutex.

  private func lock() {
    unsafe pthread_mutex_lock(mutex)
  }

  private func unlock() {
    unsafe pthread_mutex_unlock(mutex)
  }

  private func wakeAll() {
    unsafe pthread_cond_broadcast(changed)
  }

  private func wait() {
    unsafe pthread_cond_wait(changed, mutex)
  }

  /// - Returns: False when the time is over.
  private func wait(until deadline: MonotonicDeadline) -> Bool {
    var time = deadline.time
    return unsafe pthread_cond_timedwait(changed, mutex, &time) != ETIMEDOUT
  }
}

/// A moment of CLOCK_MONOTONIC, for bounded waits only: nothing stored depends on it.
private struct MonotonicDeadline {
  var time = timespec()

  init(milliseconds: Int) {
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    let nanoseconds = time.tv_nsec + (milliseconds % 1_000) * 1_000_000
    time.tv_sec += milliseconds / 1_000 + nanoseconds / 1_000_000_000
    time.tv_nsec = nanoseconds % 1_000_000_000
  }
}
