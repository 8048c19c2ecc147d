/// A text with mustache tags, parsed: variables, sections, inverted sections and comments of
/// mustache(5). Partials, blocks, lambdas and changed delimiters are not part of the format.
package struct MustacheText: Sendable, Hashable {
  /// The source, as it stands in the template's file.
  package let source: String
  /// The parsed text.
  package let nodes: [Node]

  /// A piece of the text.
  package indirect enum Node: Sendable, Hashable {
    case text(String)
    /// `{{name}}`, or `{{{name}}}` and `{{&name}}`, which are not escaped where HTML is.
    case variable(Tag, isEscaped: Bool)
    /// `{{#name}}…{{/name}}`: once for each element of a list, once for any other value that is
    /// neither false nor null nor an empty list; inside, names are looked up in it first.
    case section(Tag, [Node])
    /// `{{^name}}…{{/name}}`: once where a section would not appear.
    case inverted(Tag, [Node])
  }

  /// What a tag names.
  package struct Tag: Sendable, Hashable {
    /// The parts of a dotted name; empty for `.`, the current element.
    package let path: [String]
    /// Where the tag begins in the source, in UTF-8 bytes.
    package let offset: Int
  }

  /// Parses `source`.
  ///
  /// - Throws: For a tag that is not closed, a section that does not match, and tags that are not
  ///   supported.
  package init(parsing source: String) throws(MustacheError) {
    self.source = source
    var parser = MustacheParser(source: source)
    nodes = try parser.text()
  }

  /// Calls `body` for each name that must come from the send: those outside of every section, and
  /// the names of the outermost sections. Inside a section a name may be the element's own.
  func forEachOuterTag(_ body: (Tag) -> Void) {
    MustacheText.walk(nodes, isInside: false, body)
  }

  private static func walk(_ nodes: [Node], isInside: Bool, _ body: (Tag) -> Void) {
    for node in nodes {
      switch node {
      case .text: continue
      case .variable(let tag, _):
        if !isInside, !tag.path.isEmpty { body(tag) }
      case .section(let tag, let inner):
        if !isInside, !tag.path.isEmpty { body(tag) }
        walk(inner, isInside: true, body)
      case .inverted(let tag, let inner):
        if !isInside, !tag.path.isEmpty { body(tag) }
        walk(inner, isInside: isInside, body)
      }
    }
  }
}

/// Why a text is not mustache.
package struct MustacheError: Error, Hashable, Sendable {
  /// Where, in UTF-8 bytes of the source.
  package let offset: Int
  /// What is wrong and how to mend it.
  package let message: String
}
