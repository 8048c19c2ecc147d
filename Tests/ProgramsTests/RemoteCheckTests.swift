import Programs
import Testing

@Suite("A remote score")
struct RemoteCheckTests {
  private static func problems(_ score: String, population: String = "") throws -> [String] {
    try Sample.problems(of: [
      "program.yaml": """
      id: sample
      title: Sample
      trigger: {event: x, key: event.id}
      score: \(score)
      journey: {start: only, exits: {over: {fromStart: 1d}}, states: {only: {}}}
      \(population)
      """
    ])
  }

  @Test(
    "is refused with place and mend",
    arguments: [
      (
        "{remote: {url: \"https://a.example\", timeout: 2s, fallback: 0.5}, features: {a: event.b}}",
        ""
      ),
      (
        "{remote: {url: \"ftp://a\", timeout: 2s, fallback: 0.5}, features: {a: event.b}}",
        "program.yaml:4:23: the url of the remote scorer cannot be \"ftp://a\"; begin it with "
          + "https://"
      ),
      (
        "{remote: {url: \"https://a\", timeout: 2h, fallback: 0.5}, features: {a: event.b}}",
        "program.yaml:4:45: a decision may wait for the remote scorer at most an hour"
      ),
      (
        "{remote: {url: \"https://a\", timeout: 2s}, features: {a: event.b}}",
        "program.yaml:4:17: the remote scorer has no \"fallback\"; add it"
      ),
      (
        "{remote: {url: \"https://a\", timeout: 2s, fallback: 0.5}}",
        "program.yaml:4:8: the score has no \"features\"; add it"
      ),
      (
        "{remote: {url: \"https://a\", timeout: 2s, fallback: 0.5}, features: {a: event.b}, model: m}",
        "program.yaml:4:89: unknown field \"model\" in the score; known: remote, features"
      ),
    ])
  func refusals(score: String, problem: String) throws {
    #expect(try Self.problems(score) == (problem.isEmpty ? [] : [problem]))
  }
}
