import CBOR
import Engine
import Ledger
import Policies
import Programs
import Testing

/// The recipe for the likelihood ratio of a login, as the reference of programs gives it.
@Suite("Likelihood ratio")
struct LikelihoodRatioTests {
  private static let text = #"""
    id: ratio
    title: Ratio
    params: {prior: 5.0, countries: 250.0}
    entities:
      everyone: {key: '"all"'}
      country: {key: event.location.country}
      ownCountry: {key: event.subject + "|" + event.location.country}
    features:
      customer: {logins: {count: login.attempted, where: has(event.location.country)}}
      everyone: {logins: {count: login.attempted, where: has(event.location.country)}}
      country: {logins: {count: login.attempted}}
      ownCountry: {logins: {count: login.attempted}}
    trigger: {event: login.attempted, key: string(event.position)}
    offers:
      - ratio: |
          cel.bind(p, (double(country(event.location.country).logins) + 1.0)
              / (double(everyone("all").logins) + params.countries),
            p * (double(customer.logins) + params.prior)
              / (double(ownCountry(customer.id + "|" + event.location.country).logins)
                + params.prior * p))
    journey:
      start: only
      exits: {over: {fromStart: 1h}}
      states: {only: {}}

    """#

  private func history() throws -> TestHistory {
    let program = try Program(
      body: ProgramBody(files: ["program.yaml": Array(Self.text.utf8)]), folder: "ratio")
    return try TestHistory(programs: [program])
  }

  private func login(
    _ history: TestHistory, _ customer: String, _ country: String
  ) throws -> Double {
    try history.send(
      "2024-03-04 10:00:00", "login.attempted", customer,
      ["location": ["country": .text(country)]])
    let number = history.store.context.names.number(.type, EventType.decisionMade)
    var last: Event?
    try history.store.ledger.forEachEvent(from: 1) { (event) -> Bool in
      if event.type == number { last = event }
      return true
    }
    return try #require(last?.payload.value["offer"]?["ratio"]?.double)
  }

  @Test("The first login of all is as usual as any")
  func first() throws {
    #expect(try login(history(), "a", "DE") == 1)
  }

  @Test("A usual country has a ratio below 1; one that others have too is less unlike")
  func ratios() throws {
    let history = try history()
    for _ in 0..<20 { _ = try login(history, "a", "DE") }
    for _ in 0..<20 { _ = try login(history, "b", "FR") }
    // Twenty logins of one's own in a country that has had half of all.
    let p = 21.0 / 290
    #expect(try login(history, "a", "DE") == p * 25 / (20 + 5 * p))
    // One more in Germany meanwhile, of 41 in all; France is the neighbours', nobody has Japan.
    let france = 21.0 / 291
    #expect(try login(history, "a", "FR") == france * 26 / (5 * france))
    let japan = 1.0 / 292
    #expect(try login(history, "a", "JP") == japan * 27 / (1 * 0 + 5 * japan))
    // Somebody new is as likely anywhere as everybody is.
    #expect(abs(try login(history, "new", "DE") - 1) < 1e-12)
  }
}
