import Binding
import CBOR
import Engine
import Expressions
import Facts
import Journeys
import Ledger
import Programs

/// Runs that go over to another version, or end because of one.
extension JourneyRunner {
  /// Goes on under this version, in the state of the same name, as if the run had entered it under
  /// this version at the time it did: no entry action is done again.
  ///
  /// Timers are set anew, from when the state was entered and the run began. One whose moment is
  /// past is due at once if it leads out of the state; if it does not, it has done what it was for.
  /// Messages that wait go on waiting where this version has the same step on the same channel.
  func adopt(_ draft: inout RunDraft, from old: Program?) {
    guard let index = binding.program.journey.stateIndex(named: draft.row.state) else { return }
    let waited = draft.row.timers.filter { $0.slot >= RunTimer.waiting }
    draft.row.version = binding.version
    draft.row.timers = []
    for timer in binding.program.journey.states[index].timers {
      guard let moment = moment(timer, draft) else { continue }
      let leaves = timer.transitions.contains { $0.target != .stay }
      guard moment >= now || leaves else { continue }
      draft.newTimers.append(
        arm(UInt32(timer.index), planned(max(moment, now), timer), step(of: timer), &draft))
    }
    draft.newTimers += runTimers(&draft)
    var dropped: [(Program.Send, Int64)] = []
    for timer in waited {
      let send = old?.sends[Int(timer.slot - RunTimer.waiting)]
      guard let send, let old else { continue }
      let step = old.steps[send.step]
      let same = binding.program.sends.first {
        binding.program.steps[$0.step] == step && $0.channel == send.channel
      }
      if let same {
        _ = postpone(same, until: max(timer.due, now), &draft)
      } else {
        dropped.append((send, timer.due))
      }
    }
    draft.emissions += withhold(dropped, reason: "migrated", draft, steps: old?.steps)
    draft.emit(
      .decision, EventType.runMoved, subject: subject,
      [
        ("from", .text(draft.row.state)), ("reason", .text("migrated")),
        ("version", .text(binding.version)), ("set", draft.takeChanges()),
        ("timers", draft.takeTimers()), ("score", .double(draft.row.score)),
        ("trigger", .unsigned(event.position)),
      ] + watching(&draft))
  }

  /// Ends the run by no exit of its own.
  func end(_ draft: inout RunDraft, exit: String, reason: String) {
    let left = withhold(dropped(draft) + waiting(draft), reason: reason, draft)
    draft.emissions += left
    leave(named: exit, &draft, reason: reason, extra: [])
  }
}
