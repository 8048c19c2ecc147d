package import Expressions

extension Program {
  /// What starts a run.
  package struct Trigger: Sendable {
    /// The types of events, sorted by their bytes.
    package let types: [String]
    /// The run's key (string or integer; an integer is taken in decimal).
    package let key: CompiledExpression
    /// Whether the event is a trigger at all; nil: always. An error counts as false.
    package let when: CompiledExpression?
    /// Whether it starts the population, not a run: `key` is not asked then.
    package let startsPopulation: Bool
  }

  /// When a trigger is a duplicate. Asked before `join`.
  package struct Dedupe: Sendable {
    /// The key: a string, or a list of strings of which one unused is enough to pass; passing and
    /// then starting or joining a run uses all of them. nil: subject, ":" and the run's key.
    package let key: CompiledExpression?
    /// How long a used key lasts: used in (now - within, now].
    package let withinMicroseconds: Int64
    /// Where it is true, nothing is a duplicate; an error counts as false.
    package let except: CompiledExpression?
  }

  /// When a trigger that meets an active run joins it.
  package struct Join: Sendable {
    /// nil: always. An error counts as false: the trigger is then a duplicate.
    package let when: CompiledExpression?
    /// Whether the filters are asked for it too.
    package let asksFilters: Bool
  }

  /// One filter.
  package struct Filter: Sendable {
    /// The filter's name in decisions, unique in the program.
    package let id: String
    /// What it asks.
    package let test: FilterTest
    /// Whether it is asked again before each send (a cap: before each send on its channel).
    package let isAskedAgain: Bool
  }

  /// What a filter asks.
  package enum FilterTest: Sendable {
    /// Passes if true; an error rejects.
    case expression(CompiledExpression)
    case cap(Cap)
    case cooldown(Cooldown)
    /// Passes unless messages to the address on the channel bounced or were complained about.
    case suppression(Channel, address: CompiledExpression)
    /// Passes if the customer wants the topic on the channel.
    case topic(Topic, Channel)
    /// Passes outside of the window.
    case quietHours(QuietHours)
  }

  /// At most `limit` deliveries requested to the customer on a channel in (now - per, now].
  package struct Cap: Sendable {
    /// The channel whose deliveries count.
    package let channel: Channel
    /// How many deliveries in the window are enough to reject: 0 or more.
    package let limit: Int
    /// The window's length.
    package let perMicroseconds: Int64
    /// Whether the deliveries of all programs count, not only those of this one.
    package let countsAllPrograms: Bool
  }

  /// A name for scores from a threshold on.
  package struct Level: Sendable {
    /// What `score.level` says.
    package let name: String
    /// The lowest score of the level.
    package let threshold: Double
  }

  /// An offer; its fields are in the order of the file.
  package struct Offer: Sendable {
    /// nil: always. An error counts as false.
    package let when: CompiledExpression?
    /// What the offer consists of.
    package let fields: [NamedExpression]
  }

  /// What a started run leaves in the candidate table.
  package struct Candidate: Sendable {
    /// The item's id: a text or a whole number.
    package let item: CompiledExpression
    /// How long the candidate lives from the decision on.
    package let ttlMicroseconds: Int64
    /// The channels it may be served on, in order of priority.
    package let channels: [Channel]
  }

  /// Who is left untreated: those whose bucket (0…9,999) is below `basisPoints`.
  package struct Holdout: Sendable {
    /// 0…10,000.
    package let basisPoints: Int
    /// What the bucket's hash is salted with.
    package let salt: String
  }
}
