package import CBOR
import JSON
package import Programs

/// Fills templates: mustache(5) with the pieces that ``MustacheText`` has, over a delivery's
/// variables.
///
/// - Nothing is escaped: messages are plain text.
/// - A name is looked up in the innermost section first, then outwards; the further parts of a
///   dotted name inside what its first part named. What is missing or null leaves nothing.
/// - Integers stand as they are, floats in the fewest digits that give them back and without a
///   point where they are whole; a list as its elements with commas between, an object as JSON.
/// - A section stands once for each element of a list, never for false, null or an empty list,
///   and once for anything else.
package struct TemplateText {
  /// How many pieces one text may take: sections inside sections multiply.
  package static let maximumPieces = 100_000

  private var output: [UInt8] = []
  private var pieces = 0
  /// The variables, then what each open section stands for.
  private var context: [CBORView]

  private init(_ variables: CBORView) {
    context = [variables]
  }

  /// The text of `source` with a map of variables.
  package static func render(
    _ source: MustacheText, with variables: CBORView
  ) throws(TemplateTextError) -> String {
    var text = TemplateText(variables)
    try text.append(source.nodes)
    return String(decoding: text.output, as: UTF8.self)
  }

  private mutating func append(_ nodes: [MustacheText.Node]) throws(TemplateTextError) {
    for node in nodes {
      pieces += 1
      guard pieces <= Self.maximumPieces else { throw TemplateTextError() }
      switch node {
      case .text(let text): output += text.utf8
      case .variable(let tag, _):
        if let value = value(of: tag) { append(value) }
      case .section(let tag, let inner):
        guard let value = value(of: tag), Self.stands(value) else { continue }
        if value.kind == .array {
          for index in 0..<value.count {
            if let element = value.element(at: index) { try append(inner, inside: element) }
          }
        } else {
          try append(inner, inside: value)
        }
      case .inverted(let tag, let inner):
        if let value = value(of: tag), Self.stands(value) { continue }
        try append(inner)
      }
    }
  }

  private mutating func append(
    _ nodes: [MustacheText.Node], inside value: CBORView
  ) throws(TemplateTextError) {
    context.append(value)
    try append(nodes)
    context.removeLast()
  }

  private func value(of tag: MustacheText.Tag) -> CBORView? {
    guard let first = tag.path.first else { return context.last }
    let key = CBORKey(first)
    for scope in context.reversed() {
      guard var value = scope.view(forKey: key) else { continue }
      for part in tag.path.dropFirst() {
        guard let inner = value.view(forKey: CBORKey(part)) else { return nil }
        value = inner
      }
      return value
    }
    return nil
  }

  private static func stands(_ value: CBORView) -> Bool {
    switch value.kind {
    case .null, .undefined: false
    case .bool: value.bool == true
    case .array: value.count > 0
    default: true
    }
  }

  private mutating func append(_ value: CBORView) {
    switch value.kind {
    case .null, .undefined: break
    case .text: output += value.storage[value.textBytesRange ?? 0..<0]
    case .float: output += Self.text(value.double ?? .nan).utf8
    case .array:
      for index in 0..<value.count {
        if index > 0 { output += ", ".utf8 }
        if let element = value.element(at: index) { append(element) }
      }
    default:
      var writer = JSONWriter()
      writer.item(value)
      output += writer.bytes
    }
  }

  private static func text(_ value: Double) -> String {
    // Every whole number up to 2^53 has its own float, so that its digits say it exactly.
    if value.magnitude <= 9_007_199_254_740_992, value.rounded(.towardZero) == value {
      return "\(Int64(value))"
    }
    return value.description
  }
}

/// A template whose sections multiply beyond the limit.
package struct TemplateTextError: Error, Equatable, Sendable, CustomStringConvertible {
  package init() {}

  package var description: String {
    "its sections give more than \(TemplateText.maximumPieces) pieces of text;"
      + " send shorter lists, or put fewer sections inside each other"
  }
}
