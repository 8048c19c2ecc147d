import ArgumentParser
import Binding
import CBOR
import Expressions
import ExpressionsConformance
import JSON

import class Foundation.FileManager

/// `recount expressions`.
struct ExpressionsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "expressions",
    abstract: "Try expressions (CEL) and run the language's conformance cases.",
    subcommands: [Evaluate.self, Conform.self])

  /// `recount expressions eval`.
  struct Evaluate: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "eval", abstract: "Evaluate an expression and print its value as JSON.")

    @Argument(help: "The expression, such as 'event.total > 5000'.")
    var expression: String
    @Option(help: "A JSON object with the variables, such as '{\"event\": {\"total\": 7000}}'.")
    var bindings = "{}"

    func run() throws {
      var bytes: [UInt8] = []
      try JSONTranscoder().transcode(Array(bindings.utf8), into: &bytes)
      guard case .map(let variables) = Value(CBORView(storage: bytes)) else {
        throw ValidationError("--bindings must be a JSON object")
      }
      var types: [String: ValueType] = [:]
      for key in variables.keys { types[key.text] = .dyn }
      let compiled = try CompiledExpression(
        expression, declarations: Declarations(variables: types))
      let value = try compiled.evaluate(
        Bindings(attributes: compiled.attributes, variables: variables),
        timeZones: SystemTimeZones())
      var writer = JSONWriter()
      writer.item(CBORView(storage: value.cbor))
      writer.newline()
      Output.write(writer.bytes, to: 1)
    }
  }

  /// `recount expressions conform`.
  struct Conform: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "conform",
      abstract: "Run every case of the JSON files in a folder.",
      discussion: """
        The JSON object has passed, failed, skipped, and failures with file, section, name, \
        expected and got. Exit code 1 when a case fails.
        """)

    @Argument(help: "The folder of case files.")
    var folder: String
    @Flag(help: "Print one JSON object as the last line of standard output.")
    var json = false

    func run() throws {
      let manager = FileManager.default
      let names = (try? manager.contentsOfDirectory(atPath: folder)) ?? []
      let files = names.filter { $0.hasSuffix(".json") }.sorted()
      guard !files.isEmpty else { throw ValidationError("\(folder) holds no JSON file") }
      var passed = 0
      var skipped = 0
      var failures: [(file: String, result: ConformanceResult)] = []
      for name in files {
        guard let data = manager.contents(atPath: "\(folder)/\(name)") else { continue }
        let suite = try ConformanceSuite(json: Array(data))
        for result in suite.results(timeZones: SystemTimeZones()) {
          switch result.outcome {
          case .passed: passed += 1
          case .skipped: skipped += 1
          case .failed: failures.append((suite.file, result))
          }
        }
      }
      report(passed, skipped, failures)
      if !failures.isEmpty { throw ExitCode(1) }
    }

    private func report(
      _ passed: Int, _ skipped: Int, _ failures: [(file: String, result: ConformanceResult)]
    ) {
      if json {
        Output.json { object in
          object.field("passed", passed)
          object.field("failed", failures.count)
          object.field("skipped", skipped)
          object.key("failures")
          object.array { array in
            for failure in failures { write(failure, to: &array) }
          }
        }
        return
      }
      for failure in failures {
        guard case .failed(let expected, let got) = failure.result.outcome else { continue }
        Output.line(
          "\(failure.file)/\(failure.result.section)/\(failure.result.name): "
            + "expected \(expected), got \(got)")
      }
      Output.line("\(passed) passed, \(failures.count) failed, \(skipped) skipped")
    }

    private func write(
      _ failure: (file: String, result: ConformanceResult), to array: inout JSONWriter
    ) {
      guard case .failed(let expected, let got) = failure.result.outcome else { return }
      array.object { fields in
        fields.field("file", failure.file)
        fields.field("section", failure.result.section)
        fields.field("name", failure.result.name)
        fields.field("expected", expected)
        fields.field("got", got)
      }
    }
  }
}

/// Variables given on the command line.
private final class Bindings: Activation {
  private let attributes: [Attribute]
  private let variables: MapValue

  init(attributes: [Attribute], variables: MapValue) {
    self.attributes = attributes
    self.variables = variables
  }

  func attribute(_ slot: Int) throws(EvaluationError) -> Value? {
    variables[string: attributes[slot].root]?.selecting(attributes[slot].path)
  }

  func call(_ slot: Int, _ arguments: [Value]) throws(EvaluationError) -> Value {
    throw EvaluationError(.host, "no function of the host is known here")
  }
}
