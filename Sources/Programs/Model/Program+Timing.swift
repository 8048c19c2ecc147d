package import CivilTime

extension Program {
  /// A local time in the customer's zone: the first at or after the state was entered, or at or
  /// after a delay from there.
  package struct LocalMoment: Hashable, Sendable {
    /// What clocks show.
    package let time: LocalTime
    /// On which days of the week.
    package let days: Weekdays
    /// Microseconds after entering the state from which on it counts.
    package let afterMicroseconds: Int64
  }

  /// A part of the day in which no message goes out, in the customer's zone. Its ends are allowed.
  package struct QuietHours: Hashable, Sendable {
    /// What becomes of a message in it.
    package enum Mode: String, Sendable, CaseIterable {
      /// It waits until the window ends.
      case delay
      /// Planned ones go out when it begins; one that is asked for within it waits.
      case earlier
      /// It is not sent: `quiet-hours`.
      case withhold
    }

    /// The part of the day.
    package let window: DailyWindow
    /// What becomes of a message in it.
    package let mode: Mode
  }
}
