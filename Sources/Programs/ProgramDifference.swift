/// One place in which two programs differ.
package struct ProgramDifference: Hashable, Sendable {
  /// What became of the place.
  package enum Kind: String, Sendable {
    case added, removed, changed
  }

  /// The file's name in the body.
  package let file: String
  /// Keys joined by dots, as for an override: elements of lists by their `id`, `name`, or index.
  /// Empty where the whole file is meant.
  package let path: String
  package let kind: Kind
  /// The values on one line, as the file writes them; nil where there is none.
  package let before: String?
  package let after: String?

  /// Where two programs differ, by file and in the order of the files; layout and comments of YAML
  /// do not count. Empty if they are the same.
  ///
  /// A file that is no YAML is compared line by line. Overrides that lie over a program are given
  /// apart: they are put in before the comparison.
  package static func between(
    _ old: ProgramBody, _ oldOverrides: [ProgramOverride], and new: ProgramBody,
    _ newOverrides: [ProgramOverride]
  ) -> [ProgramDifference] {
    let names = ProgramFileNames.all(old, new)
    return names.flatMap { name -> [ProgramDifference] in
      switch (old.files[name], new.files[name]) {
      case (nil, let bytes?):
        return [Self(file: name, path: "", kind: .added, before: nil, after: size(bytes))]
      case (let bytes?, nil):
        return [Self(file: name, path: "", kind: .removed, before: size(bytes), after: nil)]
      case (let before?, let after?):
        let isProgram = name == "program.yaml"
        guard let left = tree(name, before, isProgram ? oldOverrides : []),
          let right = tree(name, after, isProgram ? newOverrides : [])
        else { return lines(name, before, after) }
        var comparison = TreeComparison(file: name)
        comparison.compare(left, right, path: [])
        return comparison.differences
      case (nil, nil): return []
      }
    }
  }

  private static func size(_ bytes: [UInt8]) -> String { "\(bytes.count) bytes" }

  private static func tree(
    _ name: String, _ bytes: [UInt8], _ overrides: [ProgramOverride]
  ) -> YAMLNode? {
    guard name.hasSuffix(".yaml") || name.hasSuffix(".yml") else { return nil }
    let reader = ProgramReader()
    guard var root = reader.parse(name, bytes) else { return nil }
    reader.apply(ProgramOverride.canonical(overrides), to: &root)
    return root
  }

  /// The first line in which texts differ, or that bytes do.
  private static func lines(
    _ name: String, _ before: [UInt8], _ after: [UInt8]
  ) -> [ProgramDifference] {
    guard before != after else { return [] }
    guard let left = String(validating: before, as: UTF8.self),
      let right = String(validating: after, as: UTF8.self)
    else {
      return [
        Self(file: name, path: "", kind: .changed, before: size(before), after: size(after))
      ]
    }
    let old = left.split(separator: "\n", omittingEmptySubsequences: false)
    let new = right.split(separator: "\n", omittingEmptySubsequences: false)
    let index =
      zip(old, new).enumerated().first { $1.0 != $1.1 }?.offset ?? min(old.count, new.count)
    return [
      Self(
        file: name, path: "line \(index + 1)", kind: .changed,
        before: index < old.count ? String(old[index]) : nil,
        after: index < new.count ? String(new[index]) : nil)
    ]
  }
}

/// The names of the files of two programs.
private enum ProgramFileNames {
  static func all(_ old: ProgramBody, _ new: ProgramBody) -> [String] {
    let names = sortedByBytes(Set(old.files.keys).union(new.files.keys))
    return names.filter { $0 == "program.yaml" } + names.filter { $0 != "program.yaml" }
  }
}

/// Walks over two trees side by side.
private struct TreeComparison {
  let file: String
  private(set) var differences: [ProgramDifference] = []

  init(file: String) {
    self.file = file
  }

  mutating func compare(_ old: YAMLNode, _ new: YAMLNode, path: [String]) {
    if let left = old.entries, let right = new.entries {
      compare(left.map { ($0.key, $0.value) }, right.map { ($0.key, $0.value) }, path)
    } else if let left = old.elements, let right = new.elements {
      compare(named(left), named(right), path)
      compareOrder(named(left).map(\.name), named(right).map(\.name), path)
    } else if shown(old) != shown(new) {
      add(.changed, path, shown(old), shown(new))
    }
  }

  private mutating func compare(
    _ old: [(name: String, node: YAMLNode)], _ new: [(name: String, node: YAMLNode)],
    _ path: [String]
  ) {
    for (name, node) in old {
      if let other = new.first(where: { $0.name == name })?.node {
        compare(node, other, path: path + [name])
      } else {
        add(.removed, path + [name], shown(node), nil)
      }
    }
    for (name, node) in new where !old.contains(where: { $0.name == name }) {
      add(.added, path + [name], nil, shown(node))
    }
  }

  /// Elements that kept their names may have changed places: filters are asked in order.
  private mutating func compareOrder(_ old: [String], _ new: [String], _ path: [String]) {
    let left = old.filter(new.contains)
    let right = new.filter(old.contains)
    guard left != right else { return }
    add(.changed, path + ["order"], left.joined(separator: ", "), right.joined(separator: ", "))
  }

  /// The elements of a list by what tells them apart.
  private func named(_ elements: [YAMLNode]) -> [(name: String, node: YAMLNode)] {
    for key in ["id", "name"] {
      let names = elements.map { $0[key]?.scalar?.text ?? "" }
      guard names.allSatisfy({ !$0.isEmpty }), Set(names).count == names.count else { continue }
      return Array(zip(names, elements)).map { ($0, $1) }
    }
    return elements.enumerated().map { (String($0), $1) }
  }

  private mutating func add(
    _ kind: ProgramDifference.Kind, _ path: [String], _ before: String?, _ after: String?
  ) {
    differences.append(
      ProgramDifference(
        file: file, path: path.joined(separator: "."), kind: kind, before: before, after: after))
  }

  private func shown(_ node: YAMLNode) -> String {
    switch node.content {
    case .scalar(let scalar):
      if case .string = scalar.resolved, scalar.style != .plain { return "\"\(scalar.text)\"" }
      return scalar.text
    case .sequence(let elements): return "[\(elements.map(shown).joined(separator: ", "))]"
    case .mapping(let entries):
      let pairs = entries.map { "\($0.key): \(shown($0.value))" }
      return "{\(pairs.joined(separator: ", "))}"
    }
  }
}
