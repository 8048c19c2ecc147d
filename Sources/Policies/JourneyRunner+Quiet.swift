import Binding
import CBOR
import CivilTime
import Engine
import Expressions
import Facts
import Journeys
import Ledger
import Programs

/// Quiet hours: asked when a timer is set, and again when a message is due.
extension JourneyRunner {
  /// The moment that a timer is set for: where its messages would come in quiet hours, the window's
  /// end, or its beginning if that is still to come. Of several messages the first that has quiet
  /// hours counts.
  func planned(_ moment: Int64, _ timer: Program.Timer) -> Int64 {
    for planned in timer.planned {
      guard let quiet = quietHours(of: planned.send), quiet.mode != .withhold else { continue }
      guard let window = quiet.window.occurrence(around: moment, in: scope.zoneTable) else {
        return moment
      }
      return quiet.mode == .earlier && window.start >= now ? window.start : window.end
    }
    return moment
  }

  /// The quiet hours of a message: its own, else those of the customer's marketplace, else the
  /// program's.
  private func quietHours(of send: Program.Send) -> Program.QuietHours? {
    guard send.takesProgramQuietHours, let override = scope.marketplace?.quietHours else {
      return send.quietHours
    }
    return override
  }

  /// The quiet hours that a message comes in now; nil: it may go out.
  func quietNow(
    _ send: Program.Send
  ) -> (hours: Program.QuietHours, start: Int64, end: Int64)? {
    guard let hours = quietHours(of: send),
      let window = hours.window.occurrence(around: now, in: scope.zoneTable)
    else { return nil }
    return (hours, window.start, window.end)
  }

  /// What a message that quiet hours withheld leaves in the ledger.
  func record(of hours: Program.QuietHours) -> CBORValue {
    [
      "id": "quiet-hours", "verdict": "fail",
      "read": [
        "from": .text(hours.window.from.description), "to": .text(hours.window.to.description),
        "zone": .text(scope.zoneName),
      ],
    ]
  }

  /// Lets a message wait until `end`, by a timer of the run that stays when the run moves on by
  /// timers and `always`.
  /// - Returns: false: one of the same step is waiting already.
  func postpone(_ send: Program.Send, until end: Int64, _ draft: inout RunDraft) -> Bool {
    let slot = RunTimer.waiting + UInt32(send.index)
    guard !draft.row.timers.contains(where: { $0.slot == slot }) else { return false }
    let step = binding.program.steps[send.step]
    draft.row.timers.append(RunTimer(slot: slot, due: end, setBy: 0, ordinal: 0, step: step))
    draft.newTimers.append([
      "slot": .unsigned(UInt64(slot)), "due": .time(end), "step": .text(step),
      "waits": "quiet-hours", "channel": .text(send.channel.rawValue),
    ])
    return true
  }

  /// Sends a message whose wait is over.
  func sendWaiting(_ slot: UInt32, _ draft: inout RunDraft) {
    let index = Int(slot - RunTimer.waiting)
    draft.row.timers.removeAll { $0.slot == slot }
    guard index < binding.program.sends.count else { return }
    let place = draft.emissions.count
    send([binding.program.sends[index]], &draft)
    stay(&draft, reason: "quiet hours over", place: place)
  }

  /// The messages that wait, with the moments that they wait for.
  func waiting(_ draft: RunDraft) -> [(Program.Send, Int64)] {
    draft.row.timers.compactMap { timer in
      guard timer.slot >= RunTimer.waiting else { return nil }
      let index = Int(timer.slot - RunTimer.waiting)
      return index < binding.program.sends.count
        ? (binding.program.sends[index], timer.due) : nil
    }
  }
}
