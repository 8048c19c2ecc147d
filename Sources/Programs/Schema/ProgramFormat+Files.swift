extension ProgramFormat {
  /// `templates/ID.yaml`.
  static let template = FormatMapping(
    "template", "The text of a message, as mustache.",
    [
      FormatKey(
        "subject", .text, example: "{{discount}}% off",
        "Of e-mail only, where it must be: the subject."),
      FormatKey("text", .text, required: true, example: "Hello, {{name}}!", "The message."),
    ])

  /// A mapping of an import: how rows of a file become events.
  static let importMapping = FormatMapping(
    "importMapping", "How the rows of a file become events.",
    [
      FormatKey(
        "format", .choice(["csv", "ndjson"]), required: true, example: "csv",
        "What the file consists of."),
      FormatKey(
        "delimiter", .text, default: ",", example: ";",
        "Of CSV only: the character between two columns."),
      FormatKey(
        "source", .text, required: true, example: "//shop.example/export",
        "The source of the events; with the id it tells an event from all others."),
      FormatKey(
        "fields",
        .table(
          .identifier, .either([.choice(fieldTypes), .mapping(importField)]),
          limit: ProgramLimits.columns),
        required: true, example: ["id": "text", "total": ["type": "money", "decimals": 2]],
        "The columns, each with its type; expressions read row.NAME."),
      FormatKey(
        "events", .list(.mapping(importEvent), limit: ProgramLimits.eventTypes), required: true,
        example: [["type": "order.placed", "id": "row.id", "subject": "row.customer"]],
        "The events that a row becomes."),
    ])

  private static let fieldTypes = ["text", "int", "number", "money", "bool", "time", "list"]
  private static let word = FormatType.either([.text, .list(.text, limit: 64)])

  static let importField = FormatMapping(
    "importField", "A column of a row.",
    [
      FormatKey(
        "column", .either([.text, .list(.text, limit: 32)]), example: "Order total",
        """
        The header's name, or in NDJSON the key or the list of keys that lead to the value; \
        without it the field's own name.
        """),
      FormatKey(
        "type", .choice(fieldTypes), default: "text", example: "money",
        "What its values are."),
      FormatKey(
        "required", .flag, default: false, example: true,
        "Whether a row without it is refused."),
      FormatKey(
        "decimals", .integer(0...6), default: 2, example: 0,
        "Of money only: how many digits the minor unit takes."),
      FormatKey(
        "format", .text, default: "rfc3339", example: "dd.MM.yyyy HH:mm",
        "Of time only: rfc3339, unix, unix-ms, or places for digits."),
      FormatKey(
        "zone", .zone, example: "Europe/Berlin",
        "Of time only: the zone of a time that does not name one."),
      FormatKey(
        "true", word, default: ["true", "yes", "1"], example: ["ja", "y"],
        "Of bool only: the words for true, in any case."),
      FormatKey(
        "false", word, default: ["false", "no", "0"], example: ["nein", "n"],
        "Of bool only: the words for false, in any case."),
      FormatKey(
        "separator", .text, default: ",", example: "|",
        "Of list only: what stands between two elements."),
    ])

  static let importEvent = FormatMapping(
    "importEvent", "An event that a row becomes.",
    [
      FormatKey("type", .eventType, required: true, example: "order.placed", "The event's type."),
      FormatKey(
        "when", .expression(.guardian), example: "row.status == \"paid\"",
        "Whether the row becomes it; without it always."),
      FormatKey(
        "id", .expression(.key), required: true, example: "\"order/\" + row.id",
        "Its id, unique in the source."),
      FormatKey(
        "subject", .expression(.key), required: true, example: "row.customer",
        "Whom it concerns."),
      FormatKey(
        "time", .expression(.timestamp), example: "row.at",
        "When it happened; without it the event has no time of its own."),
      FormatKey(
        "data", .tree, default: [:], example: ["total": "row.total"], "Its data."),
    ])
}
