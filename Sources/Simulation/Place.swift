/// A city of the simulated world.
struct Place {
  let city: String
  /// ISO 3166-1 alpha-2.
  let country: String
  let marketplace: String
  let locale: String
  /// IANA name.
  let timeZone: String
  /// Minutes east of UTC in winter. Summer time is left out: an hour more or less does not change
  /// at which times of the day people shop.
  let offsetMinutes: Int
  /// Ten-thousandths of a degree north.
  let latitude: Int32
  /// Ten-thousandths of a degree east.
  let longitude: Int32
  /// How many of the customers live here, as a share of the table's sum.
  let weight: Int

  /// The homes of the customers, and where they travel and are attacked from.
  static let all: [Place] = [
    Place("New York", "US", "US", "en-US", "America/New_York", -300, 40_7128, -74_0060, 14),
    Place("Chicago", "US", "US", "en-US", "America/Chicago", -360, 41_8781, -87_6298, 8),
    Place("Los Angeles", "US", "US", "en-US", "America/Los_Angeles", -480, 34_0522, -118_2437, 10),
    Place("London", "GB", "UK", "en-GB", "Europe/London", 0, 51_5074, -0_1278, 9),
    Place("Manchester", "GB", "UK", "en-GB", "Europe/London", 0, 53_4808, -2_2426, 4),
    Place("Berlin", "DE", "DE", "de-DE", "Europe/Berlin", 60, 52_5200, 13_4050, 7),
    Place("Munich", "DE", "DE", "de-DE", "Europe/Berlin", 60, 48_1351, 11_5820, 5),
    Place("Paris", "FR", "FR", "fr-FR", "Europe/Paris", 60, 48_8566, 2_3522, 7),
    Place("Lyon", "FR", "FR", "fr-FR", "Europe/Paris", 60, 45_7640, 4_8357, 3),
    Place("Tokyo", "JP", "JP", "ja-JP", "Asia/Tokyo", 540, 35_6762, 139_6503, 8),
    Place("Osaka", "JP", "JP", "ja-JP", "Asia/Tokyo", 540, 34_6937, 135_5023, 4),
    Place("Mumbai", "IN", "IN", "en-IN", "Asia/Kolkata", 330, 19_0760, 72_8777, 5),
    Place("Delhi", "IN", "IN", "en-IN", "Asia/Kolkata", 330, 28_7041, 77_1025, 5),
    Place("São Paulo", "BR", "BR", "pt-BR", "America/Sao_Paulo", -180, -23_5505, -46_6333, 5),
    Place("Recife", "BR", "BR", "pt-BR", "America/Recife", -180, -8_0476, -34_8770, 2),
    Place("Sydney", "AU", "AU", "en-AU", "Australia/Sydney", 600, -33_8688, 151_2093, 4),
  ]

  /// The number of a home, drawn by weight.
  static func home(_ random: inout SplitMix64) -> UInt8 {
    var draw = random.below(totalWeight)
    var index = 0
    while draw >= all[index].weight {
      draw -= all[index].weight
      index += 1
    }
    return UInt8(index)
  }

  /// The numbers of the places on another side of the world, by number: at least 60 degrees of
  /// latitude and longitude together, which is more than 2,000 miles between any two of the table.
  static let farAway: [[UInt8]] = all.map { home in
    all.indices.filter { home.degreesApart(all[$0]) >= 60 }.map { UInt8($0) }
  }

  private static let totalWeight = all.reduce(0) { $0 + $1.weight }

  private func degreesApart(_ other: Place) -> Int {
    let east = abs(Int(longitude) - Int(other.longitude))
    return (abs(Int(latitude) - Int(other.latitude)) + min(east, 3_600_000 - east)) / 10_000
  }

  private init(
    _ city: String, _ country: String, _ marketplace: String, _ locale: String,
    _ timeZone: String, _ offsetMinutes: Int, _ latitude: Int32, _ longitude: Int32, _ weight: Int
  ) {
    self.city = city
    self.country = country
    self.marketplace = marketplace
    self.locale = locale
    self.timeZone = timeZone
    self.offsetMinutes = offsetMinutes
    self.latitude = latitude
    self.longitude = longitude
    self.weight = weight
  }
}

/// At which hours of their day people come.
enum DayPattern {
  /// Relative frequency of the local hours 0 to 23.
  private static let weights = [
    2, 1, 1, 1, 1, 1, 2, 3, 4, 5, 5, 5, 6, 5, 5, 5, 5, 6, 7, 9, 9, 8, 6, 3,
  ]

  private static let total = weights.reduce(0, +)

  /// A moment of the day in microseconds after local midnight, by the pattern, moved by the
  /// customer's own `shift` in hours.
  static func moment(_ random: inout SplitMix64, shift: Int) -> Int64 {
    var draw = random.below(total)
    var hour = 0
    while draw >= weights[hour] {
      draw -= weights[hour]
      hour += 1
    }
    let shifted = (hour + shift + 24) % 24
    return Int64(shifted) * Duration.hour + random.duration(0, Duration.hour)
  }
}
