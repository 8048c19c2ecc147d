import CBOR
import Ledger

extension DecisionExplanation {
  /// Writes what followed as a tree: a branch for each cause, its consequences as leaves.
  func writeConsequences(_ page: inout TextPage) {
    guard decision.concernsRun else {
      page.heading("Nothing followed")
      return
    }
    page.heading("What followed, to \(Printable.seconds(through.recordedAt)) UTC")
    let shown = stages.flatMap(\.consequences)
    let positionWidth = String(shown.last?.event.position ?? 0).count
    let whatWidth = shown.map { Self.what($0.event).count }.max() ?? 0
    for (index, stage) in stages.enumerated() {
      let isLast = index == stages.count - 1 && run?.exit.isEmpty == false
      page.line((isLast ? "  └─ " : "  ├─ ") + page.emphasised(title(of: stage), .heading))
      let rail = isLast ? "     " : "  │  "
      if stage.consequences.isEmpty {
        page.line(rail + page.emphasised("nothing followed: no transition's guard held", .faint))
      }
      for consequence in stage.consequences {
        write(consequence, rail, positionWidth, whatWidth, &page)
      }
    }
    guard let run, run.exit.isEmpty else { return }
    page.hanging("  └─ ", standing(of: run))
  }

  private func write(
    _ consequence: Consequence, _ rail: String, _ positionWidth: Int, _ whatWidth: Int,
    _ page: inout TextPage
  ) {
    let event = consequence.event
    let mark = event.position == asked && asked != decision.position ? "  ◀ asked about" : ""
    let label =
      TextPage.rightAligned(String(event.position), positionWidth) + "  "
      + TextPage.padded(Self.what(event), whatWidth) + "  "
    page.hanging(label, Self.details(of: event) + mark, prefix: rail)
    guard event.event.kind == .effect else { return }
    let outcomes = consequence.outcomes.map { outcome in
      let mark = outcome.position == asked ? "\u{a0}◀\u{a0}asked\u{a0}about" : ""
      return Self.word(outcome) + "\u{a0}+"
        + Printable.elapsed(outcome.recordedAt - event.recordedAt) + mark
    }
    page.hanging(
      String(repeating: " ", count: label.count),
      outcomes.isEmpty ? "no answer yet" : outcomes.joined(separator: ", "), prefix: rail)
  }

  private func title(of stage: Stage) -> String {
    let cause = stage.cause
    if cause.position == decision.trigger { return "at once" }
    let since = "+" + Printable.elapsed(cause.recordedAt - decision.event.recordedAt)
    let name =
      cause.event.kind == .timer
      ? "timer \(Printable.text(cause.text(Field.step)))"
      : cause.type
    return "\(since), \(name) at position \(cause.position)"
  }

  private func standing(of run: RunState) -> String {
    let timers = run.timers.sorted { $0.due < $1.due }.map {
      "\($0.step) due \(Printable.seconds($0.due))"
    }
    let next = timers.isEmpty ? "no timer is set" : timers.joined(separator: ", ")
    return "the run is active in \(Printable.text(run.state)): \(next)"
  }

  // MARK: - The parts of a line

  /// What an event is, in two words.
  private static func what(_ event: NamedEvent) -> String {
    switch event.type {
    case EventType.decisionMade: "decision made"
    case EventType.runStarted: "run started"
    case EventType.runMoved: event.data.view(forKey: Field.to) == nil ? "run changed" : "run moved"
    case EventType.runExited: "run exited"
    case EventType.candidateCreated: "candidate made"
    case EventType.candidateUpdated: "candidate changed"
    case EventType.candidateRemoved: "candidate removed"
    case EventType.deliveryRequested: "\(event.text(Field.channel)) requested"
    case EventType.deliveryWithheld: "\(event.text(Field.channel)) withheld"
    case EventType.actionRequested: "action requested"
    default: event.type
    }
  }

  private static func details(of event: NamedEvent) -> String {
    switch event.type {
    case EventType.decisionMade:
      event.text(Field.outcome) + score(of: event)
    case EventType.runStarted:
      "in \(shown(event, Field.state))\(score(of: event))\(timers(of: event))"
    case EventType.runMoved: move(event)
    case EventType.runExited: exit(event)
    case EventType.candidateCreated:
      "\(item(event)), until \(shownTime(event, Field.expiresAt))"
    case EventType.candidateUpdated: item(event)
    case EventType.candidateRemoved: shown(event, Field.reason)
    case EventType.deliveryRequested:
      "\(shown(event, Field.template)) to \(shown(event, Field.to)), "
        + "step \(shown(event, Field.step))"
    case EventType.deliveryWithheld: withheld(event)
    case EventType.actionRequested: action(event)
    default: Printable.value(event.data.value)
    }
  }

  private static func move(_ event: NamedEvent) -> String {
    let from = shown(event, Field.from)
    guard event.data.view(forKey: Field.to) != nil else {
      return "in \(from): \(shown(event, Field.reason))\(variables(of: event))\(timers(of: event))"
    }
    return "\(from) → \(shown(event, Field.to)), \(shown(event, Field.reason))"
      + variables(of: event) + timers(of: event)
  }

  private static func exit(_ event: NamedEvent) -> String {
    var text = "\(shown(event, Field.exit)) from \(shown(event, Field.from))"
    if event.text(Field.reason) != event.text(Field.exit) {
      text += ", \(shown(event, Field.reason))"
    }
    if let revenue = event.data.view(forKey: Field.revenue)?.int64 {
      let touch = event.text(Field.touch)
      text +=
        "; revenue \(revenue) minor units, last touch "
        + (touch.isEmpty ? "none" : Printable.text(touch))
    }
    return text
  }

  private static func withheld(_ event: NamedEvent) -> String {
    var text = shown(event, Field.reason)
    if let planned = Explainer.time(event.text(Field.planned)), planned != event.recordedAt {
      text += ", was planned for \(Printable.seconds(planned))"
    }
    if let read = event.data.view(forKey: "filter")?.view(forKey: "read")?.value.entries {
      let values = read.map {
        "\(Printable.text($0.key.string ?? "")) \(Printable.value($0.value))"
      }
      text += "; read " + values.joined(separator: ", ")
    }
    return text
  }

  private static func action(_ event: NamedEvent) -> String {
    let parameters = event.data.view(forKey: Field.parameters)?.value
    let isEmpty = parameters?.entries?.isEmpty ?? true
    return shown(event, Field.action)
      + (isEmpty ? "" : " " + Printable.value(parameters ?? .null))
  }

  private static func item(_ event: NamedEvent) -> String {
    switch event.data.view(forKey: Field.item)?.value {
    case .text(let text)?: Printable.text(text)
    case let value?: Printable.value(value)
    case nil: shown(event, Field.candidate)
    }
  }

  private static func variables(of event: NamedEvent) -> String {
    guard let entries = event.data.view(forKey: Field.set)?.value.entries, !entries.isEmpty else {
      return ""
    }
    let values = entries.map {
      "\(Printable.text($0.key.string ?? "")) = \(Printable.shortened($0.value))"
    }
    return "; " + values.joined(separator: ", ")
  }

  private static func timers(of event: NamedEvent) -> String {
    var texts: [String] = []
    event.data.view(forKey: Field.timers)?.forEachElement { item in
      guard let due = item.view(forKey: Field.due)?.string.flatMap(Explainer.time) else { return }
      let step = Printable.text(item.view(forKey: Field.step)?.string ?? "")
      let waits = item.view(forKey: "waits")?.string.map { ", waits for the end of \($0)" } ?? ""
      texts.append("\(step) in \(Printable.elapsed(due - event.recordedAt))\(waits)")
    }
    return texts.isEmpty ? "" : "; " + texts.joined(separator: ", ")
  }

  private static func score(of event: NamedEvent) -> String {
    guard let score = event.data.view(forKey: Field.score)?.double else { return "" }
    return ", score \(Printable.number(score, digits: 4))"
  }

  private static func shown(_ event: NamedEvent, _ key: CBORKey) -> String {
    Printable.text(event.text(key))
  }

  private static func shownTime(_ event: NamedEvent, _ key: CBORKey) -> String {
    Explainer.time(event.text(key)).map(Printable.seconds) ?? shown(event, key)
  }

  /// The last word of an outcome's type: `sent`, `opened`, `completed`.
  private static func word(_ event: NamedEvent) -> String {
    event.type.split(separator: ".").last.map(String.init) ?? event.type
  }
}
