import CBOR
import CivilTime
package import JSON
import Ledger

extension DecisionExplanation {
  /// Writes the explanation as one JSON object. Every field is there in every explanation, null
  /// where it does not apply:
  ///
  /// | field | what |
  /// | --- | --- |
  /// | `asked` | the position that was asked about |
  /// | `position`, `program`, `subject`, `recordedAt` | the decision's own |
  /// | `outcome`, `reason`, `run` (key), `item` (key), `version`, `trigger` (position) | as `decision.made` |
  /// | `filters` | `[{id, verdict, read, error?}]` |
  /// | `features`, `model`, `margin`, `score`, `level`, `reasons`, `fallback` | the score |
  /// | `fallbackReason`, `scores`, `request` | as `decision.made` |
  /// | `offer`, `variant`, `propensity`, `actions`, `dedupe` | |
  /// | `triggerEvent` | an event as `recount log` prints it |
  /// | `silence` | `{timer, key, since, due, last}`: what brought a derived trigger about |
  /// | `earlier` | `{position, recordedAt, outcome}`: the decision behind a duplicate or a join |
  /// | `runState` | `{id, key, state, exit, active, timers: [{step, due}]}` |
  /// | `followed` | events as `recount log` prints them, each with `causeType` and `outcomes` |
  /// | `through` | the ledger's last position when it was read |
  package func write(to writer: inout JSONWriter) {
    writer.object { object in
      object.field("asked", asked)
      writeDecision(&object)
      object.key("triggerEvent")
      if let trigger { trigger.write(to: &object) } else { object.null() }
      object.key("silence")
      if let silence { silence.write(to: &object) } else { object.null() }
      object.key("earlier")
      if let earlier {
        object.object { earlier.writeSummary(to: &$0) }
      } else {
        object.null()
      }
      object.key("runState")
      if let run { run.write(to: &object) } else { object.null() }
      object.key("followed")
      object.array { array in
        for stage in stages {
          for consequence in stage.consequences { consequence.write(to: &array, stage.cause) }
        }
      }
      object.field("through", through.position)
    }
  }

  private func writeDecision(_ object: inout JSONWriter) {
    let data = decision.event.data
    object.field("position", decision.position)
    object.field("program", decision.program)
    object.field("subject", decision.event.event.subject)
    object.field("recordedAt", RFC3339.string(microseconds: decision.event.recordedAt))
    object.field("outcome", decision.outcome)
    object.field("reason", decision.reason)
    object.field("run", decision.run)
    object.key("item")
    if decision.item.isEmpty { object.null() } else { object.string(decision.item) }
    object.field("version", decision.version)
    object.field("trigger", decision.trigger)
    for name in Self.arrays {
      object.key(name)
      if let view = data.view(forKey: CBORKey(name)) {
        object.item(view)
      } else {
        object.array { _ in }
      }
    }
    for name in Self.scalars {
      object.key(name)
      if let view = data.view(forKey: CBORKey(name)) { object.item(view) } else { object.null() }
    }
    object.field("fallback", decision.isFallback)
  }

  private static let arrays = ["filters", "features", "reasons", "scores", "actions", "dedupe"]
  private static let scalars = [
    "model", "margin", "score", "level", "fallbackReason", "request", "offer", "variant",
    "propensity",
  ]
}

extension DecisionExplanation.Silence {
  fileprivate func write(to writer: inout JSONWriter) {
    writer.object { object in
      object.field("timer", timer.position)
      object.field("key", key)
      object.field("since", RFC3339.string(microseconds: since))
      object.field("due", RFC3339.string(microseconds: due))
      object.key("last")
      if let last { last.write(to: &object) } else { object.null() }
    }
  }
}

extension DecisionExplanation.RunState {
  fileprivate func write(to writer: inout JSONWriter) {
    writer.object { object in
      object.field("id", id)
      object.field("key", key)
      object.field("state", state)
      object.key("exit")
      if exit.isEmpty { object.null() } else { object.string(exit) }
      object.field("active", exit.isEmpty)
      object.key("timers")
      object.array { array in
        for timer in timers.sorted(by: { $0.due < $1.due }) {
          array.object { item in
            item.field("step", timer.step)
            item.field("due", RFC3339.string(microseconds: timer.due))
          }
        }
      }
    }
  }
}

extension DecisionExplanation.Consequence {
  fileprivate func write(to writer: inout JSONWriter, _ cause: NamedEvent) {
    writer.object { object in
      event.writeFields(to: &object)
      object.field("causeType", cause.type)
      object.key("outcomes")
      object.array { array in
        for outcome in outcomes { outcome.write(to: &array) }
      }
    }
  }
}

extension NamedEvent {
  /// Writes the event as `recount log` prints it.
  package func write(to writer: inout JSONWriter) {
    writer.object { writeFields(to: &$0) }
  }

  fileprivate func writeFields(to object: inout JSONWriter) {
    let externalID = event.externalID
    object.field("position", position)
    object.field("kind", event.kind.name)
    object.field("type", type)
    object.field("subject", event.subject)
    object.field("source", event.source)
    object.field("id", externalID.isEmpty ? event.header.id.hex : externalID)
    object.field("program", program)
    object.field("recordedAt", RFC3339.string(microseconds: recordedAt))
    object.field("occurredAt", RFC3339.string(microseconds: event.header.occurredAt))
    object.field("cause", cause)
    object.field("root", event.header.root)
    object.field("data", data)
  }
}

extension DecisionFacts {
  /// Writes position, recordedAt, program, outcome, reason, run and score into an object.
  package func writeSummary(to object: inout JSONWriter) {
    object.field("position", position)
    object.field("recordedAt", RFC3339.string(microseconds: event.recordedAt))
    object.field("program", program)
    object.field("outcome", outcome)
    object.field("reason", reason)
    object.field("run", run)
    object.key("score")
    if let score { object.double(score) } else { object.null() }
  }
}
