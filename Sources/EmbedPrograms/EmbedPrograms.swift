import Foundation
import PackagePlugin

/// Puts the files of `Projections/Programs` into the binary, so that it runs anywhere.
@main
struct EmbedPrograms: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
    let folder = context.package.directoryURL.appending(path: "Projections/Programs")
    let output = context.pluginWorkDirectoryURL.appending(path: "EmbeddedFiles.swift")
    return [
      .buildCommand(
        displayName: "Embedding the shipped programs",
        executable: try context.tool(named: "embed-programs").url,
        arguments: [folder.path(), output.path()],
        inputFiles: files(below: folder),
        outputFiles: [output])
    ]
  }

  private func files(below folder: URL) -> [URL] {
    let paths = FileManager.default.enumerator(atPath: folder.path())?.allObjects ?? []
    return paths.compactMap { $0 as? String }.sorted().map { folder.appending(path: $0) }
      .filter { !$0.hasDirectoryPath }
  }
}
