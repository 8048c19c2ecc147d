import Binding
import CBOR
import CivilTime
import Engine
import Expressions
import Intake
import Programs

/// What a row's declared fields hold, in the order of the mapping; nil where one is empty.
struct Row {
  var line: Int
  var values: [Value?]
}

/// Makes the events that a row becomes.
struct RowEvents {
  private let mapping: ImportMapping
  private let requiresTime: Bool
  private let events: [BoundEvent]
  private var reader = CloudEventReader()

  init(_ mapping: ImportMapping, requiresTime: Bool) {
    self.mapping = mapping
    self.requiresTime = requiresTime
    events = mapping.events.map { BoundEvent($0, mapping.fields) }
  }

  /// The inputs that the row becomes, in the order of the mapping.
  /// - Throws: The first fault; then none of the row's events is taken.
  mutating func inputs(of row: Row) throws(Refusal) -> [Input] {
    var inputs: [Input] = []
    for event in events {
      guard let document = try event.document(of: row, source: mapping.source) else { continue }
      inputs.append(
        try reader.read(document: document.encoded(), requiresTime: requiresTime).get())
    }
    return inputs
  }
}

/// An event of the mapping with its expressions bound to the fields of a row.
private struct BoundEvent {
  private let event: ImportMapping.Event
  private let when: RowExpression?
  private let id: RowExpression
  private let subject: RowExpression
  private let time: RowExpression?
  private let data: Tree

  private indirect enum Tree {
    case leaf(RowExpression)
    case map([(name: String, value: Tree)])
    case list([Tree])
  }

  init(_ event: ImportMapping.Event, _ fields: [ImportMapping.Field]) {
    self.event = event
    when = event.when.map { RowExpression($0, fields) }
    id = RowExpression(event.id, fields)
    subject = RowExpression(event.subject, fields)
    time = event.time.map { RowExpression($0, fields) }
    data = Self.tree(event.data, fields)
  }

  private static func tree(
    _ tree: Program.ExpressionTree, _ fields: [ImportMapping.Field]
  ) -> Tree {
    switch tree {
    case .leaf(let expression): .leaf(RowExpression(expression, fields))
    case .map(let entries):
      .map(entries.map { ($0.name, Self.tree($0.value, fields)) })
    case .list(let elements): .list(elements.map { Self.tree($0, fields) })
    }
  }

  /// The CloudEvent of a row; nil where its `when` is false.
  func document(of row: Row, source: String) throws(Refusal) -> CBORValue? {
    if let when, try value(when, "when", row) != .bool(true) { return nil }
    var attributes: [(String, CBORValue)] = [
      ("specversion", "1.0"), ("type", .text(event.type)), ("source", .text(source)),
      ("id", .text(try key(id, "id", row))), ("subject", .text(try key(subject, "subject", row))),
      ("data", try item(data, "data", row) ?? .object([])),
    ]
    if let time, let moment = try item(.leaf(time), "time", row) {
      attributes.append(("time", moment))
    }
    return .object(attributes)
  }

  private func value(
    _ expression: RowExpression, _ place: String, _ row: Row
  ) throws(Refusal) -> Value {
    do throws(EvaluationError) {
      return try expression.value(row)
    } catch {
      throw Refusal(
        field: place, reason: "of event \(event.type) has no value in this row: \(error.message)")
    }
  }

  private func key(
    _ expression: RowExpression, _ place: String, _ row: Row
  ) throws(Refusal) -> String {
    let value = try value(expression, place, row)
    guard let bytes = EventExpression.key(value) else {
      throw Refusal(
        field: place, reason: "of event \(event.type) is \"\(value.text)\", not a text or number")
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The data at a place; nil where the row lacks the field that it is.
  private func item(_ tree: Tree, _ place: String, _ row: Row) throws(Refusal) -> CBORValue? {
    switch tree {
    case .leaf(let expression):
      if let field = expression.plainField {
        return row.values[field].map(\.cborValue)
      }
      return try value(expression, place, row).cborValue
    case .map(let entries):
      var fields: [(String, CBORValue)] = []
      for entry in entries {
        guard let value = try item(entry.value, "\(place)/\(entry.name)", row) else { continue }
        fields.append((entry.name, value))
      }
      return .object(fields)
    case .list(let elements):
      var items: [CBORValue] = []
      for (index, element) in elements.enumerated() {
        guard let value = try item(element, "\(place)/\(index)", row) else { continue }
        items.append(value)
      }
      return .array(items)
    }
  }
}

/// An expression over `row`.
private struct RowExpression {
  private enum Slot {
    case line
    case field(Int, path: [String])
    case whole
  }

  private let compiled: CompiledExpression
  private let slots: [Slot]
  private let names: [String]
  /// The index of the field that the expression consists of; nil: it is more than that.
  let plainField: Int?

  init(_ compiled: CompiledExpression, _ fields: [ImportMapping.Field]) {
    self.compiled = compiled
    names = fields.map(\.name)
    slots = compiled.attributes.map { attribute in
      guard let name = attribute.path.first else { return .whole }
      guard let index = fields.firstIndex(where: { $0.name == name }) else { return .line }
      return .field(index, path: Array(attribute.path.dropFirst()))
    }
    let isPlain =
      compiled.attributes.count == 1 && compiled.attributes[0].description == compiled.source
    if isPlain, case .field(let index, let path)? = slots.first, path.isEmpty {
      plainField = index
    } else {
      plainField = nil
    }
  }

  func value(_ row: Row) throws(EvaluationError) -> Value {
    try compiled.evaluate(RowActivation(expression: self, row: row))
  }

  private final class RowActivation: Activation {
    private let expression: RowExpression
    private let row: Row

    init(expression: RowExpression, row: Row) {
      self.expression = expression
      self.row = row
    }

    func attribute(_ slot: Int) throws(EvaluationError) -> Value? {
      switch expression.slots[slot] {
      case .line: .int(Int64(row.line))
      case .field(let index, let path): row.values[index]?.selecting(path)
      case .whole:
        .map(
          MapValue(
            fields: zip(expression.names, row.values).compactMap { name, value in
              value.map { (name, $0) }
            } + [("line", .int(Int64(row.line)))]))
      }
    }

    func call(_ slot: Int, _ arguments: [Value]) throws(EvaluationError) -> Value {
      let name = expression.compiled.hostCalls[slot]
      guard let result = try PlainFunctions.call(name, arguments) else {
        throw EvaluationError(.host, "\(name) is not known in a mapping")
      }
      return result
    }
  }
}
