import ArgumentParser
import Host
import JSON
import Programs

import class Foundation.FileManager

/// `recount models register`.
struct ModelsRegister: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "register",
    abstract: "Put a model in force for every program that names its id.",
    discussion: """
      FILE is a model's file as programs have it (ID.yaml; the file of trees that it names lies \
      beside it), or a file of XGBoost's save_model (.json or .ubj). A program names it as \
      model: {registered: ID}, and takes the latest from the next event on; every decision says \
      which one it took.

      JSON: model, kind, hash, features [NAME], position, replaced (hash or null), programs [ID], \
      unchanged.
      """)

  @Argument(help: "The model's file.")
  var file: String
  @Option(help: "The model's id; for a .yaml file the one that stands in it.")
  var id: String?
  @OptionGroup var data: DataOptions
  @Option(help: "Where ledger time comes from: event (the ledger's own time) or wall.")
  var clock: ClockMode = .event

  func run() throws {
    let body = try ModelFile(path: file, id: id).body()
    let host = try ProgramSwitch.host(data.data, clock)
    let done = try host.register(body)
    try host.close()
    guard !data.json else {
      Output.json { object in
        object.field("model", done.id)
        object.field("kind", done.kind.rawValue)
        object.field("hash", done.hash)
        object.key("features")
        object.array { array in for name in done.features { array.string(name) } }
        object.field("position", done.position)
        object.key("replaced")
        if let replaced = done.replaced { object.string(replaced) } else { object.null() }
        object.key("programs")
        object.array { array in for name in done.programs { array.string(name) } }
        object.field("unchanged", done.isUnchanged)
      }
      return
    }
    let name = "\(done.id) \(done.hash.prefix(12)) (\(done.kind.rawValue))"
    guard !done.isUnchanged else {
      Output.line("\(name) is in force already, since position \(done.position)")
      return
    }
    var text = "\(name) is in force from position \(done.position)"
    if let replaced = done.replaced { text += ", in place of \(replaced.prefix(12))" }
    text +=
      done.programs.isEmpty
      ? "; no program in force names it" : "; used by \(done.programs.joined(separator: ", "))"
    Output.line(text)
  }
}

/// A model's file on disk, with the file of trees that it names.
struct ModelFile {
  let path: String
  let id: String?

  /// The files as they would lie in a program's folder.
  func body() throws -> ModelBody {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count > 1, let ending = parts.last, ["yaml", "json", "ubj"].contains(ending) else {
      throw CommandFailure("\(path): a model's file ends in .yaml, .json or .ubj")
    }
    let content = try bytes(path)
    let stem = String(name.dropLast(ending.count + 1))
    guard ending == "yaml" else {
      let id = id ?? stem
      let file = "models/\(id).\(ending)"
      let text = "id: \(id)\nkind: trees\nfile: \(file)\n"
      return try ModelBody(
        id: id, files: ["models/\(id).yaml": Array(text.utf8), file: content])
    }
    let id = id ?? stem
    var files = ["models/\(id).yaml": content]
    let folder = path.contains("/") ? path.dropLast(name.count) : ""
    if let file = ModelBody.companion(of: content) {
      let last = file.split(separator: "/").last.map(String.init) ?? file
      files[file] = try bytes("\(folder)\(last)")
    }
    return try ModelBody(id: id, files: files)
  }

  private func bytes(_ path: String) throws -> [UInt8] {
    guard let content = FileManager.default.contents(atPath: path) else {
      throw CommandFailure("\(path) cannot be read: is it there, and a file?")
    }
    return [UInt8](content)
  }
}
