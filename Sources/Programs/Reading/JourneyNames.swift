/// What a journey names, known before its expressions are read, and what is found out about its
/// shape while they are.
struct JourneyNames {
  /// The states in order, with the places of their names.
  var states: [(name: String, place: Place)] = []
  /// The exits in order.
  var exits: [(name: String, place: Place)] = []
  /// The variables in order of first assignment.
  var variables: [String] = []
  /// The steps in order of first use.
  var steps: [String] = []
  /// The steps that are taken, each with its channel or action.
  var usedSteps: Set<[String]> = []
  /// The states whose entry reads data of the event, and where.
  var entryReads: [Int: Place] = [:]
  /// The ways that transitions lead.
  var edges: [JourneyEdge] = []
  /// Whether a transition leads to a name that is not even nearly one.
  var hasUnknownTarget = false
  /// The sends, for their templates.
  var sends: [SendPlace] = []
}

/// One way through a journey.
struct JourneyEdge {
  /// The state that it leaves; nil: every state.
  var from: Int?
  var target: Program.Target
  var place: Place
  /// Whether it is taken without an event and without delay.
  var isImmediate: Bool
  var isTimer: Bool
  var isGuarded: Bool
}

/// A send, for checking it against its template.
struct SendPlace {
  var place: Place
  var channel: Program.Channel
  var template: Int?
  var variables: [String]
}

/// A template with the place of its texts.
struct TemplateFile {
  var id: String
  var file: String
  var subject: MustacheText?
  var subjectNode: YAMLNode?
  var text: MustacheText?
  var textNode: YAMLNode?
  var isUsed = false
}
