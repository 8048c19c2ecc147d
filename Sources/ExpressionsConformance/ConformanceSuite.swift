package import Expressions

/// The tests of one file of CEL's conformance suite, in the JSON form of
/// `../shared/cel-conformance` (its README tells the format and when a test passes).
package struct ConformanceSuite: Sendable {
  /// The file's name by its own word, without an ending.
  package let file: String
  private let tests: [JSONValue]

  /// Reads a file.
  ///
  /// - Throws: The bytes are no JSON, or no conformance file.
  package init(json bytes: [UInt8]) throws(ConformanceError) {
    let document = try JSONValue(parsing: bytes)
    guard let file = document["file"]?.text, let tests = document["tests"]?.elements else {
      throw ConformanceError(message: "a conformance file has the members 'file' and 'tests'")
    }
    self.file = file
    self.tests = tests
  }

  /// Runs all tests, in their order.
  ///
  /// - Parameter timeZones: The rules for the tests that name time zones.
  package func results(timeZones: (any TimeZoneRules)? = nil) -> [ConformanceResult] {
    tests.map { test in
      let outcome: ConformanceResult.Outcome
      if test["needsProto"]?.truth == true {
        outcome = .skipped(reason: "needs protocol buffer messages")
      } else {
        do throws(ConformanceError) {
          outcome = try ConformanceTest(test).outcome(timeZones: timeZones)
        } catch {
          outcome = .failed(expected: "a test that can be read", got: error.message)
        }
      }
      return ConformanceResult(
        section: test["section"]?.text ?? "", name: test["name"]?.text ?? "",
        expression: test["expr"]?.text ?? "", outcome: outcome)
    }
  }
}

/// How one test went.
package struct ConformanceResult: Hashable, Sendable {
  /// Whether a test passed, and what went wrong.
  package enum Outcome: Hashable, Sendable {
    case passed
    case failed(expected: String, got: String)
    case skipped(reason: String)
  }

  /// The test's section and name, together unique in its file.
  package let section: String
  /// See `section`.
  package let name: String
  /// The expression that it evaluates.
  package let expression: String
  /// How it went.
  package let outcome: Outcome
}

/// One test, read.
private struct ConformanceTest {
  private let source: String
  private let declarations: Declarations
  private let checks: Bool
  private let expandsMacros: Bool
  private let checkOnly: Bool
  private let bindings: [String: Value]
  private let wantedValue: Value?
  private let wantedType: String?
  private let wantsError: Bool

  init(_ json: JSONValue) throws(ConformanceError) {
    source = json["expr"]?.text ?? ""
    checks = json["disableCheck"]?.truth != true
    expandsMacros = json["disableMacros"]?.truth != true
    checkOnly = json["checkOnly"]?.truth == true
    var bindings: [String: Value] = [:]
    if case .object(let members)? = json["bindings"] {
      for member in members { bindings[member.name] = try ConformanceValue.value(member.value) }
    }
    self.bindings = bindings
    var declarations = try ConformanceTest.declarations(json["typeEnv"]?.elements ?? [])
    declarations.container = json["container"]?.text ?? ""
    if !checks {
      // Without a check a binding alone makes a name known.
      for name in bindings.keys where declarations.variables[name] == nil {
        declarations.variables[name] = .dyn
      }
    }
    self.declarations = declarations
    wantsError = json["expect"]?["error"] != nil
    wantedType = json["expect"]?["type"]?.text
    wantedValue = try json["expect"]?["value"].map { (json) throws(ConformanceError) in
      try ConformanceValue.value(json)
    }
  }

  private static func declarations(
    _ environment: [JSONValue]
  ) throws(ConformanceError) -> Declarations {
    var declarations = Declarations()
    for entry in environment {
      let name = entry["name"]?.text ?? ""
      if let text = entry["type"]?.text {
        declarations.variables[name] = try type(text)
        continue
      }
      var overloads: [Overload] = []
      for overload in entry["overloads"]?.elements ?? [] {
        var parameters: [ValueType] = []
        for parameter in overload["params"]?.elements ?? [] {
          parameters.append(try type(parameter.text ?? ""))
        }
        overloads.append(
          Overload(
            parameters: parameters, result: try type(overload["result"]?.text ?? ""),
            isMember: overload["member"]?.truth == true))
      }
      declarations.functions.append(HostFunction(name: name, overloads: overloads))
    }
    return declarations
  }

  private static func type(_ text: String) throws(ConformanceError) -> ValueType {
    guard let type = ValueType(parsing: text) else {
      throw ConformanceError(message: "'\(text)' is no type")
    }
    return type
  }

  func outcome(timeZones: (any TimeZoneRules)?) -> ConformanceResult.Outcome {
    let expected =
      wantsError ? "an error" : wantedValue.map { ConformanceValue.text($0) } ?? wantedType ?? ""
    let expression: CompiledExpression
    do {
      expression = try CompiledExpression(
        source, declarations: declarations, checks: checks, expandsMacros: expandsMacros)
    } catch {
      return .failed(expected: expected, got: "refused: \(error.description)")
    }
    if let wantedType, expression.resultType.description != wantedType {
      return .failed(
        expected: "type \(wantedType)", got: "type \(expression.resultType.description)")
    }
    if checkOnly { return .passed }
    do {
      let activation = ConformanceActivation(
        attributes: expression.attributes, bindings: bindings)
      let value = try expression.evaluate(activation, timeZones: timeZones)
      guard !wantsError, let wantedValue, ConformanceValue.matches(wantedValue, value) else {
        return .failed(expected: expected, got: ConformanceValue.text(value))
      }
      return .passed
    } catch {
      return wantsError
        ? .passed : .failed(expected: expected, got: "error: \(error.message)")
    }
  }
}
