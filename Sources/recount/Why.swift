import ArgumentParser
import Engine
import Explaining
import Glibc
import Host
import JSON
import Ledger

/// `recount why`.
struct Why: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Explain a decision: what it looked at, how it came out, what followed.",
    discussion: """
      Give the decision's position, or that of anything that followed from it: a delivery, an \
      action, a move of a run, an outcome. With --subject every decision about a customer is \
      listed and the last one explained, with --all each of them. With --program too, what the \
      program's batches found about the customer is told: also who was rejected, and by which filter.

      Everything shown is read from the ledger; a data directory that another process is using \
      can be asked too.

      JSON of one decision: asked, position, program, subject, recordedAt, outcome, reason, run, item, \
      version, trigger, filters [{id, verdict, read}], features [{name, value}], reasons \
      [{name, points}], actions, dedupe, model, margin, score, level, offer, variant, propensity, \
      fallback, triggerEvent, silence {timer, key, since, due, last}, earlier {position, \
      recordedAt, outcome}, runState {id, key, state, exit, active, timers}, followed [an event \
      as recount log prints it, with causeType and outcomes], through. What does not apply is \
      null. JSON with --subject: position, subject, program, decisions [{position, recordedAt, \
      program, outcome, reason, run, score}], explained [as above], batches [{batch, position, slice, \
      recordedAt, due, of, item, key, verdict, filter, pass, rank, decidedIn, lowestChosen}].
      """)

  @OptionGroup var data: DataOptions
  @Option(help: "Position of the decision, or of anything that followed from it.")
  var decision: UInt64?
  @Option(help: "Every decision about this subject, usually a customer id.")
  var subject: String?
  @Option(help: "Only decisions of this program.")
  var program: String?
  @Flag(help: "With --subject: explain every decision, not only the last one.")
  var all = false

  func validate() throws {
    guard (decision == nil) != (subject == nil) else {
      throw ValidationError("give either --decision POSITION or --subject ID")
    }
    guard subject != nil || (program == nil && !all) else {
      throw ValidationError("--program and --all go with --subject")
    }
  }

  func run() throws {
    try DirectoryLock.requireLedger(directory: data.data)
    let index = SubjectIndexFile(data: data.data)
    defer { index.close() }
    var options = LedgerOptions()
    options.readOnly = true
    let ledger = try Ledger(directory: data.data + "/ledger", options: options)
    defer { ledger.close() }
    let explainer = try Explainer(ledger, index: index.index)
    if let decision {
      explain(try explainer.explanation(at: decision))
    } else if let subject {
      let findings = try findings(explainer, about: subject, index.index)
      let decisions = try explainer.decisions(
        about: subject, program: program, mayBeNone: !findings.isEmpty)
      let explained = all ? decisions[...] : decisions.suffix(1)
      let explanations = try explained.map { try explainer.explanation(at: $0.position) }
      if data.json {
        printJSON(subject, decisions, explanations, findings, ledger.end.position)
      } else {
        printText(subject, decisions, explanations, findings)
      }
    }
  }

  /// What the batches of the program that was named found about the subject.
  private func findings(
    _ explainer: Explainer, about subject: String, _ index: StoredSubjectIndex?
  ) throws -> [BatchFinding] {
    guard let program else { return [] }
    let number = try index?.number(of: Array(subject.utf8))
    return try explainer.batchFindings(about: subject, program: program, number: number)
  }

  private func explain(_ explanation: DecisionExplanation) {
    if data.json {
      var writer = JSONWriter()
      explanation.write(to: &writer)
      writer.newline()
      Output.write(writer.bytes, to: STDOUT_FILENO)
    } else {
      var page = TextPage.terminal()
      explanation.write(to: &page)
      Output.write(Array(page.text.utf8), to: STDOUT_FILENO)
    }
  }

  private func printText(
    _ subject: String, _ decisions: [DecisionFacts], _ explanations: [DecisionExplanation],
    _ findings: [BatchFinding]
  ) {
    var page = TextPage.terminal()
    let count = "\(decisions.count) decision\(decisions.count == 1 ? "" : "s")"
    page.heading("\(count) about \(Printable.text(subject))")
    if !decisions.isEmpty {
      page.table(
        [
          .init("position", .right), .init("at (UTC)"), .init("program"), .init("outcome"),
          .init("reason"), .init("score", .right), .init("run"),
        ],
        decisions.map { decision in
          [
            String(decision.position), Printable.seconds(decision.event.recordedAt),
            decision.program, decision.outcome, Printable.text(decision.reason),
            decision.score.map { Printable.number($0, digits: 4) } ?? "",
            Printable.text(decision.run),
          ]
        })
    }
    if !findings.isEmpty {
      page.heading("Batches")
      page.table(
        [
          .init("position", .right), .init("at (UTC)"), .init("item"), .init("verdict"),
          .init("what was found"),
        ],
        findings.map { finding in
          [
            String(finding.slice.position), Printable.seconds(finding.slice.recordedAt),
            finding.key.map(Printable.text) ?? String(finding.item), finding.verdict.word,
            finding.explanation,
          ]
        })
    }
    for explanation in explanations { explanation.write(to: &page) }
    Output.write(Array(page.text.utf8), to: STDOUT_FILENO)
  }

  private func printJSON(
    _ subject: String, _ decisions: [DecisionFacts], _ explanations: [DecisionExplanation],
    _ findings: [BatchFinding], _ position: UInt64
  ) {
    Output.json { object in
      object.field("position", position)
      object.field("subject", subject)
      object.key("program")
      if let program { object.string(program) } else { object.null() }
      object.key("decisions")
      object.array { array in
        for decision in decisions { array.object { decision.writeSummary(to: &$0) } }
      }
      object.key("explained")
      object.array { array in
        for explanation in explanations { explanation.write(to: &array) }
      }
      object.key("batches")
      object.array { array in
        for finding in findings { finding.write(to: &array) }
      }
    }
  }
}
