import ModelSamples
import Programs

/// The program with scores of every kind, and the model that is registered for it.
enum ScoredProgram {
  static func program() throws -> Program {
    let files = ScoresProgram.files.mapValues { Array($0.utf8) }
    return try Program(body: ProgramBody(files: files), folder: "scored")
  }

  /// The same, but that its registered model is one of items.
  static func programOfItems() throws -> Program {
    var files = ScoresProgram.files
    files["program.yaml"] = files["program.yaml"]?.replacing(
      "model: {registered: newest}\n    features: {visits: customer.visits, seconds: customer.seconds}",
      with: "model: {registered: newest}\n    features: {item: event.product}")
    return try Program(
      body: ProgramBody(files: files.mapValues { Array($0.utf8) }), folder: "scored")
  }

  /// The program's own model of items, to be registered.
  /// - Parameter condition: Which items count; written otherwise it is counted by itself.
  static func items(id: String, where condition: String) throws -> ModelBody {
    let text = (ScoresProgram.files["models/affinity.yaml"] ?? "")
      .replacing("id: affinity", with: "id: \(id)")
      .replacing("where: product != \"\"", with: "where: \(condition)")
    return try ModelBody(id: id, files: ["models/\(id).yaml": Array(text.utf8)])
  }

  /// A scorecard that gives 0.1 for fewer than two visits and `points` tenths for more.
  static func newest(points: Int) throws -> ModelBody {
    try ModelBody(id: "newest", files: ScoresProgram.newest(points: points))
  }
}
