import ArgumentParser

/// `recount programs`.
struct ProgramsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "programs",
    abstract: "Begin, check, compare, list and switch programs; print the schema of their files.",
    subcommands: [
      ProgramsList.self, ProgramsNew.self, ProgramsCheck.self, ProgramsDiff.self,
      ProgramsActivate.self, ProgramsDeactivate.self, ProgramsSchema.self,
    ])
}
