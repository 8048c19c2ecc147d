import CBOR
import Candidates
import Engine
import Expressions
import Facts
import Journeys
import Ledger
import Programs

/// Takes the candidates of customers away who opt out: at once, within the event that says so.
struct CandidateRemoval {
  let scope: Scope
  let candidates: Candidates
  let programs: ProgramSet
  let journeys: Journeys
  let filters: FilterEvaluator

  /// Removes or narrows the candidates of the event's customer. Cost for customers without one: a
  /// look at a table.
  func react(
    to event: Event, _ subject: UInt32, _ type: String, _ emissions: inout Emissions
  ) {
    guard event.kind == .input else { return }
    let numbers = candidates.candidates(ofSubject: subject)
    guard !numbers.isEmpty else { return }
    scope.customer = subject
    let hasOptedOut = filters.hasOptedOut()
    guard hasOptedOut || type == EventType.consentChanged else { return }
    for number in numbers {
      guard let row = candidates.rows.row(number) else { continue }
      let data = CBORView(storage: row.data)
      // What an exit has removed within this event is gone already.
      guard !isRemoved(data.text(Field.candidate), emissions), let program = program(of: data),
        program.messageClass == .marketing
      else { continue }
      if hasOptedOut {
        emissions.append(emission(EventType.candidateRemoved, data, event, reason: "opted-out"))
      } else if let topic = program.topic {
        narrow(data, topic, event, &emissions)
      }
    }
  }

  private func isRemoved(_ id: String, _ emissions: Emissions) -> Bool {
    emissions.list.contains { emission in
      emission.type == EventType.candidateRemoved
        && CBORView(storage: emission.payload).text(Field.candidate) == id
    }
  }

  /// The program of the version that made the candidate.
  private func program(of data: CBORView) -> Program? {
    journeys.number(ofRun: data.text(Field.runId))
      .flatMap { journeys.runs.withRow($0) { $0.version } }
      .flatMap { programs.binding(version: $0)?.program }
  }

  /// A candidate keeps the channels on which its topic is still wanted.
  private func narrow(
    _ data: CBORView, _ topic: Program.Topic, _ event: Event, _ emissions: inout Emissions
  ) {
    var channels: [String] = []
    data.view(forKey: Field.channels)?.forEachElement { channels.append($0.string ?? "") }
    let kept = channels.filter { filters.isWanted(topic, channel: $0) }
    guard kept.count < channels.count else { return }
    guard !kept.isEmpty else {
      emissions.append(emission(EventType.candidateRemoved, data, event, reason: "topic"))
      return
    }
    emissions.append(
      emission(
        EventType.candidateUpdated, data, event, reason: "topic",
        [("channels", .array(kept.map { .text($0) }))]))
  }

  private func emission(
    _ type: String, _ data: CBORView, _ event: Event, reason: String,
    _ fields: [(String, CBORValue)] = []
  ) -> Emission {
    let program = data.text(Field.program)
    let identity: [(String, CBORValue)] = [
      ("program", .text(program)), ("run", .text(data.text(Field.run))),
      ("runId", .text(data.text(Field.runId))), ("candidate", .text(data.text(Field.candidate))),
      ("reason", .text(reason)),
    ]
    return Emission(
      kind: .decision, type: type, program: program, subject: Array(event.subject.utf8),
      payload: CBORValue.object(identity + fields).encoded())
  }
}
