/// The limits of the program format. The check names the limit that a program breaks; the
/// reference in `Projections/Programs/README.md` lists them.
package enum ProgramLimits {
  /// All files of a program together, in bytes.
  package static let bodyBytes = 1 << 20
  /// Files of a program.
  package static let files = 256
  /// A file's name, in bytes.
  package static let fileNameBytes = 128
  /// YAML nodes of a program's files in all.
  package static let nodes = 100_000
  /// How deep YAML collections may nest.
  package static let yamlDepth = 32
  /// An id or a name, in bytes.
  package static let nameBytes = 64
  /// An event type, in bytes (as the ledger's own limit).
  package static let eventTypeBytes = 128
  /// Event types in one list.
  package static let eventTypes = 64
  /// Fields of a row that a mapping declares.
  package static let columns = 1_024
  /// Params.
  package static let parameters = 256
  /// Marketplaces with params of their own.
  package static let marketplaces = 64
  /// Traits that a program declares.
  package static let traits = 128
  /// Trait updates.
  package static let traitUpdates = 64
  /// Kinds of entities.
  package static let entities = 16
  /// Features of a program, and of a model.
  package static let features = 256
  /// Derived events.
  package static let derives = 16
  /// Filters.
  package static let filters = 64
  /// Reference tables that a program looks up.
  package static let references = 32
  /// Named scores.
  package static let scores = 16
  /// How long a decision may wait for a remote scorer: an hour.
  package static let remoteMicroseconds: Int64 = 3_600_000_000
  /// How far a population of an entity looks back: 31 days.
  package static let lookBackMicroseconds: Int64 = 31 * 86_400_000_000
  /// Points of a calibration.
  package static let calibrationPoints = 1_024
  /// Texts that stand for the categories of one feature of a model.
  package static let categories = 4_096
  /// Levels of a score.
  package static let levels = 16
  /// Offers.
  package static let offers = 64
  /// Keys that a run watches; those beyond are not watched.
  package static let watchedKeys = 64
  /// Experiments of a program.
  package static let experiments = 16
  /// Variants of one experiment.
  package static let variants = 16
  /// Segments.
  package static let segments = 32
  /// States of a journey.
  package static let states = 256
  /// Exits of a journey.
  package static let exits = 64
  /// Transitions in one list.
  package static let transitions = 64
  /// Timers of one state.
  package static let timers = 32
  /// Sends or acts in one list.
  package static let effects = 32
  /// Variables of a run.
  package static let runVariables = 128
  /// Bins of one feature of a model.
  package static let bins = 256
  /// Values that `distinct` and `collect` keep, unless the feature says otherwise.
  package static let defaultKeptValues = 64
  /// The most that they may keep.
  package static let keptValues = 1_024
  /// Any duration: 100 years of 365 days, in microseconds.
  package static let durationMicroseconds: Int64 = 36_500 * 86_400_000_000
  /// Problems that a check reports; there may be more.
  package static let problems = 200

  /// Reports of a program, the rows of one, and how many it has where it does not say.
  package static let reports = 16
  package static let reportRows = 1_000
  package static let usualReportRows = 100
}
