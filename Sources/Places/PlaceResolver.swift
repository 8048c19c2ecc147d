import CBOR
package import Engine
import Expressions
import Ledger

/// Writes into events where their addresses are, before they are recorded.
///
/// An input with an `ip` (a text) gets what the databases know of it, each field only where the
/// event has none of that name, be it null: the producer's own data wins.
///
/// - `location`: `{country, subdivision, city, lat, lon, accuracyKm, timeZone, source}`, as far as
///   they are known;
/// - `network`: `{asn, organisation, source}`.
///
/// `source` names the file by its hash (``ResolvedField/source(hash:)``). The event is the only
/// place that keeps what was looked up: no replay opens a database. An event that is recorded again
/// after the file has changed is a duplicate all the same, as resolved fields are no part of what
/// is compared. One thread at a time may use it.
package struct PlaceResolver {
  /// What became of events with an address.
  package struct Tally: Equatable, Sendable {
    /// Events that got a field.
    package var resolved = 0
    /// Events whose address no file knows, or that is none.
    package var unknown = 0
    /// Events that would have grown beyond the limit, and were left as they were.
    package var withoutRoom = 0
    /// Looks at damaged records.
    package var damaged = 0

    package init(resolved: Int = 0, unknown: Int = 0, withoutRoom: Int = 0, damaged: Int = 0) {
      self.resolved = resolved
      self.unknown = unknown
      self.withoutRoom = withoutRoom
      self.damaged = damaged
    }
  }

  package private(set) var tally = Tally()
  /// The first damage that was met.
  package private(set) var damage: PlaceFault?
  private let databases: [PlaceDatabase]

  /// - Parameter databases: For each field the first one counts that knows it.
  package init(_ databases: [PlaceDatabase]) {
    self.databases = databases
  }

  /// The events that name the databases in the ledger; see ``PlaceDatabase/loading``.
  package var loadings: [Input] { databases.map(\.loading) }

  /// Writes into `input` what the databases know of its address. Only inputs are resolved, not
  /// outcomes.
  package mutating func resolve(_ input: inout Input) {
    guard input.kind == .input else { return }
    let payload = CBORView(storage: input.payload)
    guard let text = payload.view(forKey: Self.ip)?.string else { return }
    let lacksPlace = payload.view(forKey: ResolvedField.location) == nil
    let lacksNetwork = payload.view(forKey: ResolvedField.network) == nil
    guard lacksPlace || lacksNetwork else { return }
    var place: [UInt8]?
    var network: [UInt8]?
    if let address = Self.address(text) {
      for database in databases {
        guard let record = record(of: address, in: database) else { continue }
        if lacksPlace && place == nil && record.hasPlace {
          place = record.location(source: database.hash).encoded()
        }
        if lacksNetwork && network == nil && record.hasNetwork {
          network = record.network(source: database.hash).encoded()
        }
      }
    }
    guard place != nil || network != nil else {
      tally.unknown += 1
      return
    }
    let written = Self.adding(place, network, to: payload)
    guard written.count <= Limits.payloadBytes else {
      tally.withoutRoom += 1
      return
    }
    input.payload = written
    tally.resolved += 1
  }

  private mutating func record(
    of address: NetworkAddress, in database: PlaceDatabase
  ) -> PlaceRecord? {
    do throws(PlaceFault) {
      return try database.record(of: address)
    } catch {
      tally.damaged += 1
      if damage == nil { damage = error }
      return nil
    }
  }

  private static let ip: CBORKey = "ip"

  /// An address as producers write it: one of version 4 may be written as version 6.
  private static func address(_ text: String) -> NetworkAddress? {
    let mapped = "::ffff:"
    guard text.utf8.count > mapped.utf8.count,
      text.prefix(mapped.count).lowercased() == mapped, text.contains(".")
    else { return NetworkAddress(parsing: text) }
    return NetworkAddress(parsing: String(text.dropFirst(mapped.count)))
  }

  /// The map with the fields where their keys belong.
  private static func adding(
    _ place: [UInt8]?, _ network: [UInt8]?, to payload: CBORView
  ) -> [UInt8] {
    // In the order of their keys: the shorter one first.
    var fields: [(key: [UInt8], value: [UInt8])] = []
    if let network { fields.append((ResolvedField.network.encoded, network)) }
    if let place { fields.append((ResolvedField.location.encoded, place)) }
    var encoder = CBOREncoder(
      capacity: payload.storage.count + fields.reduce(16) { $0 + $1.value.count })
    encoder.mapHeader(payload.count + fields.count)
    payload.forEachEntry { key, value in
      let name = payload.storage[key.itemRange]
      while let field = fields.first, field.key.lexicographicallyPrecedes(name) {
        encoder.bytes += field.key + field.value
        fields.removeFirst()
      }
      encoder.bytes += payload.storage[key.offset..<value.itemRange.upperBound]
    }
    for field in fields { encoder.bytes += field.key + field.value }
    return encoder.bytes
  }
}

@available(*, unavailable)
extension PlaceResolver: Sendable {}

extension PlaceRecord {
  fileprivate func location(source hash: String) -> CBORValue {
    var fields: [(String, CBORValue)] = [("source", .text(ResolvedField.source(hash: hash)))]
    if let country { fields.append(("country", .text(country))) }
    if let subdivision { fields.append(("subdivision", .text(subdivision))) }
    if let city { fields.append(("city", .text(city))) }
    if let latitude { fields.append(("lat", .double(latitude))) }
    if let longitude { fields.append(("lon", .double(longitude))) }
    if let accuracyKilometres { fields.append(("accuracyKm", .unsigned(accuracyKilometres))) }
    if let timeZone { fields.append(("timeZone", .text(timeZone))) }
    return .object(fields)
  }

  fileprivate func network(source hash: String) -> CBORValue {
    var fields: [(String, CBORValue)] = [("source", .text(ResolvedField.source(hash: hash)))]
    if let system { fields.append(("asn", .unsigned(system))) }
    if let organisation { fields.append(("organisation", .text(organisation))) }
    return .object(fields)
  }
}

extension PlaceDatabase {
  /// How `reference.loaded` names what it brought.
  package static let kind = "places"

  /// The control event that names this file in the ledger: recorded once for each content.
  ///
  /// It has the file's hash and no body, unlike other reference data. Nothing ever reads the file
  /// again: what it knew of an address is in the event that has the address, so that its tens of
  /// megabytes a release would only be carried along; and the licences of such files oblige to
  /// delete old ones, which a ledger cannot. An audit compares the hash with an archived file.
  package var loading: Input {
    let fields: [(String, CBORValue)] = [
      ("kind", .text(Self.kind)), ("name", .text(type)), ("hash", .text(hash)),
      ("builtAt", .unsigned(builtAt)), ("bytes", .unsigned(UInt64(sizeBytes))),
    ]
    return Input(
      kind: .control, type: EventType.referenceLoaded, subject: [],
      source: Array(OwnSource.control.utf8), externalID: Array("\(Self.kind)/\(hash)".utf8),
      occurredAt: nil, payload: CBORValue.object(fields).encoded())
  }
}
