import ArgumentParser
import Host
import JSON
import Programs

import class Foundation.FileManager

/// `recount programs new`.
struct ProgramsNew: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new",
    abstract: "Write the skeleton of a program: a folder that passes the check, with comments.",
    discussion: """
      The skeleton reacts to an event, asks two filters, scores, waits an hour and sends an \
      e-mail. Change what it says, then: recount programs check FOLDER, recount programs activate \
      FOLDER. Its first line names a schema for editors, which programs schema prints. JSON: program, folder, files [name].
      """)

  @Argument(help: "The program's id, which is its folder's name: letters, digits, - and _.")
  var id: String
  @Option(name: .customLong("in"), help: "The folder in which the program's folder is made.")
  var parent: String = "."
  @Flag(name: .long, help: "Print one JSON object as the last line of standard output.")
  var json = false

  func run() throws {
    let skeleton = ProgramSkeleton(id: id)
    do {
      _ = try Program(body: ProgramBody(files: skeleton.files), folder: id)
    } catch let error as ProgramProblems {
      throw CommandFailure(
        "\(id) cannot be a program's id: \(error.problems.first?.message ?? "\(error)")")
    }
    let folder = parent == "." ? id : "\(parent)/\(id)"
    let manager = FileManager.default
    guard !manager.fileExists(atPath: folder) else {
      throw CommandFailure("\(folder) is there already: choose another id, or another folder --in")
    }
    let names = skeleton.files.keys.sorted()
    for name in names {
      let path = "\(folder)/\(name)"
      let place = path.split(separator: "/").dropLast().joined(separator: "/")
      let parent = path.hasPrefix("/") ? "/" + place : place
      try manager.createDirectory(atPath: parent, withIntermediateDirectories: true)
      guard manager.createFile(atPath: path, contents: .init(skeleton.files[name] ?? [])) else {
        throw CommandFailure("\(path) cannot be written: check the permissions of the folder")
      }
    }
    guard json else {
      Output.line("made \(folder): \(names.joined(separator: ", "))")
      Output.line("next: recount programs check \(folder)")
      let schema = parent == "." ? "program.schema.json" : "\(parent)/program.schema.json"
      if !manager.fileExists(atPath: schema) {
        Output.line("for your editor: recount programs schema > \(schema)")
      }
      return
    }
    Output.json { object in
      object.field("program", id)
      object.field("folder", folder)
      object.key("files")
      object.array { array in
        for name in names { array.string(name) }
      }
    }
  }
}
