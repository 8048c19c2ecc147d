extension Program {
  /// Which touch a conversion counts for: the last one before it that is not too old.
  package struct Attribution: Equatable, Sendable {
    /// What makes a message a touch.
    package enum Touch: String, Sendable, CaseIterable {
      /// Its provider took it.
      case sent
      case delivered, opened, clicked
    }

    /// A touch counts in (conversion - window, conversion].
    package let windowMicroseconds: Int64
    package let touch: Touch

    package init(windowMicroseconds: Int64, touch: Touch) {
      self.windowMicroseconds = windowMicroseconds
      self.touch = touch
    }

    /// Of a program that neither says nor has a candidate: messages sent in the last seven days.
    package static let usual = Attribution(
      windowMicroseconds: 7 * 86_400_000_000, touch: .sent)
  }
}
