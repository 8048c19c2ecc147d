import ArgumentParser
import Explaining
import Glibc
import Host
import JSON
import Programs

/// `recount programs check`.
struct ProgramsCheck: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Check programs on disk: every problem with its place and how to mend it.",
    discussion: """
      A path is a program's folder (it has a program.yaml) or a folder of such folders. Exit code \
      1 when anything is wrong. JSON: problems (how many), programs [{path, program, ok, version, \
      title, problems [{file, line, column, message, mend}], notes [the same], contents {filters, \
      features, states, exits, templates, model}}].
      """)

  @Argument(help: "Program folders, or folders of program folders.")
  var paths: [String]
  @Flag(name: .long, help: "Print one JSON object as the last line of standard output.")
  var json = false

  func run() throws {
    let checked = try paths.flatMap { try CheckedProgram.all(below: $0) }
    let count = checked.reduce(0) { $0 + $1.problems.count }
    if json {
      Output.json { object in
        object.field("problems", count)
        object.key("programs")
        object.array { array in
          for program in checked { program.write(to: &array) }
        }
      }
    } else {
      for program in checked { program.print() }
    }
    if count > 0 { throw ExitCode(1) }
  }
}

/// A program's folder with what the check said about it.
struct CheckedProgram {
  let path: String
  /// The folder's name, which is the program's id.
  let folder: String
  /// nil: it has problems.
  let program: Program?
  let problems: [ProgramProblem]

  /// Checks the program in `path`, or all that lie below it.
  /// - Throws: Where there is no program, or one that cannot be read.
  static func all(
    below path: String, overrides: (String) -> [ProgramOverride] = { _ in [] }
  ) throws -> [CheckedProgram] {
    let trimmed = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    let isProgram = unsafe access(trimmed + "/program.yaml", F_OK) == 0
    return try ProgramFolders(path: trimmed).bodies().map { folder, body in
      CheckedProgram(
        path: isProgram ? trimmed : "\(trimmed)/\(folder)", folder: folder, body: body,
        overrides: overrides(folder))
    }
  }

  private init(path: String, folder: String, body: ProgramBody, overrides: [ProgramOverride]) {
    self.path = path
    self.folder = folder
    do {
      program = try Program(body: body, folder: folder, overrides: overrides)
      problems = []
    } catch {
      program = nil
      problems = error.problems
    }
  }

  /// Prints problems and notes as `file:line:column: message; mend`, and what a good program has.
  func print() {
    for problem in problems { Output.line(Self.line(problem, path)) }
    guard let program else { return }
    for note in program.notes { Output.line("note: " + Self.line(note, path)) }
    Output.line(
      "ok: \(path): \(program.title), version \(program.version.description.prefix(12)): "
        + contents(of: program))
  }

  /// What the check found, where people and editors find it.
  static func line(_ problem: ProgramProblem, _ path: String) -> String {
    problem.file.hasPrefix("--set") ? "\(problem)" : "\(path)/\(problem)"
  }

  private func contents(of program: Program) -> String {
    let parts = [
      (program.filters.count, "filter"), (program.features.count, "feature"),
      (program.journey.states.count, "state"), (program.journey.exits.count, "exit"),
      (program.templates.count, "template"),
    ]
    let counted = parts.map { count, name in "\(count) \(name)\(count == 1 ? "" : "s")" }
    return (counted + (program.scoring?.scores ?? []).map { "model \($0.model.name)" })
      .joined(separator: ", ")
  }

  func write(to writer: inout JSONWriter) {
    writer.object { object in
      object.field("path", path)
      object.field("program", program?.id ?? folder)
      object.field("ok", program != nil)
      object.key("version")
      if let program { object.string(program.version.description) } else { object.null() }
      object.key("title")
      if let program { object.string(program.title) } else { object.null() }
      Self.write("problems", problems, to: &object)
      Self.write("notes", program?.notes ?? [], to: &object)
      object.key("contents")
      guard let program else { return object.null() }
      object.object { contents in
        contents.field("filters", program.filters.count)
        contents.field("features", program.features.count)
        contents.field("states", program.journey.states.count)
        contents.field("exits", program.journey.exits.count)
        contents.field("templates", program.templates.count)
        contents.key("model")
        if let score = program.scoring?.scores.first {
          contents.string(score.model.name)
        } else {
          contents.null()
        }
      }
    }
  }

  private static func write(
    _ name: String, _ problems: [ProgramProblem], to object: inout JSONWriter
  ) {
    object.key(name)
    object.array { array in
      for problem in problems {
        array.object { item in
          item.field("file", problem.file)
          item.field("line", problem.line)
          item.field("column", problem.column)
          item.field("message", problem.message)
          item.key("mend")
          if let mend = problem.mend { item.string(mend) } else { item.null() }
        }
      }
    }
  }
}
