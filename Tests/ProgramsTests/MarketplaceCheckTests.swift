import Programs
import Testing

@Suite("What a marketplace overrides")
struct MarketplaceCheckTests {
  private static func problems(_ market: String, _ old: String = "", _ new: String = "") throws
    -> [String]
  {
    var files = Sample.files
    files["templates/hallo.yaml"] = "subject: \"{{rabatt}}\"\ntext: \"{{discount}}\"\n"
    files["templates/kurz.yaml"] = "text: \"{{discount}}\"\n"
    files["templates/hola.yaml"] = "subject: \"{{discount}}\"\ntext: hola\n"
    files["program.yaml"] = files["program.yaml"]?
      .replacing("JP: {params: {limit: 200}}", with: market).replacing(old, with: new)
    return try Sample.problems(of: files)
  }

  @Test("is checked where it stands")
  func whole() throws {
    #expect(
      try Self.problems(
        """
        JP: {enabled: false, timeZone: Asia/Tokyo, quietHours: false, holdout: {percent: 0},
            threshold: 0.2, levels: {high: 0.9}, templates: {hello: hola}}
        """) == [])
  }

  @Test("gives no template what its sends do not, and no e-mail without a subject")
  func templates() throws {
    #expect(
      try Self.problems("JP: {templates: {hello: hallo}}") == [
        "templates/hallo.yaml:1:11: the variable \"rabatt\" is not given by the send at "
          + "program.yaml:48:13; known: discount"
      ])
    #expect(
      try Self.problems("JP: {templates: {hello: kurz}}") == [
        "templates/kurz.yaml:1:7: the template \"kurz\" has no subject, but the send at "
          + "program.yaml:48:13 is an e-mail; add one"
      ])
    #expect(
      try Self.problems("JP: {templates: {hola: hello}}") == [
        "program.yaml:6:20: marketplace \"JP\" replaces the template \"hola\", which no send uses; "
          + "remove it"
      ])
  }

  @Test("keeps its reason to itself")
  func reason() throws {
    #expect(
      try Self.problems("JP: {enabled: false}", "id: worth", "id: marketplace") == [
        "program.yaml:26:5: the filter id \"marketplace\" says that a marketplace is not enabled; "
          + "give the filter another one"
      ])
    #expect(try Self.problems("JP: {enabled: true}", "id: worth", "id: marketplace") == [])
  }
}
