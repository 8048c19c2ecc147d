extension ProgramFormat {
  static let trigger = FormatMapping(
    "trigger", "What starts a run, or the population.",
    [
      FormatKey(
        "event", .eventTypes, required: true, example: "cart.abandoned", "The types of events."),
      FormatKey(
        "key", .expression(.key), example: "event.cartId",
        "The run's key; only a trigger that starts the population has none."),
      FormatKey(
        "when", .expression(.guardian), example: "event.cartValue > 0",
        "Whether the event is a trigger at all; without it always."),
    ])

  static let schedule = FormatMapping(
    "schedule", "Moments at which the population is started.",
    [
      FormatKey(
        "cron", .cron, required: true, example: "0 2 * * MON",
        "The moments, as cron writes them."),
      FormatKey(
        "timeZone", .zone, default: "UTC", example: "Europe/Berlin",
        "The zone whose clocks count, by the ledger's rules or the folder's own zones/NAME."),
      FormatKey(
        "missed", .words(Program.MissedMoment.self), default: "once", example: "none",
        "What becomes of moments at which nobody ran."),
    ])

  static let population = FormatMapping(
    "population", "Whom a schedule, or a trigger without key, decides about.",
    [
      FormatKey(
        "of", .text, required: true, example: "customers",
        "The items: customers, or the entity whose keys they are."),
      FormatKey(
        "since", .duration, example: "1d",
        "Of an entity only, at most 31d: only keys that an event has concerned in the time before."),
      FormatKey(
        "customer", .expression(.address), example: "order(key).customer",
        "Of an entity, where it must be: whose the item is."),
      FormatKey(
        "key", .expression(.key), example: "key", "The run's key; without it the item's key."),
      FormatKey(
        "where", .expression(.guardian), example: "customer.orders > 0",
        "Which items belong to it; without it all."),
      FormatKey(
        "data", .table(.identifier, .expression(.any), limit: ProgramLimits.parameters),
        default: [:], example: ["days": "int(now) / 86400"],
        "What event.NAME is while an item is decided about."),
      FormatKey(
        "rank", .expression(.number), example: "score.value",
        "What those that pass are ordered by, the highest first; without it the score."),
      FormatKey(
        "limit", .expression(.number), example: "params.most",
        "How many are decided in full at most; without it all."),
      FormatKey(
        "perCustomer", .integer(1...ProgramLimits.keptValues), example: 5,
        "How many items of one customer at most; without it all."),
    ])

  static let report = FormatMapping(
    "report", "A table about customers or an entity, made by the clock.",
    [
      FormatKey("id", .name, required: true, example: "orders", "Its name in output."),
      FormatKey(
        "schedule", .mapping(schedule), required: true, example: ["cron": "0 3 * * *"],
        "When it is made; a time zone other than UTC has its rules in the folder."),
      FormatKey(
        "of", .text, required: true, example: "customers",
        "The items: customers, or the entity whose keys they are."),
      FormatKey(
        "where", .expression(.guardian), example: "customer.orders > 0",
        "Which items are told of; without it all."),
      FormatKey(
        "data", .table(.identifier, .expression(.any), limit: ProgramLimits.parameters),
        required: true, example: ["who": "key"], "What is told of each item."),
      FormatKey(
        "rank", .expression(.number), example: "customer.orders",
        "What the rows are ordered by, the highest first; without it the order of the items."),
      FormatKey(
        "limit", .integer(1...ProgramLimits.reportRows), default: 100, example: 20,
        "How many rows at most."),
    ])

  static let attribution = FormatMapping(
    "attribution", "Which message a conversion counts for.",
    [
      FormatKey(
        "window", .duration, example: "7d",
        "How long a conversion counts for the last touch; without it the candidate's ttl, else 7d."),
      FormatKey(
        "touch", .words(Program.Attribution.Touch.self), default: "sent", example: "clicked",
        "What makes a message a touch; the last one counts."),
    ])

  static let dedupe = FormatMapping(
    "dedupe", "When a trigger is a duplicate.",
    [
      FormatKey(
        "key", .expression(.keys), example: "customer.id + \":\" + event.errorType",
        "A text, or a list of which one unused is enough; without it customer and run key."),
      FormatKey("within", .duration, required: true, example: "7d", "How long a used key lasts."),
      FormatKey(
        "except", .expression(.guardian), example: "run.active && run.state == \"watching\"",
        "Where it is true, nothing is a duplicate."),
    ])

  static let join = FormatMapping(
    "join", "When a trigger that meets an active run joins it.",
    [
      FormatKey(
        "when", .expression(.guardian), example: "run.state == \"watching\"",
        "Without it always; where it is false, the trigger is a duplicate."),
      FormatKey(
        "filters", .choice(["again", "skip"]), default: "skip", example: "again",
        "Whether the filters are asked for it too."),
    ])

  /// What a filter asks: one of these.
  static let filterTests = ["pass", "cap", "cooldown", "suppression", "topic", "quietHours"]

  static let filter = FormatMapping(
    "filter", "One question: exactly one of pass, cap, cooldown, suppression, topic, quietHours.",
    [
      FormatKey(
        "id", .name, required: true, example: "trust",
        "Its name in decisions, unique in the program."),
      FormatKey(
        "again", .flag, default: false, example: true,
        "Whether it is asked again before each send."),
      FormatKey(
        "pass", .expression(.guardian), example: "customer.status == \"active\"",
        "Passes if true; an error rejects."),
      FormatKey(
        "cap", .mapping(cap), example: ["channel": "email", "max": 2, "per": "7d"],
        "Passes while fewer deliveries than max were requested on the channel."),
      FormatKey(
        "cooldown", .mapping(cooldown), example: ["per": "90d"],
        "Passes if no run began, or nothing was sent, for a time."),
      FormatKey(
        "suppression", channel, example: "email",
        "Passes unless the customer's usual address on the channel is suppressed."),
      FormatKey(
        "topic", .mapping(filterTopic), example: ["name": "offers", "channel": "email"],
        "Passes if the customer wants the topic on the channel."),
      FormatKey(
        "quietHours", .mapping(dailyWindow), example: ["from": "21:00", "to": "08:00"],
        "Passes outside of these local times."),
    ], rules: FormatMapping.exactlyOne(of: filterTests))

  static let channel = FormatType.words(Program.Channel.self)
  private static let scope = FormatType.choice(["this", "all"])

  static let cap = FormatMapping(
    "cap", "At most so many messages in a time.",
    [
      FormatKey(
        "channel", channel, required: true, example: "email", "The channel whose messages count."),
      FormatKey(
        "max", .integer(0...1_000_000), required: true, example: 2,
        "How many in the time before are enough to reject."),
      FormatKey("per", .duration, required: true, example: "7d", "The time before."),
      FormatKey(
        "program", scope, default: "this", example: "all",
        "Whether the messages of this program count, or those of all."),
    ])

  static let cooldown = FormatMapping(
    "cooldown", "At most one run, or message, in a time.",
    [
      FormatKey("per", .duration, required: true, example: "90d", "How long it lasts."),
      FormatKey(
        "of", .words(Program.Cooldown.Measure.self), default: "run", example: "delivery",
        "What starts it: a run that began, or a delivery on any channel."),
      FormatKey(
        "program", scope, default: "this", example: "all",
        "Whether those of this program count, or those of all."),
    ])

  private static let optIn = FormatKey(
    "optIn", .choice(["assumed", "required"]), default: "assumed", example: "required",
    "What silence means: assumed yes, required no.")
  private static let topicName = FormatKey(
    "name", .name, required: true, example: "offers", "The topic, as consent.changed names it.")

  static let topic = FormatMapping(
    "topic", "What customers may opt out of.", [topicName, optIn])

  /// A topic where messages have one.
  static let topicOrName = FormatType.either([.name, .mapping(topic), .off])

  static let filterTopic = FormatMapping(
    "filterTopic", "A topic on a channel.",
    [
      topicName, optIn,
      FormatKey("channel", channel, required: true, example: "email", "The channel."),
    ])

  private static let window = [
    FormatKey(
      "from", .localTime, required: true, example: "21:00",
      "When it begins, where the customer is; at that moment messages still go out."),
    FormatKey(
      "to", .localTime, required: true, example: "08:00",
      "When it ends, perhaps on the next day; from then on messages go out."),
  ]

  static let dailyWindow = FormatMapping(
    "dailyWindow", "A part of the day in the customer's time zone.", window)

  static let quietHours = FormatMapping(
    "quietHours", "A part of the day in which no message goes out.",
    window + [
      FormatKey(
        "mode", .words(Program.QuietHours.Mode.self), default: "delay", example: "withhold",
        "What becomes of a message in it.")
    ])

  static let offer = FormatMapping(
    "offer", "An offer: its fields are of the program's own choosing.",
    [
      FormatKey(
        "when", .expression(.guardian), example: "score.value < 0.5",
        "Whether it is made; without it always.")
    ], others: .expression(.kept))

  static let candidate = FormatMapping(
    "candidate", "What a started run leaves in the table of candidates.",
    [
      FormatKey(
        "item", .expression(.key), default: "run.key", example: "event.productId",
        "The item's id."),
      FormatKey(
        "ttl", .duration, required: true, example: "7d",
        "How long the candidate lives from the decision on."),
      FormatKey(
        "channels", .list(channel, limit: 16), default: [], example: ["email", "push"],
        "The channels on which it may be served, in order of priority."),
    ])

  static let holdout = FormatMapping(
    "holdout", "Customers who are left alone on purpose.",
    [
      FormatKey(
        "percent", .percent, required: true, example: 5, "Their share of the customers.")
    ])
}
