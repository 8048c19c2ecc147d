package import Expressions

/// A checked program: everything that `program.yaml`, its models and its templates say, with every
/// expression compiled and every name resolved. Immutable; a runtime binds it once.
///
/// `Projections/Programs/README.md` is the reference of the format and says what each part means
/// at run time. A `Program` exists only if its body has no problem.
package struct Program: Sendable {
  /// The program's id, which is also the name of its folder.
  package let id: String
  /// What people call it.
  package let title: String
  /// The class of its messages, unless a send says otherwise.
  package let messageClass: MessageClass
  /// The files that it was made from.
  package let body: ProgramBody
  /// The overrides that were applied, by path.
  package let overrides: [ProgramOverride]
  /// The hash of body and overrides.
  package let version: ProgramVersion
  /// What is allowed but looks unintended; the check prints it and goes on.
  package let notes: [ProgramProblem]

  /// `params`, for everybody and by marketplace.
  package let parameters: Parameters
  /// What differs in a marketplace beside params, by its code; those without such are not there.
  package let marketplaces: [String: Marketplace]
  /// The traits of `customer`: the standard ones first, then the program's own.
  package let traits: [Trait]
  /// Events that write traits.
  package let traitUpdates: [TraitUpdate]
  /// The things other than customers that features are kept for.
  package let entities: [Entity]
  /// All features, of customers first, then by entity in the order of `entities`.
  package let features: [Feature]
  /// The reference tables that it looks up.
  package let references: [Reference]
  /// Events that silence brings about.
  package let derives: [Derive]

  /// What starts a run, or the population; without event types where only a schedule does.
  package let trigger: Trigger
  /// When the population is started by the clock; nil: never.
  package let schedule: Schedule?
  /// Whom a schedule, or the trigger, starts runs for; nil: for the trigger's subject alone.
  package let population: Population?
  /// Whether a customer may have one active run a key or one in all.
  package let runs: RunScope
  /// When a trigger is a duplicate; nil: never.
  package let dedupe: Dedupe?
  /// When a trigger joins an active run; nil: it is a duplicate of it.
  package let join: Join?
  /// The filters in the order in which they are asked.
  package let filters: [Filter]
  /// How triggers are scored; nil: they are not.
  package let scoring: Scoring?
  /// Names for ranges of the score, highest threshold first.
  package let levels: [Level]
  /// A score below it has the outcome `below-threshold`; nil: any score will do.
  package let threshold: Double?
  /// The offers in the order in which they are asked; the first that fits is made.
  package let offers: [Offer]
  /// The fields that `offer` has, in order of first appearance.
  package let offerFields: [String]
  /// The candidate that a started run makes; nil: none.
  package let candidate: Candidate?
  /// What a message on a channel, or an action, costs, in thousandths of a minor unit; those that
  /// are not named cost nothing.
  package let costs: [String: Int64]
  /// Which message a conversion counts for.
  package let attribution: Attribution
  /// Tables that the clock has made.
  package let reports: [Report]
  /// Who is left untreated on purpose.
  package let holdout: Holdout
  /// Tests of variants, in the order of the file.
  package let experiments: [Experiment]
  /// Names for kinds of customers; the first that fits counts.
  package let segments: [Segment]
  /// What customers may opt out of; nil: nothing but all marketing.
  package let topic: Topic?

  /// The zone of customers without one: a name of the IANA database.
  package let timeZone: String
  /// Whether anything asks for local times, so that the ledger must hold the rules of time zones.
  package let usesTimeZones: Bool

  /// What happens in a run.
  package let journey: Journey
  /// The variables that `run` has beside the built-in ones; an assignment names its slot here.
  package let runVariables: [String]
  /// The names of the steps that sends and acts belong to.
  package let steps: [String]
  /// The templates, by id.
  /// All sends, each at its own index.
  package let sends: [Send]
  package let templates: [Template]

  /// The types of events that the program names, sorted by their bytes: of triggers, features,
  /// trait updates, silences, exits and transitions.
  package let eventTypes: [String]
  /// Whether it also listens to inputs of every other type (`on: "*"`, or a silence that any
  /// input breaks).
  package let concernsEveryInput: Bool
}

extension Program {
  /// The class of a message: what opt-out and quiet hours do with it.
  package enum MessageClass: String, Sendable, CaseIterable {
    case marketing, transactional, security
  }

  /// A way to reach a customer.
  package enum Channel: String, Sendable, CaseIterable {
    case email, sms, push
    case inApp = "in-app"
    case phone, webhook
  }

  /// `runs`: how many active runs a customer may have.
  package enum RunScope: String, Sendable, CaseIterable {
    /// One a key.
    case key
    /// One in all.
    case customer
  }

  /// `params` with the overrides of the marketplaces.
  package struct Parameters: Sendable {
    /// The values for a marketplace that is not named.
    package let base: [String: Value]
    /// The complete values for each marketplace that is.
    package let marketplaces: [String: [String: Value]]
    /// The names, sorted by their bytes; every marketplace has the same.
    package let names: [String]

    /// The values for a customer of this marketplace.
    package func values(marketplace: String) -> [String: Value] {
      marketplaces[marketplace] ?? base
    }
  }

  /// An expression with a name: a score's feature, an offer's field, a template's variable.
  package struct NamedExpression: Sendable {
    /// The name, unique in its list.
    package let name: String
    /// What gives the value.
    package let value: CompiledExpression
  }

  /// A tree whose leaves are expressions: `data` of a derived event, `with` of an act.
  package indirect enum ExpressionTree: Sendable {
    case leaf(CompiledExpression)
    /// In the order of the file; names are unique.
    case map([(name: String, value: ExpressionTree)])
    case list([ExpressionTree])

    /// All leaves, from the first to the last.
    package var leaves: [CompiledExpression] {
      switch self {
      case .leaf(let expression): [expression]
      case .map(let entries): entries.flatMap(\.value.leaves)
      case .list(let elements): elements.flatMap(\.leaves)
      }
    }
  }
}
