import Programs

/// A program that uses what depends on the customer's clock, consent and chance: local times, quiet
/// hours of every mode, topics, suppression, cooldown, an experiment, segments, watches, marketplaces.
enum ClubProgram {
  static func program(_ overrides: [ProgramOverride] = []) throws -> Program {
    let files = [
      "program.yaml": text, "templates/note.yaml": note, "templates/note-de.yaml": note,
      "templates/short.yaml": short,
    ]
    return try Program(
      body: ProgramBody(files: files.mapValues { Array($0.utf8) }), folder: "club",
      overrides: overrides)
  }

  /// The program with nobody held out and one variant for all.
  static func plain(_ overrides: [(String, String)] = []) throws -> Program {
    let fixed = [
      ("holdout", "0"), ("experiments.tone.variants.0.percent", "100"),
      ("experiments.tone.variants.1.percent", "0"),
    ]
    return try program((fixed + overrides).map { ProgramOverride(path: $0.0, value: $0.1) })
  }

  private static let note = "subject: Hello\ntext: \"{{discount}} off\"\n"
  private static let short = "text: Hello\n"

  private static let text = """
    id: club
    title: Club news
    class: marketing
    timeZone: America/New_York
    quietHours: {from: "21:00", to: "08:00"}
    topic: news
    params: {discount: 10, cooldown: 3}
    marketplaces:
      DE:
        timeZone: Europe/Berlin
        quietHours: {from: "20:00", to: "09:00", mode: withhold}
        templates: {note: note-de}
      JP: {holdout: {percent: 60}}
      BR: {enabled: false}
    experiments:
      - id: tone
        variants:
          - {name: plain, percent: 50}
          - {name: loud, percent: 50, params: {discount: 30}}
    segments:
      evening: now.getHours(zone()) >= 18
      regular: "true"
    entities:
      page: {key: event.page}
    trigger: {event: club.joined, key: event.club}
    filters:
      - {id: rest, cooldown: {per: 3h, of: run}}
      - {id: reachable, suppression: email}
      - {id: wanted, topic: {name: news, channel: email}}
    candidate: {ttl: 3d, channels: [email, push]}
    holdout: {percent: 20}
    journey:
      set: {zone: zone()}
      watch: {page: run.key}
      on:
        page.left: {set: {leftBy: event.subject}}
      start: greeted
      exits:
        left:
          on: club.left
          when: event.club == run.key
          send: {channel: sms, template: short}
        done: {}
        expired: {fromStart: 9d}
      states:
        greeted:
          send:
            channel: email
            template: note
            variables: {discount: params.discount}
          after: {2h: nudged}
        nudged:
          send:
            - channel: sms
              template: short
              quietHours: {from: "22:00", to: "07:00", mode: withhold}
            - {channel: push, template: short, quietHours: false}
          on:
            club.pinged: greeted
          at:
            - {local: "10:00", on: [monday, thursday], to: reminded}
        reminded:
          after: {12h: last}
        last:
          send:
            channel: email
            template: note
            class: transactional
            quietHours: {from: "19:00", to: "09:30", mode: earlier}
            variables: {discount: params.discount}
          after: {1d: done}
    """
}
