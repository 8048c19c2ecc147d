import ModelSamples
import Programs

/// The program with scores of every kind, and the model that is registered for it.
enum ScoredProgram {
  static func program() throws -> Program {
    let files = ScoresProgram.files.mapValues { Array($0.utf8) }
    return try Program(body: ProgramBody(files: files), folder: "scored")
  }

  /// A scorecard that gives 0.1 for fewer than two visits and `points` tenths for more.
  static func newest(points: Int) throws -> ModelBody {
    try ModelBody(id: "newest", files: ScoresProgram.newest(points: points))
  }
}
