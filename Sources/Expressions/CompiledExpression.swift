/// An expression of the Common Expression Language (github.com/google/cel-spec), parsed, checked
/// and compiled, ready to be evaluated any number of times from any thread.
///
/// The whole standard library and the extensions strings, math, lists, sets, encoders, bindings,
/// optionals, network, regex and two-variable comprehensions are there; protocol buffer messages
/// are not. Evaluation is deterministic, never traps, and does no more work than its limit.
package final class CompiledExpression: Sendable {
  /// The text it was made from.
  package let source: String
  /// The type that the checker found for its value.
  package let resultType: ValueType
  /// What it reads from its host, each once, in the order of first appearance. `has(a.b.c)` also
  /// lists `a.b` after `a.b.c`, which is asked only if `a.b.c` is missing.
  package let attributes: [Attribute]
  /// The host functions that it calls, each once, in the order of first appearance.
  package let hostCalls: [String]
  /// The worst cost in small steps, with lists of `Declarations.assumedSize`.
  package let estimatedCost: Int64

  private let root: Node
  private let slotCount: Int
  private let workLimit: Int64
  /// Where it asks for the rules of time zones, or may do so; nil: nowhere.
  package let zoneUse: ZoneUse?
  /// Whether it asks for the rules of named time zones.
  package let usesTimeZones: Bool

  /// Compiles `source`.
  ///
  /// - Throws: The first error with its place, and what may be meant.
  package convenience init(
    _ source: String, declarations: Declarations
  ) throws(ExpressionError) {
    try self.init(source, declarations: declarations, checks: true, expandsMacros: true)
  }

  /// Compiles `source`, without the check or without macros if asked: then what the check would
  /// have refused fails when it is evaluated.
  package init(
    _ source: String, declarations: Declarations, checks: Bool, expandsMacros: Bool
  ) throws(ExpressionError) {
    let text = SourceText(source)
    let functions = try FunctionTable(declarations: declarations)
    var parser = try Parser(source: text, expandsMacros: expandsMacros)
    let tree = try parser.parse()
    let checked = try Checker.check(
      tree, source: text, declarations: declarations, functions: functions, isLenient: !checks)
    let cost = CostEstimate(checked: checked, declarations: declarations).cost(of: tree)
    guard cost <= declarations.costLimit else {
      throw text.error(
        "the expression may cost \(cost) steps, more than the limit of \(declarations.costLimit)",
        at: 0, suggestion: "nest fewer comprehensions, or raise the limit")
    }
    var compiler = Compiler(source: text, declarations: declarations, checked: checked)
    root = try compiler.node(tree)
    self.source = source
    resultType = checked.types[tree.id]
    attributes = compiler.attributes
    hostCalls = compiler.hostCalls
    slotCount = checked.slotCount
    estimatedCost = cost
    workLimit = declarations.costLimit
    zoneUse = compiler.zoneUse
    usesTimeZones = zoneUse != nil
  }

  /// The value for one activation.
  ///
  /// - Parameter timeZones: The rules for named zones; without them only UTC and fixed offsets
  ///   are known.
  /// - Throws: Why there is no value; also when the work limit is reached.
  /// - Cost: Comparisons, arithmetic on numbers, `&&`, `||`, `has` and selection allocate nothing
  ///   as long as nothing fails; a comprehension allocates its variables once.
  package func evaluate(
    _ activation: any Activation, timeZones: (any TimeZoneRules)? = nil
  ) throws(EvaluationError) -> Value {
    var frame = Frame(
      activation: activation,
      locals: slotCount == 0 ? [] : Array(repeating: nil, count: slotCount),
      budget: WorkBudget(units: workLimit),
      timeZones: usesTimeZones ? timeZones.map { TimeZoneBox($0) } : nil)
    let value = try root.value(&frame)
    switch value {
    case .list, .map, .optional: try value.chargeSize(&frame.budget)
    default: break
    }
    return value
  }
}

/// A part of a timestamp that is asked for in a zone: the first one that is named, else the first.
package struct ZoneUse: Hashable, Sendable {
  /// The zone's name; nil: it is computed, and may be an offset.
  package let name: String?
  /// The call's place, from 1, the column in code points.
  package let line: Int
  package let column: Int
}
