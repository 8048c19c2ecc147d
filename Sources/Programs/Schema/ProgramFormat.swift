/// The mappings of a program's files, each with its keys. Parts of it stand in other files.
enum ProgramFormat {
  /// `program.yaml`.
  static let program = FormatMapping(
    "program", "A program: what starts it, whom it takes, and what it does about it.",
    [
      FormatKey(
        "id", .name, required: true, example: "abandoned-cart",
        "The program's name in decisions and commands, which is also the name of its folder."),
      FormatKey(
        "title", .text, required: true, example: "Abandoned cart", "What people call it."),
      FormatKey(
        "class", .words(Program.MessageClass.self), default: "marketing", example: "security",
        "The class of its messages, which says what an opt-out and quiet hours do with them."),
      FormatKey(
        "params", .table(.identifier, .value, limit: ProgramLimits.parameters), default: [:],
        example: ["minCartValue": 5000],
        "Values that people tune; expressions read params.NAME."),
      FormatKey(
        "marketplaces",
        .table(
          .name, .either([.mapping(marketplace), .nothing]), limit: ProgramLimits.marketplaces),
        default: [:], example: ["JP": ["params": ["minCartValue": 800000]]],
        "What differs in a marketplace, chosen by customer.marketplace."),
      FormatKey(
        "traits", .table(.identifier, .mapping(trait), limit: ProgramLimits.traits),
        default: [:], example: ["points": ["type": "int"]],
        "Traits of customers beside the standard ones."),
      FormatKey(
        "traitUpdates", .list(.mapping(traitUpdate), limit: ProgramLimits.traitUpdates),
        default: [],
        example: [["on": "email.changed", "trait": "email", "value": "event.to"]],
        "Events that write a trait of their subject before anything is decided about them."),
      FormatKey(
        "entities", .table(.identifier, .mapping(entity), limit: ProgramLimits.entities),
        default: [:], example: ["cart": ["key": "event.cartId"]],
        "What features are kept for beside customers; expressions read NAME(key)."),
      FormatKey(
        "references", .table(.name, .mapping(reference), limit: ProgramLimits.references),
        default: [:], example: ["networks": ["fields": ["score": "double"]]],
        "Tables that expressions look up by reference(\"NAME\", key)."),
      FormatKey(
        "features",
        .table(
          .identifier, .table(.identifier, .mapping(feature), limit: ProgramLimits.features),
          limit: ProgramLimits.entities + 1),
        default: [:], example: ["customer": ["orders": ["count": "order.placed"]]],
        "What is remembered of customers and of each entity, by owner and name."),
      FormatKey(
        "derive", .list(.mapping(derive), limit: ProgramLimits.derives), default: [],
        example: [["event": "cart.abandoned", "silence": ["key": "event.cartId", "for": "30m"]]],
        "Events that silence brings about."),
      FormatKey(
        "trigger", .mapping(trigger), example: ["event": "cart.abandoned", "key": "event.cartId"],
        "The events that are decided about; a program has a trigger, a schedule, or both."),
      FormatKey(
        "schedule", .mapping(schedule), example: ["cron": "0 2 * * MON"],
        "When the clock starts the population."),
      FormatKey(
        "population", .mapping(population), example: ["of": "customers"],
        "Whom a schedule, or a trigger without key, decides about."),
      FormatKey(
        "runs", .words(Program.RunScope.self), default: "key", example: "customer",
        "How many active runs a customer may have: one a key, or one in all."),
      FormatKey(
        "dedupe", .mapping(dedupe), example: ["within": "7d"], "When a trigger is a duplicate."),
      FormatKey(
        "join", .mapping(join), example: ["when": "run.state == \"watching\""],
        "When a trigger that meets an active run joins it; without it such a trigger is a duplicate."
      ),
      FormatKey(
        "filters", .list(.mapping(filter), limit: ProgramLimits.filters), default: [],
        example: [["id": "trust", "pass": "customer.status == \"active\""]],
        "What is asked in order; the first that fails rejects."),
      FormatKey(
        "score", .either([.mapping(score), .mapping(remoteScore), .mapping(mainScore)]),
        example: ["model": "risk", "features": ["orders": "customer.orders"]],
        "The score of a trigger, or, beside scores, which of them counts."),
      FormatKey(
        "scores", .table(.identifier, .mapping(namedScore), limit: ProgramLimits.scores),
        example: ["risk": ["model": "risk", "features": ["orders": "customer.orders"]]],
        "Several scores, computed in this order; later ones may read earlier ones."),
      FormatKey(
        "levels", .table(.name, .number, limit: ProgramLimits.levels), default: [:],
        example: ["high": 0.8, "low": 0], "Names for scores from a threshold on: score.level."),
      FormatKey(
        "threshold", .number, example: 0.6,
        "The lowest score that is acted on; a lower one has the outcome below-threshold."),
      FormatKey(
        "offers", .list(.mapping(offer), limit: ProgramLimits.offers), default: [],
        example: [["when": "score.value < 0.5", "discount": 20], ["discount": 10]],
        "Offers, of which the first whose when is true is made; expressions read offer.FIELD."),
      FormatKey(
        "candidate", .mapping(candidate), example: ["ttl": "7d", "channels": ["email"]],
        "What a started run leaves in the table of candidates; without it nothing."),
      FormatKey(
        "costs", .table(.effect, .number, limit: ProgramLimits.effects * 4), default: [:],
        example: ["email": 0.1, "sms": 4.5],
        "Minor units, with at most three decimals, that a message on a channel or an action costs."),
      FormatKey(
        "attribution", .mapping(attribution), example: ["window": "7d", "touch": "clicked"],
        "Which message a conversion counts for."),
      FormatKey(
        "reports", .list(.mapping(report), limit: ProgramLimits.reports), default: [],
        example: [
          [
            "id": "orders", "schedule": ["cron": "0 3 * * *"], "of": "customers",
            "data": ["who": "key"],
          ]
        ], "Tables that the clock makes; no decision and no run follows."),
      FormatKey(
        "holdout", .mapping(holdout), default: ["percent": 0], example: ["percent": 5],
        "Customers who are left alone on purpose, so that the effect can be measured."),
      FormatKey(
        "journey", .mapping(journey), required: true,
        example: [
          "start": "waiting", "exits": ["expired": ["fromStart": "7d"]],
          "states": ["waiting": [:]],
        ], "What happens in a run: a statechart."),
      FormatKey(
        "timeZone", .zone, default: "UTC", example: "Europe/Berlin",
        "The time zone of customers without one."),
      FormatKey(
        "quietHours", .either([.mapping(quietHours), .off]),
        example: ["from": "21:00", "to": "08:00"],
        "When no message of the program goes out, but for those of class security."),
      FormatKey(
        "topic", topicOrName, example: "offers", "What customers may opt out of, for all sends."),
      FormatKey(
        "experiments", .list(.mapping(experiment), limit: ProgramLimits.experiments),
        default: [],
        example: [
          [
            "id": "tone",
            "variants": [["name": "plain", "percent": 50], ["name": "warm", "percent": 50]],
          ]
        ], "Tests of variants; who gets which follows from the customer's id alone."),
      FormatKey(
        "segments",
        .table(.name, .expression(.guardian), limit: ProgramLimits.segments), default: [:],
        example: ["vip": "customer.lifetimeValue > 100000"],
        "Names for kinds of customers, asked in order; the first that is true is segment."),
    ],
    rules: [
      "anyOf": [["required": ["trigger"]], ["required": ["schedule"]]],
      "dependentRequired": ["schedule": ["population"]],
    ])

  /// `features.yaml`.
  static let featuresFile = FormatMapping(
    "featuresFile", "The entities and features of a program, in a file of their own.",
    program.keys.filter { ["entities", "features"].contains($0.name) })

  static let marketplace = FormatMapping(
    "marketplace", "What differs for customers of a marketplace.",
    [
      FormatKey(
        "params", .table(.identifier, .value, limit: ProgramLimits.parameters), default: [:],
        example: ["minCartValue": 800000],
        "Values that take the place of the program's params of the same names and types."),
      FormatKey(
        "enabled", .flag, default: true, example: false,
        "Whether the program runs there; triggers are rejected if not, with the reason marketplace."
      ),
      FormatKey(
        "timeZone", .zone, example: "Asia/Tokyo",
        "The time zone of its customers without one, in place of the program's."),
      FormatKey(
        "quietHours", .either([.mapping(quietHours), .off]),
        example: ["from": "20:00", "to": "09:00"],
        "Quiet hours in place of the program's; sends that have their own keep them."),
      FormatKey(
        "holdout", .mapping(holdout), example: ["percent": 10],
        "The share of its customers that is left alone, in place of the program's."),
      FormatKey(
        "threshold", .number, example: 0.7,
        "The lowest score that is acted on, in place of the program's."),
      FormatKey(
        "levels", .table(.name, .number, limit: ProgramLimits.levels),
        example: ["high": 0.9, "low": 0], "Names for scores, all of them in place of the program's."
      ),
      FormatKey(
        "templates", .table(.name, .name, limit: ProgramLimits.files), default: [:],
        example: ["cart-email": "cart-email-ja"],
        "Templates that take the place of others in every send: ID: OTHER-ID."),
    ])

  static let experiment = FormatMapping(
    "experiment", "A test of variants.",
    [
      FormatKey(
        "id", .identifier, required: true, example: "tone",
        "The experiment's name, unique in the program: expressions read variant.ID."),
      FormatKey(
        "variants", .list(.mapping(variant), limit: ProgramLimits.variants), required: true,
        example: [["name": "plain", "percent": 50], ["name": "warm", "percent": 50]],
        "At least two variants, whose percentages sum to 100."),
    ])

  static let variant = FormatMapping(
    "variant", "One way of doing it.",
    [
      FormatKey(
        "name", .name, required: true, example: "warm", "Its name, unique in the experiment."),
      FormatKey(
        "percent", .percent, required: true, example: 50, "Its share of the customers."),
      FormatKey(
        "params", .table(.identifier, .value, limit: ProgramLimits.parameters), default: [:],
        example: ["minCartValue": 3000],
        "Params that it replaces, in every marketplace; no other experiment may set them."),
    ])

  static let trait = FormatMapping(
    "trait", "A trait of customers.",
    [
      FormatKey(
        "type", .words(Program.TraitType.self), required: true, example: "int",
        "What its values are; a stored value of another type reads as the default."),
      FormatKey(
        "default", .value, example: 3,
        "The value where the profile has none: \"\", false or 0 if it is absent."),
    ])

  static let traitUpdate = FormatMapping(
    "traitUpdate", "An event that writes a trait of its subject.",
    [
      FormatKey(
        "on", .eventTypes, required: true, example: "account.changed", "The types of events."),
      FormatKey(
        "each", .expression(.list), example: "event.changes",
        "The list whose elements are looked at one by one, instead of the event once."),
      FormatKey("as", .identifier, example: "change", "The variable that holds the element."),
      FormatKey(
        "when", .expression(.guardian), example: "change.field == \"email\"",
        "Whether it applies; without it always."),
      FormatKey("trait", .text, required: true, example: "email", "The trait that is written."),
      FormatKey(
        "value", .expression(.kept), required: true, example: "change.new",
        "What it becomes; null removes it."),
    ], rules: eachAndAs)

  /// `each` and `as` come together.
  static let eachAndAs: SchemaValue = ["dependentRequired": ["each": ["as"], "as": ["each"]]]
}
