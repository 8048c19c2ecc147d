import Engine
import Policies
import Programs
import TimeZones

/// The rules of time zones that programs need, from the machine's database.
struct TimeZoneNeed {
  private let body: TimeZoneBody
  private let release: String

  /// nil: none of the programs asks for local times.
  /// - Throws: Where the machine has no database, or a program names a zone that it lacks.
  init?(of programs: [Program], folder: String) throws {
    let asking = programs.filter(\.usesTimeZones)
    guard !asking.isEmpty else { return nil }
    let database = TimeZoneFolder(path: folder)
    body = try database.body()
    release = database.release
    let names = Set(body.zones.map(\.name))
    for program in asking {
      var wanted = program.timeZones
      if let schedule = program.schedule, schedule.usesLedgerZone {
        wanted.append(schedule.timeZone)
      }
      for zone in wanted where zone != "UTC" && !names.contains(zone) {
        throw UnknownTimeZone(program: program.id, zone: zone, folder: folder)
      }
    }
  }

  /// The event that brings the rules into the ledger; none where those in force are the same.
  func inputs(_ store: Store) -> [Input] {
    let input = body.loading(release: release, count: store.timeZones.all.count)
    guard store.timeZones.all.last?.hash != input.hash else { return [] }
    return [input.event]
  }
}

/// A program's `timeZone` that the machine's database does not know.
package struct UnknownTimeZone: Error, CustomStringConvertible {
  package let program: String
  package let zone: String
  package let folder: String

  package var description: String {
    "the program \(program) has the timeZone \"\(zone)\", which \(folder) does not have: name one "
      + "of the IANA database, such as Europe/Berlin"
  }
}
