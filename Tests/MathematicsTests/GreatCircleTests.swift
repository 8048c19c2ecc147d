import Mathematics
import TestSupport
import Testing

struct Trip: Sendable, CustomTestStringConvertible {
  let name: String
  let start: (Double, Double)
  let end: (Double, Double)
  let kilometres: Double

  var testDescription: String { name }
  var from: Coordinate { Coordinate(latitude: start.0, longitude: start.1) }
  var to: Coordinate { Coordinate(latitude: end.0, longitude: end.1) }
}

/// Distances computed by mpmath with 220 bits on the sphere of radius 6371.0088 km.
private let trips: [Trip] = [
  Trip(
    name: "New York to London", start: (40.7128, -74.006), end: (51.5074, -0.1278),
    kilometres: 5570.22987365652),
  Trip(
    name: "Sydney to Santiago, over the date line", start: (-33.8688, 151.2093),
    end: (-33.4489, -70.6693),
    kilometres: 11346.7307940855),
  Trip(
    name: "one metre", start: (48.8566, 2.3522), end: (48.856609, 2.3522),
    kilometres: 0.0010007557219454),
  Trip(
    name: "a quarter of the equator", start: (0, 0), end: (0, 90),
    kilometres: 10007.557221018),
  Trip(
    name: "pole to pole", start: (90, 0), end: (-90, 0),
    kilometres: 20015.1144420359),
  Trip(
    name: "antipodes on the equator", start: (0, -90), end: (0, 90),
    kilometres: 20015.1144420359),
  Trip(
    name: "Los Angeles to San Francisco", start: (34.0522, -118.2437), end: (37.7749, -122.4194),
    kilometres: 559.121349351787),
  Trip(
    name: "Fiji over the date line", start: (-17.7134, 179.9), end: (-17.7134, -179.9),
    kilometres: 21.1846710780686),
  Trip(
    name: "pole to anywhere", start: (90, 12.5), end: (45, -99),
    kilometres: 5003.77861050898),
]

@Suite("Great circles")
struct GreatCircleTests {
  @Test("Known distances", arguments: trips)
  func knownDistance(_ trip: Trip) {
    let distance = GreatCircle.kilometres(from: trip.from, to: trip.to)
    #expect((distance - trip.kilometres).magnitude <= 1e-6)
    let miles = GreatCircle.miles(from: trip.from, to: trip.to)
    #expect((miles - trip.kilometres / 1.609344).magnitude <= 1e-6)
  }

  @Test(
    "Distance is symmetric to the bit, zero to itself, and obeys the triangle",
    arguments: 0..<8 as Range<UInt64>)
  func metric(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    func place() -> Coordinate {
      Coordinate(latitude: random.signedUnit() * 90, longitude: random.signedUnit() * 180)
    }
    for _ in 0..<2_000 {
      let (a, b, c) = (place(), place(), place())
      let direct = GreatCircle.kilometres(from: a, to: b)
      #expect(direct == GreatCircle.kilometres(from: b, to: a))
      #expect(GreatCircle.kilometres(from: a, to: a) == 0)
      let detour = GreatCircle.kilometres(from: a, to: c) + GreatCircle.kilometres(from: c, to: b)
      #expect(direct <= detour + 1e-3)
      #expect(direct >= 0 && direct <= 20_015.2)
    }
  }

  @Test("Coordinates out of range are clamped and marked")
  func clamping() {
    let north = Coordinate(latitude: 90.5, longitude: 10)
    #expect(north.latitude == 90)
    #expect(!north.isValid)
    #expect(Coordinate(latitude: -1e300, longitude: 1e300).longitude == 360)
    let nowhere = Coordinate(latitude: .nan, longitude: .infinity)
    #expect(nowhere.latitude == 0 && nowhere.longitude == 0 && !nowhere.isValid)
    #expect(Coordinate(latitude: -90, longitude: -180).isValid)
    #expect(Coordinate(latitude: 0, longitude: 359).isValid)
  }

  @Test("A longitude counted from 0 to 360 names the same place")
  func longitudeTurn() {
    let a = Coordinate(latitude: 40, longitude: 286)
    let b = Coordinate(latitude: 40, longitude: -74)
    #expect(GreatCircle.kilometres(from: a, to: b) < 1e-6)
  }

  @Test("Any bits make a finite distance", arguments: 0..<4 as Range<UInt64>)
  func anyBits(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    for _ in 0..<5_000 {
      let a = Coordinate(
        latitude: Double(bitPattern: random.next()), longitude: Double(bitPattern: random.next()))
      let b = Coordinate(
        latitude: Double(bitPattern: random.next()), longitude: Double(bitPattern: random.next()))
      #expect((0...20_015.2).contains(GreatCircle.kilometres(from: a, to: b)))
    }
  }

  @Test(
    "Speeds",
    arguments: [
      (500.0, 3_600_000_000 as Int64, 500.0), (500, -3_600_000_000, 500), (250, 1_800_000_000, 500),
      (1, 0, 3_600), (1, 999_999, 3_600), (0, 0, 0), (-3, 5, 0), (.nan, 5, 0),
      (.infinity, 5, .greatestFiniteMagnitude), (1, .min, 3.903_127_820_947_816e-10),
    ])
  func speed(distance: Double, elapsed: Int64, expected: Double) {
    let speed = GreatCircle.unitsPerHour(distance: distance, elapsedMicroseconds: elapsed)
    #expect(
      speed == expected || (speed - expected).magnitude <= 1e-12 * expected, "\(speed)")
  }
}
