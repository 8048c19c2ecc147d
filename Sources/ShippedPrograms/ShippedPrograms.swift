package import Programs

/// The programs that come with the product, as they stand in `Projections/Programs`.
package enum ShippedPrograms {
  /// Their ids, in order.
  package static var ids: [String] {
    var ids: [String] = []
    for file in embeddedFiles {
      let id = String(file.path.prefix { $0 != "/" })
      if ids.last != id { ids.append(id) }
    }
    return ids
  }

  /// The files of one; nil: there is no such program.
  package static func body(_ id: String) -> ProgramBody? {
    var files: [String: [UInt8]] = [:]
    for file in embeddedFiles where file.path.hasPrefix(id + "/") {
      files[String(file.path.dropFirst(id.utf8.count + 1))] = Array(file.text.utf8)
    }
    guard !files.isEmpty else { return nil }
    do {
      return try ProgramBody(files: files)
    } catch {
      preconditionFailure("the shipped program \(id): \(error)")
    }
  }
}
