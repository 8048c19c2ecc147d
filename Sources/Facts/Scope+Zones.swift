import Binding
package import CivilTime
import Expressions
import Profiles
import Programs
import TimeZones

/// Local times: the zone of the customer, by the rules that the ledger holds.
extension Scope {
  /// The rules in force for the present event; nil: the ledger has none.
  var rules: ZoneRules? { zones.rules(at: position) }

  /// The name of the customer's zone: the trait `timeZone`, else the marketplace's, else the
  /// program's, else UTC; a name that the rules do not know does not count.
  package var zoneName: String { zone.name }

  /// The rules of the customer's zone.
  package var zoneTable: TimeZoneTable { zone.table }

  private var zone: (name: String, table: TimeZoneTable) {
    let rules = rules
    if case .string(let name)? = timeZoneTrait, let table = rules?.table(name) {
      return (name, table)
    }
    if let name = marketplace?.timeZone, let table = rules?.table(name) { return (name, table) }
    if let name = binding?.program.timeZone, let table = rules?.table(name) {
      return (name, table)
    }
    return ("UTC", .utc)
  }

  private var timeZoneTrait: Value? {
    profiles.trait("timeZone").flatMap { profiles.value(of: $0, customer: customer) }
  }

  /// `nextLocal(moment, "HH:MM")`, and with the name of a zone.
  func nextLocal(_ arguments: [Value]) throws(EvaluationError) -> Value {
    guard let moment = arguments.first?.microseconds, case .string(let text) = arguments[1] else {
      throw EvaluationError(.noSuchOverload, "nextLocal")
    }
    guard let time = LocalTime(parsing: text) else {
      throw EvaluationError(
        .invalidArgument, "nextLocal: '\(text)' is no time of day such as 10:00")
    }
    var table = zoneTable
    if arguments.count == 3, case .string(let name) = arguments[2] {
      guard let named = name == "UTC" ? .utc : rules?.table(name) else {
        throw EvaluationError(.invalidArgument, "nextLocal: unknown time zone '\(name)'")
      }
      table = named
    }
    return .timestamp(microseconds: table.next(time, on: .all, from: moment))
  }
}
