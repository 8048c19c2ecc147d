import Foundation

// embed-programs FOLDER OUTPUT: writes Swift source that holds every file below FOLDER, each as a
// list of bytes under its path relative to FOLDER.

guard CommandLine.arguments.count == 3 else {
  FileHandle.standardError.write(Data("usage: embed-programs FOLDER OUTPUT\n".utf8))
  exit(2)
}
let folder = URL(filePath: CommandLine.arguments[1])
let paths = (FileManager.default.enumerator(atPath: folder.path())?.allObjects ?? [])
  .compactMap { $0 as? String }
  .filter { path in
    var isFolder: ObjCBool = false
    let full = folder.appending(path: path).path()
    return FileManager.default.fileExists(atPath: full, isDirectory: &isFolder)
      && !isFolder.boolValue && path.contains("/") && !path.hasSuffix("README.md")
  }
  .sorted()

var source = "/// The files below Projections/Programs, by path.\n"
source += "let embeddedFiles: [(path: String, text: String)] = [\n"
for path in paths {
  let text = try String(contentsOf: folder.appending(path: path), encoding: .utf8)
  let marks = String(repeating: "#", count: 8)
  source += "  (\"\(path)\", \(marks)\"\"\"\n\(text)\n\"\"\"\(marks)),\n"
}
source += "]\n"
try source.write(to: URL(filePath: CommandLine.arguments[2]), atomically: true, encoding: .utf8)
