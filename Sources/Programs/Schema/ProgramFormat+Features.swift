extension ProgramFormat {
  static let entity = FormatMapping(
    "entity", "Something other than a customer that features are kept for.",
    [
      FormatKey(
        "key", .expression(.key), required: true, example: "event.cartId",
        "Its key in an event; an event without the key does not concern it.")
    ])

  static let reference = FormatMapping(
    "reference", "A table that was loaded by recount reference load.",
    [
      FormatKey(
        "fields", .table(.identifier, .words(Program.TraitType.self), limit: ProgramLimits.traits),
        required: true, example: ["score": "double"], "The columns that are read, with their types."
      )
    ])

  /// The kinds of features that fold a value.
  private static let foldingValue = Program.FeatureKind.allCases.filter(\.needsValue)

  static let feature = FormatMapping(
    "feature", "What is folded from events: one kind, with the types of its events.",
    Program.FeatureKind.allCases.map { kind in
      FormatKey(kind.rawValue, .eventTypes, example: "order.placed", kind.says)
    } + [
      FormatKey(
        "where", .expression(.guardian), example: "event.total > 0",
        "Which events, or elements of each, count; without it all."),
      FormatKey(
        "value", .expression(.kept), example: "event.total",
        "What is folded; for all kinds but count, exists and hours."),
      FormatKey(
        "each", .expression(.list), example: "event.items",
        "The list whose elements are folded one by one, instead of the event once."),
      FormatKey("as", .identifier, example: "item", "The variable that holds the element."),
      FormatKey(
        "window", .duration, example: "30d",
        "Only events in (now - window, now] count; without it all."),
      FormatKey(
        "settle", .duration, example: "1h",
        "Of distinct only: a value is there when it was first seen at least so long ago."),
      FormatKey(
        "limit", .integer(1...ProgramLimits.keptValues),
        default: .integer(ProgramLimits.defaultKeptValues), example: 256,
        "Of distinct and collect only: how many values are kept; the oldest goes."),
      FormatKey(
        "including", .choice(["current"]), example: "current",
        "The event that is being handled counts already; without it only those before do."),
      FormatKey(
        "default", .value, example: 0,
        "The value before any event; without it 0, false or an empty list, or none."),
      FormatKey(
        "by", .words(Program.FeatureOrder.self), default: "recorded", example: "occurred",
        "By which of an event's times first, last and windows go."),
      FormatKey(
        "key", .expression(.key), example: "event.billId",
        "Of collect only: a later value takes the place of the one with the same key."),
      FormatKey(
        "remove", .eventTypes, example: "bill.paid",
        "Of collect with a key only: events that take the value with their key away."),
    ],
    rules: FormatMapping.exactlyOne(of: Program.FeatureKind.allCases.map(\.rawValue)).adding([
      "dependentRequired": .object(
        foldingValue.map { SchemaValue.Entry(key: $0.rawValue, value: ["value"]) } + [
          SchemaValue.Entry(key: "each", value: ["as"]),
          SchemaValue.Entry(key: "as", value: ["each"]),
          SchemaValue.Entry(key: "settle", value: ["distinct"]),
          SchemaValue.Entry(key: "key", value: ["collect"]),
          SchemaValue.Entry(key: "remove", value: ["collect", "key"]),
        ])
    ]))

  static let derive = FormatMapping(
    "derive", "An event that silence brings about.",
    [
      FormatKey(
        "event", .eventType, required: true, example: "cart.abandoned",
        "The type of the event that is made; one from outside ends the silence."),
      FormatKey(
        "silence", .mapping(silence), required: true,
        example: ["key": "event.cartId", "entity": "cart", "for": "30m"],
        "What must stay silent, and how long."),
      FormatKey(
        "arm", .expression(.guardian), example: "size(cart(key).items) > 0",
        "Asked after each event with the key: true starts the silence anew, false ends it."),
      FormatKey(
        "when", .expression(.guardian), example: "!cart(key).ordered",
        "Asked when the silence lasted long enough: whether the event is made."),
      FormatKey(
        "data", .tree, default: [:], example: ["cartId": "key"], "The data of the event."),
    ])

  static let silence = FormatMapping(
    "silence", "A silence: no event with the key for a time.",
    [
      FormatKey(
        "key", .expression(.key), required: true, example: "event.cartId",
        "The key in an event that must stay silent."),
      FormatKey("entity", .text, example: "cart", "The entity whose key it is."),
      FormatKey("for", .duration, required: true, example: "30m", "How long the silence lasts."),
      FormatKey(
        "of", .eventTypes, example: "cart.updated",
        "The types of events that break it; without it every input that has the key."),
    ])
}

extension Program.FeatureKind {
  /// What it folds, in one sentence.
  fileprivate var says: String {
    switch self {
    case .count: "How many events there were."
    case .sum: "The sum of value."
    case .avg: "The mean of value."
    case .min: "The least value."
    case .max: "The greatest value."
    case .first: "The value of the first event."
    case .last: "The value of the last event."
    case .distinct: "The different values, in order of first sight."
    case .exists: "Whether there was such an event."
    case .collect: "The values in order, as a list."
    case .hours: "How many events came in each hour of the day, in UTC: 24 counts."
    }
  }
}
