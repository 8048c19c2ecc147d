/// A mapping of the format: its keys, from which reader, schema and reference follow.
///
/// The reader takes the keys that are declared here and no others, so that the schema cannot say
/// anything else.
struct FormatMapping: Sendable {
  /// What the schema calls it; unique.
  let name: String
  /// One sentence.
  let says: String
  /// In the order in which messages and the schema list them.
  let keys: [FormatKey]
  /// What keys of the program's own choosing have; nil: there are none.
  var others: FormatType?
  /// Further keywords of JSON Schema: which keys need each other, or exclude each other.
  var rules: SchemaValue = [:]

  init(
    _ name: String, _ says: String, _ keys: [FormatKey], others: FormatType? = nil,
    rules: SchemaValue = [:]
  ) {
    self.name = name
    self.says = says
    self.keys = keys
    self.others = others
    self.rules = rules
  }

  var names: [String] { keys.map(\.name) }
  var required: [String] { keys.filter(\.isRequired).map(\.name) }

  /// The rule that exactly one of these keys stands there.
  static func exactlyOne(of names: [String]) -> SchemaValue {
    ["oneOf": .list(names.map { ["required": [.text($0)]] })]
  }
}

/// A key of a mapping.
struct FormatKey: Sendable {
  let name: String
  let type: FormatType
  let isRequired: Bool
  /// What counts where the key is absent; nil: nothing, or what the sentence says.
  let fallback: SchemaValue?
  let example: SchemaValue
  /// One sentence.
  let says: String

  init(
    _ name: String, _ type: FormatType, required isRequired: Bool = false,
    default fallback: SchemaValue? = nil, example: SchemaValue, _ says: String
  ) {
    self.name = name
    self.type = type
    self.isRequired = isRequired
    self.fallback = fallback
    self.example = example
    self.says = says
  }
}

/// What may stand behind a key.
indirect enum FormatType: Sendable {
  /// A text, also a number or flag that is written without quotes.
  case text
  case name
  /// A name that expressions can use.
  case identifier
  case eventType
  /// One event type or a list of them.
  case eventTypes
  /// The same, or `"*"`.
  case eventTypesOrAny
  case duration
  case flag
  case integer(ClosedRange<Int>)
  case number
  case percent
  case localTime
  case cron
  case zone
  case choice([String])
  case expression(ExpectedType)
  /// A mapping of names to expressions, or to mappings and lists of them.
  case tree
  /// Any value as it is.
  case value
  /// `false`: not at all.
  case off
  case nothing
  case mapping(FormatMapping)
  case list(FormatType, limit: Int)
  /// A mapping whose keys are of the program's own choosing.
  case table(FormatNames, FormatType, limit: Int)
  /// One of several shapes.
  case either([FormatType])

  /// The words of an enumeration.
  static func words<Choice: RawRepresentable & CaseIterable>(_ type: Choice.Type) -> FormatType
  where Choice.RawValue == String {
    .choice(Choice.allCases.map(\.rawValue))
  }
}

/// What the keys of the program's own choosing are.
enum FormatNames: Sendable {
  case name
  case identifier
  case duration
  /// Event types, `joined` and `"*"`.
  case handler
  /// Channels and actions.
  case effect
  /// Names of features of models.
  case anything
}
