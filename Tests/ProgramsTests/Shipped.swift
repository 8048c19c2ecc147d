import Programs

/// The repository's own programs, found beside the tests.
enum Shipped {
  static let names = [
    "abandoned-cart", "account-takeover", "churn-prevention", "predictive-issue-resolution",
    "proactive-refunds", "product-recommendations", "suspicious-activity", "win-back",
  ]

  static func folder(_ name: String) -> ProgramFolder {
    let parts = #filePath.split(separator: "/").dropLast(3)
    return ProgramFolder(path: "/" + parts.joined(separator: "/") + "/Projections/Programs/" + name)
  }

  static func body(_ name: String) throws -> ProgramBody {
    try folder(name).body()
  }

  static func program(_ name: String, _ overrides: [ProgramOverride] = []) throws -> Program {
    try Program(body: body(name), folder: name, overrides: overrides)
  }
}
