package import Expressions

/// How the rows of another system's export become events: a checked mapping file.
///
/// `Sources/Importing/Importing.docc/Mapping.md` is the reference of the format. A mapping exists
/// only if its file has no problem.
package struct ImportMapping: Sendable {
  /// What the file consists of.
  package enum Format: Sendable, Equatable {
    /// Records of RFC 4180, with a header line that names the columns.
    case csv(delimiter: UInt8)
    /// One JSON object a line.
    case ndjson
  }

  /// A declared field of a row.
  package struct Field: Sendable {
    /// The field of `row`.
    package let name: String
    /// The column's name in the header; for JSON the path of keys to the value.
    package let column: [String]
    /// What its texts mean.
    package let type: FieldType
    /// Whether a row without it is refused; else `has(row.NAME)` is false there.
    package let isRequired: Bool
  }

  /// What the texts of a field mean.
  package enum FieldType: Sendable, Equatable {
    case text
    case int
    case number
    /// A decimal number, which becomes minor units: 12.50 with two decimals is 1250.
    case money(decimals: Int)
    /// One of the words that mean true or false, in any case of ASCII letters.
    case bool(trueWords: [String], falseWords: [String])
    case time(TimeForm, zone: String?)
    /// Texts with a separator between them.
    case list(separator: String)

    /// The type in expressions.
    package var valueType: ValueType {
      switch self {
      case .text: .string
      case .int, .money: .int
      case .number: .double
      case .bool: .bool
      case .time: .timestamp
      case .list: .list(.string)
      }
    }
  }

  /// How a moment is written.
  package enum TimeForm: Sendable, Equatable {
    case rfc3339
    /// Seconds since 1970 UTC.
    case unixSeconds
    /// Milliseconds since 1970 UTC.
    case unixMilliseconds
    /// Fixed places of digits: `yyyy`, `MM`, `dd`, `HH`, `mm`, `ss`, `SSS`, and what stands between.
    case pattern(TimePattern)
  }

  /// An event that a row becomes.
  package struct Event: Sendable {
    /// The event's type.
    package let type: String
    /// Whether the row becomes it; nil: always. An error refuses the row.
    package let when: CompiledExpression?
    /// A text or whole number, unique in the source.
    package let id: CompiledExpression
    /// A text or whole number: whom it concerns.
    package let subject: CompiledExpression
    /// When it happened; nil, or a field that the row lacks: it has no time.
    package let time: CompiledExpression?
    /// A `.map`. A leaf that is nothing but a field which the row lacks is left out.
    package let data: Program.ExpressionTree
  }

  /// What the file consists of.
  package let format: Format
  /// The CloudEvents source of all its events.
  package let source: String
  /// In the order of the file.
  package let fields: [Field]
  /// In the order of the file: so they follow each other for one row.
  package let events: [Event]

  /// Parses and checks a mapping.
  /// - Parameter name: The file's name, for problems.
  /// - Throws: Every problem that was found.
  package init(name: String, bytes: [UInt8]) throws(ProgramProblems) {
    let reader = ProgramReader()
    let mapping = reader.mapping(name, bytes)
    guard let mapping, reader.problems.isEmpty else {
      throw ProgramProblems(problems: inOrder(reader.problems))
    }
    self = mapping
  }

  init(format: Format, source: String, fields: [Field], events: [Event]) {
    self.format = format
    self.source = source
    self.fields = fields
    self.events = events
  }
}
