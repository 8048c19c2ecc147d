import CBOR
package import CivilTime
package import Engine
import Expressions
package import Ledger
import Synchronization

/// When rules of time zones came into the ledger.
package struct TimeZoneLoad: TableRow {
  /// Position of `reference.loaded`.
  package var position: UInt64
  /// SHA-256 of the body, 64 hex digits.
  package var hash: String

  package init(position: UInt64, hash: String) {
    self.position = position
    self.hash = hash
  }

  package init(from reader: inout ByteReader) {
    position = reader.unsigned()
    hash = reader.text()
  }

  package func write(to writer: inout ByteWriter) {
    writer.unsigned(position)
    writer.text(hash)
  }
}

/// The rules of time zones that were in force at each position: a fold over `reference.loaded`.
///
/// A decision about an event goes by the rules that were loaded last before it, so that the same
/// ledger gives the same local times whatever the machine's own database says.
package final class TimeZones: Projection {
  package let name = "time-zones"
  package let version = "1"
  private let loads = Table<TimeZoneLoad>(name: "time-zones")
  private let context: FoldContext
  private var known: [TimeZoneLoad] = []
  private var sets: [UInt64: ZoneRules] = [:]

  package init(context: FoldContext) {
    self.context = context
  }

  package var tables: [any StoredTable] { [loads] }

  package func concerns(type: String) -> Bool { type == EventType.referenceLoaded }

  package func reset() {
    known = []
    sets = [:]
    loads.forEach { _, row in known.append(row) }
  }

  package func project(_ event: Event, subject: UInt32) {
    guard event.payload.view(forKey: "kind")?.string == TimeZoneBody.kind else { return }
    let row = TimeZoneLoad(position: event.position, hash: event.payload.text("hash"))
    loads.set(UInt32(known.count), row)
    known.append(row)
  }

  /// The loads so far, in order.
  package var all: [TimeZoneLoad] { known }

  /// The rules in force at a position; nil: none were loaded before it.
  package func rules(at position: UInt64) -> ZoneRules? {
    known.last { $0.position <= position }.map(rules)
  }

  /// The rules of a zone at a position: those that were loaded last before it and know the zone, as
  /// a later database may have dropped an old name. nil: none do.
  package func table(_ zone: String, at position: UInt64) -> TimeZoneTable? {
    for load in known.reversed() where load.position <= position {
      if let table = rules(load).table(zone) { return table }
    }
    return nil
  }

  private func rules(_ load: TimeZoneLoad) -> ZoneRules {
    if let made = sets[load.position] { return made }
    do {
      let body = try TimeZoneBody(decoding: context.blob(load.position) ?? [])
      let made = ZoneRules(body)
      sets[load.position] = made
      return made
    } catch {
      UnreadableState.stop(
        "the body of event \(load.position)",
        "\(error); run recount verify, and restore a backup")
    }
  }
}

/// The rules of time zones by name, each read when it is first asked for.
package final class ZoneRules: TimeZoneRules {
  private let files: [[UInt8]]
  private let indexes: [String: Int]
  private let tables = Mutex<[Int: TimeZoneTable]>([:])

  /// The rules in `body`.
  package init(_ body: TimeZoneBody) {
    files = body.files
    var indexes: [String: Int] = [:]
    for zone in body.zones { indexes[zone.name] = zone.file }
    self.indexes = indexes
  }

  /// The rules of a zone; nil: its name is unknown.
  package func table(_ zone: String) -> TimeZoneTable? {
    guard let index = indexes[zone] else { return nil }
    return tables.withLock { tables in
      if let made = tables[index] { return made }
      guard let made = try? TimeZoneTable(tzif: files[index]) else { return nil }
      tables[index] = made
      return made
    }
  }

  package func offsetSeconds(zone: String, atUnixSeconds seconds: Int64) -> Int32? {
    table(zone)?.offsetSeconds(atUnixSeconds: seconds)
  }
}
