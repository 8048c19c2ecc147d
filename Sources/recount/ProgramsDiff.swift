import ArgumentParser
import CBOR
import Catalog
import Engine
import Explaining
import Glibc
import Host
import JSON
import Ledger
import Programs

/// `recount programs diff`.
struct ProgramsDiff: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Show in what two versions of a program differ: values, not lines.",
    discussion: """
      Each side is a program's folder, the id of a program of the data directory (its version in \
      force), or id@VERSION with the first digits of one that was ever active. Layout, comments \
      and the order of keys do not count; elements of lists are told apart by id or name. \
      Overrides are part of a version.

      Exit code: 0 also where they differ. JSON: before, after {program, version}, differences \
      [{file, path, kind (added, removed, changed), before, after}].
      """)

  @Argument(help: "A folder, ID or ID@VERSION.")
  var before: String
  @Argument(help: "A folder, ID or ID@VERSION.")
  var after: String
  @OptionGroup var data: DataOptions

  func run() throws {
    let old = try ProgramSide(before, data: data.data)
    let new = try ProgramSide(after, data: data.data)
    let differences = ProgramDifference.between(
      old.body, old.overrides, and: new.body, new.overrides)
    guard data.json else { return print(old, new, differences) }
    Output.json { object in
      object.key("before")
      old.write(to: &object)
      object.key("after")
      new.write(to: &object)
      object.key("differences")
      object.array { array in
        for difference in differences {
          array.object { item in
            item.field("file", difference.file)
            item.field("path", difference.path)
            item.field("kind", difference.kind.rawValue)
            Self.write("before", difference.before, to: &item)
            Self.write("after", difference.after, to: &item)
          }
        }
      }
    }
  }

  private static func write(_ name: String, _ text: String?, to object: inout JSONWriter) {
    object.key(name)
    if let text { object.string(text) } else { object.null() }
  }

  private func print(
    _ old: ProgramSide, _ new: ProgramSide, _ differences: [ProgramDifference]
  ) {
    var page = TextPage.terminal()
    page.line("\(old.title) → \(new.title)")
    if differences.isEmpty { page.line("they say the same") }
    var file = ""
    for difference in differences {
      if difference.file != file {
        file = difference.file
        page.heading(file)
      }
      let name = difference.path.isEmpty ? "the file" : difference.path
      let sides = [difference.before, difference.after].map { Printable.text($0 ?? "") }
      switch difference.kind {
      case .added: page.hanging("+ \(name)  ", sides[1], prefix: "  ", emphasis: .good)
      case .removed: page.hanging("- \(name)  ", sides[0], prefix: "  ", emphasis: .bad)
      case .changed: page.hanging("  \(name)  ", "\(sides[0]) → \(sides[1])", prefix: "  ")
      }
    }
    Output.write(Array(page.text.utf8), to: STDOUT_FILENO)
  }
}

/// One side of a comparison of programs.
private struct ProgramSide {
  let id: String
  let body: ProgramBody
  let overrides: [ProgramOverride]

  var version: String {
    ProgramVersion(body: body, overrides: overrides).description
  }

  var title: String { "\(id) \(version.prefix(12))" }

  init(_ text: String, data: String) throws {
    // An id has no "/" and is no folder. The path ends in zero and is read during the call.
    let isFolder = unsafe access(text + "/program.yaml", F_OK) == 0
    if isFolder || text.contains("/") {
      let folder = ProgramFolder(path: text)
      (id, body, overrides) = (folder.name, try folder.body(), [])
      return
    }
    let parts = text.split(separator: "@", maxSplits: 1).map(String.init)
    let view = try CatalogView(directory: data)
    defer { view.snapshot.close() }
    guard let name = parts.first, let row = view.row(name, version: parts.dropFirst().first) else {
      throw CommandFailure(
        "\(text): there is no such folder, and \(data) has no such program: "
          + "recount programs list names them; a version needs as many digits as tell it apart")
    }
    id = name
    body = try ProgramBody(decoding: view.snapshot.context.blob(row.position) ?? [])
    overrides = view.overrides(at: row.position)
  }

  func write(to writer: inout JSONWriter) {
    writer.object { object in
      object.field("program", id)
      object.field("version", version)
    }
  }
}

/// The activations of a data directory.
private struct CatalogView {
  let snapshot: ViewSnapshot
  private let catalog: Catalog?

  init(directory: String) throws {
    var made: Catalog?
    snapshot = try ViewSnapshot(directory: directory) { context in
      let catalog = Catalog(context: context)
      made = catalog
      return [catalog]
    }
    catalog = made
  }

  /// The last activation of a program, or of the one version that begins with these digits.
  func row(_ id: String, version: String?) -> ActivationRow? {
    var rows: [ActivationRow] = []
    catalog?.forEachActivation { row in
      if row.program == id, row.version.hasPrefix(version ?? "") { rows.append(row) }
    }
    guard version != nil else { return rows.last }
    return Set(rows.map(\.version)).count == 1 ? rows.last : nil
  }

  func overrides(at position: UInt64) -> [ProgramOverride] {
    var overrides: [ProgramOverride] = []
    snapshot.context.event(position)?.payload.view(forKey: Field.set)?.forEachEntry {
      overrides.append(ProgramOverride(path: $0.string ?? "", value: $1.string ?? ""))
    }
    return overrides
  }
}
