internal import Scoring

extension ProgramFormat {
  /// The mapping of a model's file, by its kind.
  static func model(_ kind: ScoringModel.Kind) -> FormatMapping {
    switch kind {
    case .scorecard: scorecard
    case .logistic: logistic
    case .trees: trees
    case .bgNBD, .mbgNBD: purchases
    case .itemSimilarity: items
    }
  }

  private static func head(_ kinds: [ScoringModel.Kind]) -> [FormatKey] {
    [
      FormatKey(
        "id", .name, required: true, example: "risk",
        "The model's name, which is also the name of its file."),
      FormatKey(
        "kind", .choice(kinds.map(\.rawValue)), required: true,
        example: .text(kinds[0].rawValue), "What computes the score."),
    ]
  }
  private static let reasons = FormatKey(
    "reasons", .integer(0...64), default: 4, example: 3,
    "How many reasons a score is given with at most.")
  private static let calibrationKey = FormatKey(
    "calibration", .mapping(calibration), example: ["points": [[0, 0.02], [1, 0.9]]],
    "What the score stands for.")

  static let calibration = FormatMapping(
    "calibration", "What scores stand for, point by point.",
    [
      FormatKey(
        "interpolation", .words(CalibrationTable.Interpolation.self), default: "linear",
        example: "step", "What counts between two points."),
      FormatKey(
        "points", .list(.list(.number, limit: 2), limit: ProgramLimits.calibrationPoints),
        required: true, example: [[0, 0.02], [1, 0.9]],
        "Pairs of a score and what it stands for, both ascending."),
    ])

  static let scorecard = FormatMapping(
    "scorecard", "Points for ranges and categories of features, added up.",
    head([.scorecard]) + [
      FormatKey(
        "link", .choice(["logistic", "clipped", "identity"]), default: "logistic",
        example: "identity", "How the sum of points becomes the score."),
      FormatKey(
        "intercept", .number, default: 0, example: -0.5, "What is added to the points."),
      reasons,
      FormatKey(
        "scale", .mapping(scale),
        example: ["pointsToDoubleOdds": 20, "anchorPoints": 600, "anchorOdds": 50],
        "Points on a scale of odds, in place of log-odds."),
      FormatKey(
        "features", .list(.mapping(scorecardFeature), limit: ProgramLimits.features),
        required: true,
        example: [
          ["name": "orders", "bins": [["to": 1, "points": -1], ["from": 1, "points": 1]]]
        ], "The features."),
    ])

  static let scale = FormatMapping(
    "scale", "A scale of points.",
    [
      FormatKey(
        "pointsToDoubleOdds", .number, required: true, example: 20, "How many points double them."),
      FormatKey("anchorPoints", .number, required: true, example: 600, "A number of points."),
      FormatKey(
        "anchorOdds", .number, required: true, example: 50, "The odds that it stands for."),
    ])

  private static let featureName = FormatKey(
    "name", .identifier, required: true, example: "orders", "The feature, as the score gives it.")
  private static func bins(isRequired: Bool) -> FormatKey {
    FormatKey(
      "bins", .list(.mapping(bin), limit: ProgramLimits.bins), required: isRequired,
      example: [["to": 1, "points": -1], ["from": 1, "points": 1]],
      "Points for ranges or categories that do not overlap.")
  }
  private static let missing = FormatKey(
    "missing", .number, example: 0,
    "The points where the value is missing; without it the model has no answer then.")
  private static let otherwise = FormatKey(
    "otherwise", .number, example: 0,
    "The points of a value that no bin holds; without it the model has no answer then.")
  private static let neutral = FormatKey(
    "neutral", .number, default: 0, example: 0, "The points that reasons are measured from.")

  static let scorecardFeature = FormatMapping(
    "scorecardFeature", "A feature with its points.",
    [featureName, neutral, missing, otherwise, bins(isRequired: true)])

  static let bin = FormatMapping(
    "bin", "A range, from which from belongs and to does not, or a category.",
    [
      FormatKey("from", .number, example: 1, "The least value; without it there is none."),
      FormatKey("to", .number, example: 5, "The first value beyond; without it there is none."),
      FormatKey(
        "equals", .text, example: "gold", "The category, in place of a range; flags are texts."),
      FormatKey("points", .number, required: true, example: 0.5, "The points."),
    ])

  static let logistic = FormatMapping(
    "logistic", "A logistic regression.",
    head([.logistic]) + [
      FormatKey("intercept", .number, default: 0, example: -1.2, "The intercept, in log-odds."),
      reasons, calibrationKey,
      FormatKey(
        "features", .list(.mapping(logisticFeature), limit: ProgramLimits.features),
        required: true, example: [["name": "orders", "weight": 0.4, "mean": 3, "deviation": 2]],
        "The features."),
    ])

  static let logisticFeature = FormatMapping(
    "logisticFeature", "A feature with a weight, or with bins.",
    [
      featureName, missing,
      FormatKey(
        "weight", .number, example: 0.4, "What a deviation from the mean adds, in log-odds."),
      FormatKey("mean", .number, default: 0, example: 3, "What is taken off the value."),
      FormatKey("deviation", .number, default: 1, example: 2, "What the rest is divided by."),
      FormatKey("minimum", .number, example: 0, "Lesser values count as this one."),
      FormatKey("maximum", .number, example: 20, "Greater values count as this one."),
      bins(isRequired: false), otherwise, neutral,
    ], rules: FormatMapping.exactlyOne(of: ["weight", "bins"]))

  static let trees = FormatMapping(
    "trees", "Boosted trees of XGBoost's save_model.",
    head([.trees]) + [
      FormatKey(
        "file", .text, required: true, example: "models/risk.ubj",
        "The file that save_model wrote, models/ID.ubj or models/ID.json."),
      FormatKey(
        "features", .list(.text, limit: ProgramLimits.features), example: ["orders", "spent"],
        "The features in the order of training, where the file does not name them."),
      FormatKey(
        "categories",
        .table(
          .anything, .list(.text, limit: ProgramLimits.categories),
          limit: ProgramLimits.features), default: [:], example: ["tier": ["basic", "premium"]],
        "The texts of a feature's categories, in the order of their codes."),
      FormatKey(
        "baseMargin", .number, example: -0.5, "The margin to begin with, in place of the file's."),
      reasons, calibrationKey,
    ])

  static let purchases = FormatMapping(
    "purchases", "BG/NBD or MBG/NBD with fitted parameters: what a customer will buy.",
    head([.bgNBD, .mbgNBD]) + [
      FormatKey(
        "parameters", .mapping(purchaseParameters), required: true,
        example: ["r": 0.52, "alpha": 6.18, "a": 0.89, "b": 1.61], "The fitted parameters."),
      FormatKey(
        "unitsPerPeriod", .integer(1...1_000_000_000), required: true, example: 7,
        "How many units of recency and age make the period that the parameters count in."),
      FormatKey(
        "spend", .mapping(spend), example: ["p": 6.25, "q": 3.74, "gamma": 15.4],
        "Gamma-Gamma: what a purchase is worth."),
      FormatKey(
        "horizon", .number, required: true, example: 13, "How many periods the score looks ahead."),
      FormatKey(
        "outcome", .words(PurchaseModel.Outcome.self), default: "expected-purchases",
        example: "probability-alive", "What the score is."),
      reasons, calibrationKey,
    ])

  static let purchaseParameters = FormatMapping(
    "purchaseParameters", "The parameters of BG/NBD or MBG/NBD.",
    ["r", "alpha", "a", "b"].map { name in
      FormatKey(name, .number, required: true, example: 0.9, "The parameter of this name.")
    })

  static let spend = FormatMapping(
    "spend", "The parameters of Gamma-Gamma.",
    ["p", "q", "gamma"].map { name in
      FormatKey(name, .number, required: true, example: 3.7, "The parameter of this name.")
    } + [
      FormatKey(
        "minorPerUnit", .integer(1...1_000_000), default: 100, example: 1,
        "How many minor units make the unit that the parameters were fitted in.")
    ])

  static let items = FormatMapping(
    "items", "Item-to-item similarity, counted from events.",
    head([.itemSimilarity]) + [
      FormatKey(
        "event", .eventTypes, required: true, example: ["order.placed", "product.viewed"],
        "The events by which customers meet items."),
      FormatKey(
        "each", .expression(.list), example: "event.items",
        "The list whose elements are looked at one by one, instead of the event once."),
      FormatKey("as", .identifier, example: "item", "The variable that holds the element."),
      FormatKey(
        "where", .expression(.guardian), example: "event.total > 0",
        "Which events or elements count; without it all."),
      FormatKey("item", .expression(.key), required: true, example: "item.id", "The item's id."),
      FormatKey(
        "measure", .words(ItemSimilarity.Measure.Kind.self), default: "cosine",
        example: "conditional",
        "How counts become similarities."),
      FormatKey(
        "shrinkage", .integer(0...1_000_000), default: 10, example: 5,
        "How strongly few common customers are distrusted."),
      FormatKey(
        "capacity", .integer(1...ProgramLimits.keptValues), default: 128, example: 64,
        "How many neighbours are kept of an item."),
      FormatKey(
        "itemsOfCustomer", .integer(1...ProgramLimits.keptValues), default: 64, example: 32,
        "How many items are kept of a customer; the oldest goes."), reasons,
    ], rules: eachAndAs)
}
