/// A place on the earth in degrees.
///
/// Values outside the range are clamped: a latitude to 90 either way, a longitude to 360 (not 180,
/// because some sources count longitudes from 0 to 360). A coordinate that is not a finite number
/// becomes 0, with `isValid` false.
package struct Coordinate: Equatable, Sendable {
  /// Degrees north, -90 to 90.
  package let latitude: Double
  /// Degrees east, -360 to 360.
  package let longitude: Double
  /// Whether both arguments were finite and in range. A caller that reads a producer's fields asks
  /// this before it trusts a distance.
  package let isValid: Bool

  /// A place from degrees north and degrees east.
  package init(latitude: Double, longitude: Double) {
    self.latitude = Self.clamped(latitude, 90)
    self.longitude = Self.clamped(longitude, 360)
    isValid = self.latitude == latitude && self.longitude == longitude
  }

  private static func clamped(_ value: Double, _ limit: Double) -> Double {
    value.isFinite ? min(max(value, -limit), limit) : 0
  }
}

/// Distances on a sphere with the earth's mean radius, and speeds of travel.
package enum GreatCircle {
  /// The mean radius R1 = (2a + b)/3 of the WGS 84 ellipsoid (IUGG, Moritz 1980), in kilometres.
  package static let earthRadiusKilometres = 6371.0088

  /// The international mile.
  package static let kilometresPerMile = 1.609344

  /// The distance over the surface, by the haversine formula (Sinnott 1984): 0 to 20,015.1 km.
  ///
  /// Symmetric bit for bit, never NaN. The sphere itself is off by up to 0.6% of the ellipsoid's
  /// distance; the arithmetic by less than a millimetre, near the antipodes by some decimetres.
  /// Cost: about 130 ns.
  package static func kilometres(from start: Coordinate, to end: Coordinate) -> Double {
    2 * earthRadiusKilometres * halfAngle(start, end)
  }

  /// The same in miles: 0 to 12,436.8.
  package static func miles(from start: Coordinate, to end: Coordinate) -> Double {
    kilometres(from: start, to: end) / kilometresPerMile
  }

  /// The speed, in units of `distance` an hour, that covers `distance` in the time between two
  /// moments.
  ///
  /// The order of the moments does not matter, since a late event may come after its successor.
  /// Less than a second counts as a second, so that two places at one moment are very fast, but
  /// finite. A negative or NaN distance counts as 0.
  /// - Parameter elapsedMicroseconds: The difference of the two moments, of either sign.
  package static func unitsPerHour(
    distance: Double, elapsedMicroseconds: Int64
  ) -> Double {
    guard distance > 0 else { return 0 }
    let elapsed = max(elapsedMicroseconds.magnitude, 1_000_000)
    let hours = Double(elapsed) / 3_600_000_000
    return min(distance / hours, .greatestFiniteMagnitude)
  }

  /// Half the angle between two places seen from the earth's centre, in radians, 0 to pi/2.
  private static func halfAngle(_ start: Coordinate, _ end: Coordinate) -> Double {
    let north = Deterministic.sin(radians(end.latitude - start.latitude) / 2)
    let east = Deterministic.sin(radians(end.longitude - start.longitude) / 2)
    let shrink =
      Deterministic.cos(radians(start.latitude)) * Deterministic.cos(radians(end.latitude))
    // Rounding may carry the haversine past 1 by an ulp.
    let haversine = min(max(north * north + shrink * (east * east), 0), 1)
    return Deterministic.atan2(haversine.squareRoot(), (1 - haversine).squareRoot())
  }

  private static func radians(_ degrees: Double) -> Double {
    degrees * 0x1.1df46a2529d39p-6
  }
}
