import Programs
import Testing

@Suite("References and features.yaml")
struct ReferenceCheckTests {
  private static func problems(
    references: String = "table: {fields: {score: double, code: string}}",
    pass: String = "reference('table', event.id).score > 0.5", features: String? = nil,
    extra: String = ""
  ) throws -> [String] {
    var files = [
      "program.yaml": """
      id: sample
      title: Sample
      references: {\(references)}
      trigger: {event: x, key: event.id}
      filters: [{id: a, pass: "\(pass)"}]
      journey: {start: only, exits: {over: {fromStart: 1d}}, states: {only: {}}}
      \(extra)
      """
    ]
    files["features.yaml"] = features
    return try Sample.problems(of: files)
  }

  @Test("are accepted as the reference has them")
  func whole() throws {
    #expect(try Self.problems() == [])
    #expect(
      try Self.problems(
        pass: "page(event.id).views > 1 && size(customer.hours) == 24",
        features: """
          entities: {page: {key: event.id}}
          features: {page: {views: {count: x}}, customer: {hours: {hours: x}}}
          """) == [])
  }

  @Test("are checked by name, field and type")
  func lookups() throws {
    #expect(
      try Self.problems(pass: "reference('tabel', event.id).score > 0.5") == [
        "program.yaml:5:36: \"pass\" of filter \"a\": reference knows no 'tabel'; "
          + "did you mean 'table'?"
      ])
    #expect(
      try Self.problems(pass: "reference('table', event.id).skore > 0.5") == [
        "program.yaml:5:55: \"pass\" of filter \"a\": no such field 'skore' in reference table; "
          + "did you mean 'score'?"
      ])
    #expect(
      try Self.problems(pass: "reference(event.name, event.id).score > 0.5") == [
        "program.yaml:5:42: \"pass\" of filter \"a\": the first argument of reference must be a "
          + "name in quotes"
      ])
    #expect(
      try Self.problems(references: "table: {fields: {score: number}}") == [
        "program.yaml:3:38: the type of \"score\" of reference \"table\" cannot be \"number\"; "
          + "known: string, bool, int, double",
        "program.yaml:5:61: \"pass\" of filter \"a\": '>' does not take (string, double); it takes "
          + "(bool, bool) or (int, int) or (uint, uint) or (double, double)",
      ])
    #expect(
      try Self.problems(references: "table: {}", pass: "true") == [
        "program.yaml:3:21: reference \"table\" has no \"fields\"; add it"
      ])
    #expect(
      try Self.problems(references: "table: {fields: {}}", pass: "true") == [
        "program.yaml:3:30: reference \"table\" has no field; name the columns that are read"
      ])
  }

  @Test("cannot stand in two places, and a features file holds nothing else")
  func featuresFile() throws {
    #expect(
      try Self.problems(
        features: "features: {customer: {a: {count: x}}}",
        extra: "features: {customer: {b: {count: x}}}") == [
          "program.yaml:7:1: \"features\" stands here and in features.yaml; put all of it into one "
            + "file"
        ])
    #expect(
      try Self.problems(features: "feature: {}") == [
        "features.yaml:1:1: unknown field \"feature\" in features.yaml; did you mean \"features\"?"
      ])
    #expect(
      try Self.problems(features: "features: {customer: {a: {cuont: x}}}") == [
        "features.yaml:1:26: feature \"a\" says nothing to fold; use count, sum, avg, min, max, "
          + "first, last, distinct, exists, collect, hours",
        "features.yaml:1:27: unknown field \"cuont\" in feature \"a\"; did you mean \"count\"?",
      ])
    #expect(
      try Self.problems(features: "features: {customer: {a: {hours: x, window: 1d}}}") == [
        "features.yaml:1:37: \"hours\" of feature \"a\" takes no \"window\"; it counts all events, "
          + "from 24 zeros on; remove it"
      ])
  }
}
