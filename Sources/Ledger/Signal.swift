import Glibc

/// Lets threads wait until something that other threads change is so.
@safe
package final class Signal: @unchecked Sendable {
  // Discipline: mutex and condition are used through their own calls only, and live as long as
  // this object, whose memory does not move.
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let condition: UnsafeMutablePointer<pthread_cond_t>

  package init() {
    unsafe mutex = .allocate(capacity: 1)
    unsafe condition = .allocate(capacity: 1)
    unsafe pthread_mutex_init(mutex, nil)
    unsafe pthread_cond_init(condition, nil)
  }

  deinit {
    unsafe pthread_cond_destroy(condition)
    unsafe pthread_mutex_destroy(mutex)
    unsafe condition.deallocate()
    unsafe mutex.deallocate()
  }

  /// Tells all waiting threads to look again.
  package func raise() {
    unsafe pthread_mutex_lock(mutex)
    unsafe pthread_cond_broadcast(condition)
    unsafe pthread_mutex_unlock(mutex)
  }

  /// Waits until `isDone`, asked after every signal, or until the time is over.
  /// - Returns: The last answer of `isDone`.
  package func wait(milliseconds: Int, until isDone: () -> Bool) -> Bool {
    var deadline = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &deadline)
    deadline.tv_sec += milliseconds / 1_000
    deadline.tv_nsec += (milliseconds % 1_000) * 1_000_000
    if deadline.tv_nsec >= 1_000_000_000 {
      deadline.tv_sec += 1
      deadline.tv_nsec -= 1_000_000_000
    }
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    while !isDone() {
      if unsafe pthread_cond_timedwait(condition, mutex, &deadline) == ETIMEDOUT {
        return isDone()
      }
    }
    return true
  }

  /// Waits until `isDone`, asked after every signal.
  package func wait(until isDone: () -> Bool) {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    while !isDone() { unsafe pthread_cond_wait(condition, mutex) }
  }
}
