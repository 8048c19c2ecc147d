import Glibc

/// The machine's clock.
package enum WallClock {
  /// Microseconds since 1970 UTC.
  package static func now() -> Int64 {
    read(CLOCK_REALTIME)
  }

  /// Microseconds of a clock that is never set.
  package static func elapsed() -> Int64 {
    read(CLOCK_MONOTONIC)
  }

  private static func read(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    unsafe clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
  }
}
