extension ProgramReader {
  /// Puts the overrides into the tree. What they name is checked with the rest of it afterwards; a
  /// problem in one has the file `--set PATH`.
  func apply(_ overrides: [ProgramOverride], to root: inout YAMLNode) {
    for override in overrides {
      let place = Place(file: "--set \(override.path)", line: 1, column: 1)
      guard let value = parse(place.file, Array(override.value.utf8)) else { continue }
      let parts = override.path.utf8.split(separator: 0x2E, omittingEmptySubsequences: false)
        .map { String(decoding: Array($0), as: UTF8.self) }
      guard parts.allSatisfy({ !$0.isEmpty }), parts.count <= ProgramLimits.yamlDepth else {
        report(place, "\"\(override.path)\" is not a path", mend: "join keys with dots")
        continue
      }
      set(parts[...], to: value, in: &root, path: "the program", place)
    }
  }

  private func set(
    _ parts: ArraySlice<String>, to value: YAMLNode, in node: inout YAMLNode, path: String,
    _ place: Place
  ) {
    guard let first = parts.first else {
      node = value
      return
    }
    switch node.content {
    case .sequence(var elements):
      let index =
        elements.firstIndex { $0["id"]?.scalar?.text == first }
        ?? Int(first).flatMap { elements.indices.contains($0) ? $0 : nil }
      guard let index else {
        let ids = elements.compactMap { $0["id"]?.scalar?.text }
        report(
          place, "\(path) has no element \"\(first)\"",
          mend: NearestName.mend(for: first, among: ids))
        return
      }
      set(parts.dropFirst(), to: value, in: &elements[index], path: first, place)
      node.content = .sequence(elements)
    case .mapping(var entries):
      setEntry(parts, to: value, in: &entries, path: path, place)
      node.content = .mapping(entries)
    case .scalar where node.isNull:
      var entries: [YAMLEntry] = []
      setEntry(parts, to: value, in: &entries, path: path, place)
      node = YAMLNode(content: .mapping(entries), place: place)
    case .scalar:
      report(place, "\(path) is a single value and has no \"\(first)\"")
    }
  }

  /// Keys may hold dots (event types), so that the longest key that the path goes on with counts.
  private func setEntry(
    _ parts: ArraySlice<String>, to value: YAMLNode, in entries: inout [YAMLEntry], path: String,
    _ place: Place
  ) {
    for length in stride(from: parts.count, through: 1, by: -1) {
      let key = parts.prefix(length).joined(separator: ".")
      guard let index = entries.firstIndex(where: { $0.key == key }) else { continue }
      set(parts.dropFirst(length), to: value, in: &entries[index].value, path: key, place)
      return
    }
    guard let key = parts.first else { return }
    if path == "params" {
      report(
        place, "params has no \"\(key)\"",
        mend: NearestName.mend(for: key, among: entries.map(\.key)))
      return
    }
    var inner = YAMLNode(
      content: .scalar(YAMLScalar(text: "", style: .plain)), place: place)
    set(parts.dropFirst(), to: value, in: &inner, path: key, place)
    entries.append(YAMLEntry(key: key, keyPlace: place, value: inner))
  }
}
