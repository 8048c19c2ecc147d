import FoundationEssentials
package import TimeZones

/// The machine's database of time zones: a folder of TZif files, such as `/usr/share/zoneinfo`.
package struct TimeZoneFolder {
  /// Where systems keep it.
  package static let usual = "/usr/share/zoneinfo"
  /// Folders and links that repeat or skew what is there.
  private static let skipped: Set<String> = [
    "posix", "right", "localtime", "posixrules", "Factory",
  ]
  /// A file's limit: the largest of the database has 4 KiB.
  private static let fileBytes = 1 << 16

  private let path: String

  package init(path: String = TimeZoneFolder.usual) {
    self.path = path
  }

  /// Every zone of the folder.
  /// - Throws: ``TimeZoneFolderError`` where there is none; ``TimeZoneBodyError`` for a damaged
  ///   file.
  package func body() throws -> TimeZoneBody {
    var zones: [String: [UInt8]] = [:]
    read("", depth: 0, into: &zones)
    guard !zones.isEmpty else { throw TimeZoneFolderError(path: path) }
    return try TimeZoneBody(zones: zones)
  }

  /// The release that the folder says it is of; empty: it says nothing.
  package var release: String {
    guard let data = FileManager.default.contents(atPath: path + "/tzdata.zi") else { return "" }
    let line = data.prefix { $0 != 0x0A }
    let words = String(decoding: line, as: UTF8.self).split(separator: " ")
    return words.count == 3 && words[1] == "version" ? String(words[2].prefix(16)) : ""
  }

  private func read(_ relative: String, depth: Int, into zones: inout [String: [UInt8]]) {
    let manager = FileManager.default
    let names = (try? manager.contentsOfDirectory(atPath: path + "/" + relative)) ?? []
    for name in names where !Self.skipped.contains(name) {
      let inner = relative.isEmpty ? name : relative + "/" + name
      guard inner.utf8.count <= TimeZoneBody.nameBytes else { continue }
      var isFolder = false
      guard manager.fileExists(atPath: path + "/" + inner, isDirectory: &isFolder) else { continue }
      if isFolder {
        if depth < 3 { read(inner, depth: depth + 1, into: &zones) }
        continue
      }
      guard let data = manager.contents(atPath: path + "/" + inner),
        data.count <= Self.fileBytes, data.prefix(4).elementsEqual("TZif".utf8)
      else { continue }
      zones[inner] = [UInt8](data)
    }
  }
}

/// A machine without the database, where a program asks for local times.
package struct TimeZoneFolderError: Error, CustomStringConvertible {
  /// The folder that was looked at.
  package let path: String

  package var description: String {
    "\(path) holds no time zones, but a program asks for local times: install tzdata"
  }
}
