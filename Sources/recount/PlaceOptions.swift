import ArgumentParser
import Engine
import Intake
import JSON
import Places

/// Where the addresses of events are.
struct PlaceOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A MaxMind database of cities or of networks (.mmdb); give the option twice for both. An "
        + "event with an ip and no location of its own gets location {country, subdivision, city, "
        + "lat, lon, accuracyKm, timeZone, source}, likewise network {asn, organisation, source}, "
        + "before it is recorded; source names the file by its hash, and a replay never opens it.",
      valueName: "file"))
  var geoip: [String] = []

  /// A source of events, with places where files were named.
  struct Placed {
    let source: any EventSource
    /// nil: no file was named.
    fileprivate let places: PlacedEvents?

    /// The events that name the files in the ledger.
    var loadings: [Input] { places?.resolver.loadings ?? [] }

    /// Tells on standard error what places were found, and of damage.
    func note() {
      guard let resolver = places?.resolver else { return }
      let tally = resolver.tally
      Output.note(
        "places: \(tally.resolved) events resolved, \(tally.unknown) with an address that no file "
          + "knows")
      if tally.withoutRoom > 0 {
        Output.note("\(tally.withoutRoom) events have no room left for a place")
      }
      if let damage = resolver.damage {
        Output.note("\(damage); so are \(tally.damaged) records that were asked for")
      }
    }

    /// Adds `places` to what a command tells.
    func write(to object: inout JSONWriter) {
      guard let tally = places?.resolver.tally else { return }
      object.key("places")
      object.object { inner in
        inner.field("resolved", tally.resolved)
        inner.field("unknown", tally.unknown)
        inner.field("withoutRoom", tally.withoutRoom)
        inner.field("damaged", tally.damaged)
      }
    }
  }

  /// The events of `source`, with places.
  /// - Throws: `PlaceFault` where a file cannot be used.
  func events(of source: any EventSource) throws -> Placed {
    guard !geoip.isEmpty else { return Placed(source: source, places: nil) }
    let databases = try geoip.map { try PlaceDatabase(path: $0) }
    let placed = PlacedEvents(source, PlaceResolver(databases))
    return Placed(source: placed, places: placed)
  }
}
