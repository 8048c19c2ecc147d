/// Collects the definitions that a schema refers to, each when it is first needed.
struct SchemaBuilder {
  /// In the order of first use.
  private(set) var definitions: [SchemaValue.Entry] = []
  private var known: Set<String> = []

  private mutating func reference(
    _ name: String, _ make: (inout SchemaBuilder) -> SchemaValue
  ) -> SchemaValue {
    if known.insert(name).inserted {
      let index = definitions.count
      definitions.append(SchemaValue.Entry(key: name, value: .null))
      definitions[index] = SchemaValue.Entry(key: name, value: make(&self))
    }
    return ["$ref": .text("#/$defs/\(name)")]
  }

  private mutating func reference(_ name: String, _ value: SchemaValue) -> SchemaValue {
    reference(name) { _ in value }
  }

  /// The schema of a mapping, with its keys.
  mutating func object(_ mapping: FormatMapping) -> SchemaValue {
    var properties: [SchemaValue.Entry] = []
    for key in mapping.keys {
      var value = schema(key.type)
      value = value.adding(["description": .text(key.says)])
      if let fallback = key.fallback { value = value.adding(["default": fallback]) }
      value = value.adding(["examples": [key.example]])
      properties.append(SchemaValue.Entry(key: key.name, value: value))
    }
    var result: SchemaValue = [
      "description": .text(mapping.says), "type": "object", "properties": .object(properties),
    ]
    if !mapping.required.isEmpty {
      result = result.adding(["required": .texts(mapping.required)])
    }
    if let others = mapping.others {
      result = result.adding(["additionalProperties": schema(others)])
    } else {
      result = result.adding(["additionalProperties": false])
    }
    return result.adding(mapping.rules)
  }

  /// The schema of what may stand behind a key.
  mutating func schema(_ type: FormatType) -> SchemaValue {
    switch type {
    case .flag: ["type": "boolean"]
    case .integer(let range):
      [
        "type": "integer", "minimum": .integer(range.lowerBound),
        "maximum": .integer(range.upperBound),
      ]
    case .number: ["type": "number"]
    case .choice(let words): ["enum": .texts(words)]
    case .value: [:]
    case .off: ["const": false]
    case .nothing: ["type": "null"]
    case .mapping(let mapping): reference(mapping.name) { $0.object(mapping) }
    case .list(let element, let limit):
      ["type": "array", "items": schema(element), "maxItems": .integer(limit)]
    case .table(let names, let value, let limit):
      [
        "type": "object", "propertyNames": self.names(names), "additionalProperties": schema(value),
        "maxProperties": .integer(limit),
      ]
    case .either(let types):
      ["anyOf": .list(types.map { schema($0) })]
    case .expression(let expected): expression(expected)
    case .tree: tree()
    case .text, .name, .identifier, .eventType, .eventTypes, .eventTypesOrAny, .duration,
      .percent, .localTime, .cron, .zone:
      scalar(type)
    }
  }

  private mutating func names(_ names: FormatNames) -> SchemaValue {
    switch names {
    case .name: schema(.name)
    case .identifier: schema(.identifier)
    case .duration: schema(.duration)
    case .handler:
      reference(
        "handlerName",
        [
          "description":
            "An event type, \"joined\" for a trigger that joined, or \"*\" for inputs.",
          "anyOf": [["const": "*"], schema(.eventType)],
        ])
    case .effect, .anything: ["type": "string", "minLength": 1]
    }
  }

  private mutating func scalar(_ type: FormatType) -> SchemaValue {
    switch type {
    case .name: reference("name", Self.name)
    case .identifier: reference("identifier", Self.identifier)
    case .eventType: reference("eventType", Self.eventType)
    case .eventTypes:
      reference("eventTypes") { builder in
        let one = builder.schema(.eventType)
        return [
          "description": "An event type, or a list of them.", "anyOf": [one, Self.several(one)],
        ]
      }
    case .eventTypesOrAny:
      reference("eventTypesOrAny") { builder in
        let one: SchemaValue = ["anyOf": [["const": "*"], builder.schema(.eventType)]]
        return [
          "description": "An event type, \"*\" for every input, or a list of them.",
          "anyOf": [one, Self.several(one)],
        ]
      }
    case .duration: reference("duration", Self.duration)
    case .percent: reference("percent", Self.percent)
    case .localTime: reference("localTime", Self.localTime)
    case .cron: reference("cron", Self.cron)
    case .zone: reference("timeZone", Self.zone)
    default: reference("text", Self.text)
    }
  }

  private static func several(_ element: SchemaValue) -> SchemaValue {
    [
      "type": "array", "items": element, "minItems": 1, "uniqueItems": true,
      "maxItems": .integer(ProgramLimits.eventTypes),
    ]
  }

  private mutating func expression(_ expected: ExpectedType) -> SchemaValue {
    let types: [String]
    switch expected {
    case .any, .kept: types = ["string", "boolean", "number", "array", "object"]
    case .guardian: types = ["string", "boolean"]
    case .timestamp, .address: types = ["string"]
    case .key: types = ["string", "integer"]
    case .keys: types = ["string", "integer", "array"]
    case .number: types = ["string", "number"]
    case .list: types = ["string", "array"]
    }
    return reference(
      expected.schemaName,
      [
        "description": .text("An expression of CEL that gives \(expected.wanted)."),
        "type": types.count == 1 ? .text(types[0]) : .texts(types), "minLength": 1,
      ])
  }

  private mutating func tree() -> SchemaValue {
    reference("expressionTree") { builder in
      let leaf = builder.schema(.expression(.any))
      return [
        "description": "Names with expressions, or with mappings and lists of them.",
        "type": "object", "additionalProperties": leaf,
      ]
    }
  }
}

extension SchemaBuilder {
  private static let text: SchemaValue = [
    "description": "A text; a number or flag without quotes is taken as its text.",
    "type": ["string", "number", "boolean"],
  ]
  private static let name: SchemaValue = [
    "description": "A letter, then letters, digits, - and _.", "type": "string",
    "pattern": "^[A-Za-z][A-Za-z0-9_-]*$", "maxLength": .integer(ProgramLimits.nameBytes),
  ]
  private static let identifier: SchemaValue = [
    "description": "A name that expressions can use: letters, digits and _, a letter first.",
    "type": "string",
    "pattern": .text(
      "^(?!(?:\(reservedWords.sorted().joined(separator: "|")))$)[A-Za-z_][A-Za-z0-9_]*$"),
    "maxLength": .integer(ProgramLimits.nameBytes),
  ]
  private static let eventType: SchemaValue = [
    "description": "An event type: letters, digits and . - _ : /, such as order.placed.",
    "type": "string", "pattern": "^[A-Za-z0-9._:/-]+$",
    "maxLength": .integer(ProgramLimits.eventTypeBytes),
  ]
  private static let duration: SchemaValue = [
    "description": """
    A length of time: whole numbers with w, d, h, m, s, ms or us, the larger unit first, such \
    as 30m, 1h30m or 7d; a day is always 24 hours.
    """,
    "type": "string",
    "pattern": """
    ^(?=.)([0-9]+w)?([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?([0-9]+us)?$
    """,
  ]
  private static let percent: SchemaValue = [
    "description": "A percentage with at most two decimals.", "type": "number", "minimum": 0,
    "maximum": 100,
  ]
  private static let localTime: SchemaValue = [
    "description": "A time of day such as \"08:00\" or \"21:30:15\", in quotes.",
    "type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$",
  ]
  private static let cron: SchemaValue = [
    "description": """
    Minute, hour, day of the month, month and day of the week; with six fields seconds in \
    front, with seven years behind.
    """,
    "type": "string",
    "pattern": "^ *[-0-9A-Za-z*?,/#]+( +[-0-9A-Za-z*?,/#]+){4,6} *$",
  ]
  private static let zone: SchemaValue = [
    "description": "The name of a time zone of the IANA database, or UTC.", "type": "string",
    "pattern": "^[A-Za-z0-9_+/-]*$", "maxLength": .integer(ProgramLimits.nameBytes),
  ]
}

extension ExpectedType {
  /// What the schema calls an expression of this type.
  fileprivate var schemaName: String {
    switch self {
    case .any: "expression"
    case .guardian: "condition"
    case .timestamp: "timestampExpression"
    case .key: "keyExpression"
    case .keys: "keysExpression"
    case .number: "numberExpression"
    case .list: "listExpression"
    case .address: "textExpression"
    case .kept: "valueExpression"
    }
  }
}
