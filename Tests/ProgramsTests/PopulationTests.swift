import CivilTime
import Foundation
import Programs
import Testing

/// Schedules and populations, and what is refused of them.
@Suite("A population")
struct PopulationTests {
  /// The sample with these lines in the place of its trigger.
  private static func problems(_ lines: String, zones: [String: [UInt8]] = [:]) -> [String] {
    do {
      _ = try program(lines, zones: zones)
      return []
    } catch let problems as ProgramProblems {
      return problems.problems.map(\.description)
    } catch {
      return ["\(error)"]
    }
  }

  private static func program(_ lines: String, zones: [String: [UInt8]] = [:]) throws -> Program {
    var files = Sample.files.mapValues { Array($0.utf8) }
    let text = try #require(Sample.files["program.yaml"])
    let trigger = "trigger: {event: cart.abandoned, key: event.cartId}"
    files["program.yaml"] = Array(text.replacing(trigger, with: lines).utf8)
    for (name, bytes) in zones { files["zones/\(name)"] = bytes }
    return try Program(body: ProgramBody(files: files))
  }

  @Test("is read with what it says, and with defaults for what it does not")
  func reading() throws {
    let program = try Self.program(
      """
      schedule: {cron: "0 2 * * 1#1"}
      population: {of: customers}
      """)
    let schedule = try #require(program.schedule)
    #expect(schedule.cron.text == "0 2 * * 1#1")
    #expect(schedule.timeZone == "UTC" && schedule.zone == nil && schedule.missed == .once)
    let population = try #require(program.population)
    #expect(population.entity == nil && population.filter == nil && population.data.isEmpty)
    #expect(!population.isRanked && population.key == nil)
    #expect(program.trigger.types == [] && !program.trigger.startsPopulation)
    let ranked = try Self.program(
      """
      trigger: {event: cart.restocked, when: event.count > 0}
      population: {of: cart, customer: 'string(cart(key).value)', limit: event.count, perCustomer: 2,
        where: cart(key).value > event.count, data: {value: cart(key).value}, rank: event.value}
      """)
    #expect(ranked.trigger.startsPopulation && ranked.schedule == nil)
    #expect(ranked.population?.entity == 0 && ranked.population?.isRanked == true)
    #expect(ranked.population?.perCustomer == 2 && ranked.population?.data.map(\.name) == ["value"])
  }

  @Test("may stand beside a trigger with a key of its own")
  func beside() throws {
    let program = try Self.program(
      """
      trigger: {event: cart.abandoned, key: event.cartId}
      schedule: {cron: "*/5 * * * *", missed: all}
      population: {of: customers}
      """)
    #expect(!program.trigger.startsPopulation && program.schedule?.missed == .all)
  }

  @Test(
    "is refused with file, line, column and mend",
    arguments: [
      (
        "runs: key",
        [
          "program.yaml:1:1: the program has neither \"trigger\" nor \"schedule\"; add one of them"
        ]
      ),
      (
        "schedule: {cron: \"0 2 * * *\"}",
        [
          "program.yaml:22:11: the schedule starts no population; say with \"population\" whom it "
            + "is about, such as population: {of: customers}"
        ]
      ),
      (
        "schedule: {cron: \"0 2 30 2 *\"}\npopulation: {of: customers}",
        [
          "program.yaml:22:18: the cron expression \"0 2 30 2 *\" never fires: no year has such a "
            + "day; write minute hour day month weekday, such as \"0 2 * * MON\" or "
            + "\"0 2 * * 1#1\""
        ]
      ),
      (
        "schedule: {cron: \"0 25 * * *\"}\npopulation: {of: customers}",
        [
          "program.yaml:22:18: the cron expression \"0 25 * * *\" is wrong in its hours: \"25\" must "
            + "be from 0 to 23; write minute hour day month weekday, such as \"0 2 * * MON\" or "
            + "\"0 2 * * 1#1\""
        ]
      ),
      (
        "schedule: {cron: \"0 2 * * *\", timeZone: Europe Berlin}\npopulation: {of: customers}",
        [
          "program.yaml:22:41: the schedule's timeZone \"Europe Berlin\" is not the name of a zone; "
            + "use a name of the IANA database, such as Europe/Berlin"
        ]
      ),
      (
        "schedule: {cron: \"0 2 * * *\"}\npopulation: {of: customers, since: 1d}",
        [
          "program.yaml:23:36: a population of customers does not look back with \"since\"; remove "
            + "it, and say in \"where\" what the customers have done lately"
        ]
      ),
      (
        "schedule: {cron: \"0 2 * * *\"}\n"
          + "population: {of: cart, since: 32d, customer: 'string(cart(key).value)'}",
        [
          "program.yaml:23:31: \"since\" of the population is longer than 31d; shorten it, or remove "
            + "it and have all keys looked at"
        ]
      ),
      (
        "schedule: {cron: \"0 2 * * *\", missed: twice}\npopulation: {of: customers}",
        [
          "program.yaml:22:39: \"missed\" of the schedule cannot be \"twice\"; known: once, all, none"
        ]
      ),
      (
        "trigger: {event: cart.abandoned}",
        ["program.yaml:22:10: the trigger has no \"key\"; add it"]
      ),
      (
        "trigger: {event: cart.abandoned, key: event.cartId}\npopulation: {of: customers}",
        [
          "program.yaml:23:13: nothing starts the population; add a schedule, or remove the "
            + "trigger's \"key\" (a population has its own)"
        ]
      ),
      (
        "schedule: {cron: \"0 2 * * *\"}\npopulation: {of: carts, customer: key}",
        [
          "program.yaml:23:18: the population is of \"carts\", which is no entity; "
            + "did you mean \"cart\"?"
        ]
      ),
      (
        "schedule: {cron: \"0 2 * * *\"}\npopulation: {of: cart}",
        [
          "program.yaml:23:13: the population of \"cart\" does not say whose an item is; add "
            + "customer, such as customer: cart(key).customer"
        ]
      ),
      (
        "schedule: {cron: \"0 2 * * *\"}\npopulation: {of: customers, customer: key}",
        ["program.yaml:23:39: a population of customers needs no \"customer\"; remove it"]
      ),
      (
        "schedule: {cron: \"0 2 * * *\"}\npopulation: {of: cart, customer: customer.id}",
        [
          "program.yaml:23:34: the customer of the population: undeclared reference to 'customer'"
        ]
      ),
      (
        "schedule: {cron: \"0 2 * * *\"}\npopulation: {of: customers, where: 1, limit: key}",
        [
          "program.yaml:23:36: \"where\" of the population must give true or false, not int",
          "program.yaml:23:46: the limit of the population: undeclared reference to 'key'",
        ]
      ),
      (
        "schedule: {cron: \"0 2 * * *\"}\npopulation: {of: customers, perCustomer: 0, rank: '\"x\"'}",
        [
          "program.yaml:23:42: \"perCustomer\" of the population is 0, but must be from 1 to 1024",
          "program.yaml:23:52: the rank of the population must give a number, not string",
        ]
      ),
    ] as [(String, [String])])
  func refusals(lines: String, printed: [String]) {
    // The sample's other parts name the event, which these programs may not have: not asked here.
    let found = Self.problems(lines)
    #expect(printed.allSatisfy(found.contains), "\(found)")
  }

  @Test(
    "reads the rules of its time zone from the program's own files",
    .enabled(if: FileManager.default.fileExists(atPath: "/usr/share/zoneinfo/Europe/Berlin")))
  func zone() throws {
    let bytes = [UInt8](
      try Data(contentsOf: URL(filePath: "/usr/share/zoneinfo/Europe/Berlin")))
    let lines = """
      schedule: {cron: "30 2 * * *", timeZone: Europe/Berlin}
      population: {of: customers}
      """
    let program = try Self.program(lines, zones: ["Europe/Berlin": bytes])
    let schedule = try #require(program.schedule)
    let before = try RFC3339.microseconds(parsing: "2024-03-30T12:00:00Z")
    let next = try #require(schedule.next(after: before))
    // On 31 March 2024 clocks go from 2:00 to 3:00.
    #expect(RFC3339.string(microseconds: next).hasPrefix("2024-03-31T01:00:00"))
    #expect(Self.problems(lines, zones: ["Europe/Berlin": [1, 2, 3]]).count == 1)
    #expect(!schedule.usesLedgerZone && !program.usesTimeZones)
  }

  @Test("goes by the ledger's rules of its time zone where the program has none")
  func ledgerZone() throws {
    let program = try Self.program(
      """
      schedule: {cron: "30 2 * * *", timeZone: Europe/Berlin}
      population: {of: customers}
      """)
    let schedule = try #require(program.schedule)
    #expect(schedule.usesLedgerZone && schedule.zone == nil && program.usesTimeZones)
    #expect(program.timeZone == "UTC")
  }
}
