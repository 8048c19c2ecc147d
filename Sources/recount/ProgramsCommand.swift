import ArgumentParser

/// `recount programs`.
struct ProgramsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "programs",
    abstract: "List, check and switch programs.",
    subcommands: [
      ProgramsList.self, ProgramsCheck.self, ProgramsActivate.self, ProgramsDeactivate.self,
    ])
}
