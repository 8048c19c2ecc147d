extension RFC3339 {
  /// The moment `microseconds` after 1970 UTC as `2024-01-04T11:45:38.000000Z`: always UTC, always
  /// six digits.
  ///
  /// Beyond the years 1…9999 the year is written with as many digits as it needs and a sign.
  package static func string(microseconds: Int64) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(27)
    append(microseconds: microseconds, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Appends what `string(microseconds:)` gives to `bytes`; allocates only if they must grow.
  package static func append(microseconds: Int64, to bytes: inout [UInt8]) {
    let seconds = CivilTime.floorDivide(microseconds, CivilTime.microsecondsPerSecond)
    let rest = CivilTime.floorRemainder(microseconds, CivilTime.microsecondsPerSecond)
    append(seconds: seconds, to: &bytes)
    bytes.append(0x2E)
    append(rest, digits: 6, to: &bytes)
    bytes.append(0x5A)
  }

  /// The shortest form, as CEL's `string(timestamp)` writes it: UTC, no fraction if it is zero,
  /// otherwise without zeros at its end (`2009-02-13T23:31:30.5Z`).
  package var text: String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(30)
    RFC3339.append(seconds: seconds, to: &bytes)
    if nanos != 0 {
      bytes.append(0x2E)
      RFC3339.append(Int64(nanos), digits: 9, to: &bytes)
      while bytes.last == 0x30 { bytes.removeLast() }
    }
    bytes.append(0x5A)
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func append(seconds: Int64, to bytes: inout [UInt8]) {
    let clock = WallClock(localSeconds: seconds)
    append(clock.date.year, digits: 4, to: &bytes)
    bytes.append(0x2D)
    append(clock.date.month, digits: 2, to: &bytes)
    bytes.append(0x2D)
    append(clock.date.day, digits: 2, to: &bytes)
    bytes.append(0x54)
    append(clock.hour, digits: 2, to: &bytes)
    bytes.append(0x3A)
    append(clock.minute, digits: 2, to: &bytes)
    bytes.append(0x3A)
    append(clock.second, digits: 2, to: &bytes)
  }

  private static func append(_ value: Int64, digits: Int, to bytes: inout [UInt8]) {
    if value < 0 { bytes.append(0x2D) }
    var rest = value.magnitude
    var scale: UInt64 = 1
    for _ in 1..<digits { scale *= 10 }
    while rest / scale >= 10 { scale *= 10 }
    while scale > 0 {
      bytes.append(0x30 + UInt8(rest / scale))
      rest %= scale
      scale /= 10
    }
  }
}
