import ModelSamples
import Programs

/// A program without problems that has models of every kind, and ways to spoil it.
enum ScoresSample {
  static let files = ScoresProgram.files

  /// What the check prints for the program with `old` replaced by `new`, in `file`.
  static func problems(_ old: String, _ new: String, in file: String) throws -> [String] {
    var files = files
    if !old.isEmpty {
      guard let text = files[file], let range = text.firstRange(of: old) else {
        throw SampleError(missing: old)
      }
      files[file] = text.replacingCharacters(in: range, with: new)
    }
    return try Sample.problems(of: files, folder: "scored")
  }
}
