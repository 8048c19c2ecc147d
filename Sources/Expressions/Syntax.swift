/// A node of the syntax tree, after macros were expanded. Trees are at most `maximumDepth` deep, so
/// that every walk over them may recurse.
final class Syntax: Sendable {
  /// The deepest tree that is compiled.
  static let maximumDepth = 500

  indirect enum Kind: Sendable {
    case literal(Value)
    /// A name; `isAbsolute` if written with a dot in front, which skips container and local names.
    case identifier(String, isAbsolute: Bool)
    case select(Syntax, field: String, isTest: Bool, isOptional: Bool)
    case call(String, target: Syntax?, arguments: [Syntax])
    case list([Element])
    case map([Entry])
    case and([Syntax])
    case or([Syntax])
    case conditional(Syntax, Syntax, Syntax)
    case comprehension(Comprehension)
    /// `name` stands for `value` within `body`; evaluated when it is first read.
    case binding(name: String, value: Syntax, body: Syntax)
  }

  struct Element: Sendable {
    let value: Syntax
    /// Written with `?`: the value is an optional, and left out if it is none.
    let isOptional: Bool
  }

  struct Entry: Sendable {
    let key: Syntax
    let value: Syntax
    let isOptional: Bool
  }

  struct Comprehension: Sendable {
    enum Purpose: Sendable {
      case all, exists, existsOne, map, filter, transformList, transformMap, transformMapEntry
      case sortBy
    }

    let purpose: Purpose
    let range: Syntax
    /// The element (of a list) or key (of a map); with a second variable the index or key.
    let first: String
    let second: String?
    /// The predicate, or the filter of a transformation.
    let condition: Syntax?
    /// What is made of each element.
    let result: Syntax?
  }

  /// The node's number in its tree, from 0.
  let id: Int
  /// Where it starts in the source, in bytes.
  let offset: Int
  /// 1 for a leaf.
  let depth: Int
  let kind: Kind

  init(id: Int, offset: Int, kind: Kind) {
    self.id = id
    self.offset = offset
    self.kind = kind
    depth = 1 + (Syntax.children(of: kind).map(\.depth).max() ?? 0)
  }

  /// The nodes directly below, in the order of the source.
  var children: [Syntax] { Syntax.children(of: kind) }

  /// The name with dots that the node writes: `a.b.c`; nil if it is anything else.
  var qualifiedName: (name: String, isAbsolute: Bool)? {
    switch kind {
    case .identifier(let name, let isAbsolute): return (name, isAbsolute)
    case .select(let operand, let field, isTest: false, isOptional: false):
      guard let prefix = operand.qualifiedName else { return nil }
      return (prefix.name + "." + field, prefix.isAbsolute)
    default: return nil
    }
  }

  private static func children(of kind: Kind) -> [Syntax] {
    switch kind {
    case .literal, .identifier: []
    case .select(let operand, _, _, _): [operand]
    case .call(_, let target, let arguments): (target.map { [$0] } ?? []) + arguments
    case .list(let elements): elements.map(\.value)
    case .map(let entries): entries.flatMap { [$0.key, $0.value] }
    case .and(let operands), .or(let operands): operands
    case .conditional(let condition, let first, let second): [condition, first, second]
    case .comprehension(let comprehension):
      [comprehension.range]
        + [comprehension.condition, comprehension.result].compactMap { $0 }
    case .binding(_, let value, let body): [value, body]
    }
  }
}
