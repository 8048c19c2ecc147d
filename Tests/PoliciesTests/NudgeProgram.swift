import Programs
import Testing

/// A program that does what shipped ones do not: two messages in one state, messages of several
/// runs at one event, timers that are due at once, moments that are past.
enum NudgeProgram {
  static func program(_ overrides: [ProgramOverride] = []) throws -> Program {
    let files = ["program.yaml": text, "templates/note.yaml": note, "templates/short.yaml": short]
    return try Program(
      body: ProgramBody(files: files.mapValues { Array($0.utf8) }), folder: "nudge",
      overrides: overrides)
  }

  private static let note = "subject: Hello\ntext: \"Seen {{page}}\"\n"
  private static let short = "text: Hello\n"

  private static let text = """
    id: nudge
    title: Nudge
    class: marketing
    params: {limit: 4}
    traits:
      nickname: {type: string, default: ""}
    traitUpdates:
      - {on: page.viewed, when: "has(event.nick)", trait: nickname, value: event.nick}
    entities:
      page: {key: event.page}
    features:
      customer:
        views: {count: page.viewed, window: 1h, including: current}
        before: {count: page.viewed, window: 1h}
        pages: {distinct: page.viewed, value: event.page, limit: 3}
        seconds: {sum: page.viewed, value: event.seconds, default: 0}
        lastPages: {collect: page.viewed, value: event.page, limit: 2, window: 2h}
        open: {collect: page.viewed, key: event.page, value: event.seconds, remove: page.left, limit: 2}
        firstAt: {first: page.viewed, value: dyn(event.time)}
      page:
        longest: {max: page.viewed, value: event.seconds, default: 0}
        readers: {distinct: page.viewed, value: event.subject, limit: 2}
    trigger: {event: page.viewed, key: event.page}
    dedupe: {within: 40m}
    filters:
      - {id: calm, pass: customer.views < params.limit}
      - {id: cap, cap: {channel: email, max: 3, per: 4h, program: this}, again: true}
    candidate: {ttl: 1d}
    holdout: {percent: 20}
    journey:
      set:
        begun: string(now)
        nick: customer.nickname
        keptAsText: type(customer.firstAt) == string
        everSeen: has(customer.firstAt) && has(run.begun)
      start: first
      exits:
        gone: {on: page.left, when: event.page == run.key, send: {channel: sms, template: short}}
        done: {}
        expired: {fromStart: 1d}
      states:
        first:
          send:
            - {channel: email, template: note, variables: {page: run.key}}
            - {channel: email, template: note, variables: {page: run.key}}
          after: {0s: second}
        second:
          at: [{moment: 'timestamp(run.begun) - duration("5m")', past: now, to: third}]
        third:
          on:
            page.pinged:
              - send: {channel: email, template: note, variables: {page: run.key}, step: ping}
          after:
            1h: {to: fourth, late: 10m}
        fourth:
          send: {channel: sms, template: short}
          after: {30m: done}
          at:
            - moment: timestamp(run.begun) + duration("30m")
              past: skip
              send: {channel: push, template: short}
    """
}
