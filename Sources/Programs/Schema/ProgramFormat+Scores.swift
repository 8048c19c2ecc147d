extension ProgramFormat {
  private static let fallback = FormatKey(
    "fallback", .number, example: 0.5,
    "The score where the model has no answer; without it the decision fails then.")
  private static let features = FormatKey(
    "features", .table(.identifier, .expression(.any), limit: ProgramLimits.features),
    required: true, example: ["orders": "customer.orders"],
    "What the model is told: exactly the model's features, by name.")
  private static let model = FormatKey(
    "model", .either([.name, .mapping(registeredModel)]), required: true, example: "risk",
    "A file below models/, or a model that was registered.")

  static let score = FormatMapping(
    "score", "The only score of a program.", [model, features, fallback])

  static let namedScore = FormatMapping(
    "namedScore", "One of several scores.",
    [
      model, features, fallback,
      FormatKey(
        "levels", .table(.name, .number, limit: ProgramLimits.levels), default: [:],
        example: ["high": 0.8], "Names for its values from a threshold on: scores.NAME.level."),
    ])

  static let registeredModel = FormatMapping(
    "registeredModel", "A model that recount models register put in force: registered or hash.",
    [
      FormatKey(
        "registered", .name, example: "risk", "The id of the model: the latest that was registered."
      ),
      FormatKey(
        "hash", .text,
        example: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "The hash of the model: those very bytes, whatever its id."),
    ], rules: FormatMapping.exactlyOne(of: ["registered", "hash"]))

  static let remoteScore = FormatMapping(
    "remoteScore", "The only score of a program, from a scorer elsewhere.",
    [
      FormatKey(
        "remote", .mapping(remote), required: true,
        example: ["url": "https://scorer.example/v1", "timeout": "2s", "fallback": 0.5],
        "The scorer."), features,
    ])

  static let remote = FormatMapping(
    "remote", "A scorer that is asked over HTTP.",
    [
      FormatKey(
        "url", .text, required: true, example: "https://scorer.example/v1", "Where it is asked."),
      FormatKey(
        "timeout", .duration, required: true, example: "2s",
        "How long the decision waits for the answer: at most 1h."),
      FormatKey(
        "fallback", .number, required: true, example: 0.5,
        "The score where it gives none in time."),
    ])

  static let mainScore = FormatMapping(
    "mainScore", "What the score of a decision is, where there are several: main or combine.",
    [
      FormatKey("main", .text, example: "risk", "The name of the score that counts."),
      FormatKey(
        "combine", .expression(.number),
        example: "0.7 * scores.risk.value + 0.3 * scores.worth.value",
        "What makes one score of several."),
      FormatKey(
        "fallback", .number, example: 0.5,
        "Of combine only: the score where the expression gives none."),
    ], rules: FormatMapping.exactlyOne(of: ["main", "combine"]))
}
