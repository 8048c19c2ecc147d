import Programs

/// A program whose score comes from elsewhere.
enum RemoteProgram {
  static func program() throws -> Program {
    try Program(body: ProgramBody(files: ["program.yaml": Array(text.utf8)]), folder: "remote")
  }

  private static let text = """
    id: remote
    title: Remote
    features:
      customer:
        pings: {count: site.pinged}
    trigger: {event: site.pinged, key: event.site}
    dedupe: {within: 30m}
    filters: [{id: named, pass: has(event.site)}]
    score:
      remote: {url: "https://scorer.example/v1", timeout: 2s, fallback: 0.25}
      features: {pings: customer.pings, load: event.load}
    levels: {high: 0.8, low: 0}
    threshold: 0.1
    offers: [{size: score.value * 10.0}]
    journey:
      set: {site: event.site}
      start: only
      exits: {over: {fromStart: 1h}}
      states: {only: {}}
    """
}
