import ArgumentParser

/// `recount models`.
struct ModelsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "models",
    abstract: "Register and list models that programs name by id or hash.",
    subcommands: [ModelsRegister.self, ModelsList.self])
}
