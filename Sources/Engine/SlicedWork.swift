package import Ledger

/// Work too long for one turn: it is cut into slices, which the engine does between turns.
///
/// Where a slice falls is a fact of the ledger, by its event; what it decides follows from the events
/// before it. The work keeps nothing that does not follow from them, so that it goes on after a kill
/// where the last commit ended.
package protocol SlicedWork: AnyObject {
  /// Whether some has begun and has not ended. Cost: a comparison.
  var isWaiting: Bool { get }
  /// Whether what would be done next is so little that it is done before the next input.
  var isSmall: Bool { get }
  /// Prepares the next slice; nil: there is none.
  /// - Parameters:
  ///   - now: Ledger time.
  ///   - isOver: Asked now and then whether the slice is to end where it stands; nil: it is as large
  ///     as it may be. Where a slice falls is recorded, so whoever asks a clock there changes no
  ///     decision.
  func nextSlice(now: Int64, until isOver: (() -> Bool)?) -> Slice?
  /// What the slice with the event `slice` brings about for one of its steps. All that the step before
  /// brought about is in the projections.
  func take(_ step: Int, of slice: Event, emitting emissions: inout Emissions)
  /// The event that ends the work of which `slice` was the last part; nil: it goes on.
  func conclusion(after slice: Event) -> Emission?
}

/// A slice of some work: one event, and what its steps bring about.
package struct Slice {
  /// The slice's own event.
  package var emission: Emission
  /// Position of the event that began the work: the slice's cause.
  package var cause: UInt64
  /// The place of the slice's event among all that `cause` causes.
  package var ordinal: UInt32
  /// How many steps follow.
  package var steps: Int

  package init(emission: Emission, cause: UInt64, ordinal: UInt32, steps: Int) {
    self.emission = emission
    self.cause = cause
    self.ordinal = ordinal
    self.steps = steps
  }
}
