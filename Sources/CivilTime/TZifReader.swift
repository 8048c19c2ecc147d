/// Reads the bytes of a TZif file (RFC 9636 section 3) with every bound checked.
struct TZifReader {
  struct Contents {
    var transitions: [Int64] = []
    var transitionTypes: [TimeZoneTable.LocalTimeType] = []
    var firstType = TimeZoneTable.LocalTimeType(offsetSeconds: 0, isDaylight: false)
    var footer: PosixZone?
  }

  private struct Header {
    var version: UInt8
    var isUTCount: Int
    var isStandardCount: Int
    var leapCount: Int
    var transitionCount: Int
    var typeCount: Int
    var characterCount: Int
  }

  private let bytes: [UInt8]
  private var position = 0

  init(bytes: [UInt8]) {
    self.bytes = bytes
  }

  mutating func readFile() throws(TimeZoneTableError) -> Contents {
    let first = try readHeader()
    guard first.version >= 0x32 else { return try readBlock(first, timeSize: 4) }
    try skip(blockSize(first, timeSize: 4))
    let second = try readHeader()
    var contents = try readBlock(second, timeSize: 8)
    contents.footer = try readFooter()
    return contents
  }

  private func blockSize(_ header: Header, timeSize: Int) -> Int {
    header.transitionCount * (timeSize + 1) + header.typeCount * 6 + header.characterCount
      + header.leapCount * (timeSize + 4) + header.isStandardCount + header.isUTCount
  }

  private mutating func readHeader() throws(TimeZoneTableError) -> Header {
    guard bytes.count - position >= 44, bytes[position..<position + 4].elementsEqual(magic) else {
      throw TimeZoneTableError(message: "the header 'TZif' is missing at byte \(position).")
    }
    let version = bytes[position + 4]
    position += 20
    var counts: [Int] = []
    for _ in 0..<6 { counts.append(Int(try integer(size: 4) & 0xFFFF_FFFF)) }
    // A count that the file is too short for is refused before anything is reserved for it.
    guard counts.allSatisfy({ $0 <= bytes.count }) else {
      throw TimeZoneTableError(message: "a count is larger than the file.")
    }
    return Header(
      version: version, isUTCount: counts[0], isStandardCount: counts[1], leapCount: counts[2],
      transitionCount: counts[3], typeCount: counts[4], characterCount: counts[5])
  }

  private mutating func readBlock(
    _ header: Header, timeSize: Int
  ) throws(TimeZoneTableError) -> Contents {
    guard bytes.count - position >= blockSize(header, timeSize: timeSize) else {
      throw TimeZoneTableError(message: "the data block is cut off.")
    }
    guard header.typeCount > 0 else {
      throw TimeZoneTableError(message: "no local time type is defined.")
    }
    var contents = Contents()
    for _ in 0..<header.transitionCount {
      let time = try integer(size: timeSize)
      if let last = contents.transitions.last, time <= last {
        throw TimeZoneTableError(message: "the transitions are not in rising order.")
      }
      contents.transitions.append(time)
    }
    let typeIndexes = Array(bytes[position..<position + header.transitionCount])
    try skip(header.transitionCount)
    var types: [TimeZoneTable.LocalTimeType] = []
    for _ in 0..<header.typeCount {
      let offset = try integer(size: 4)
      guard offset > -26 * 3_600, offset < 26 * 3_600 else {
        throw TimeZoneTableError(message: "an offset is beyond 26 hours.")
      }
      types.append(.init(offsetSeconds: Int32(offset), isDaylight: bytes[position] != 0))
      try skip(2)
    }
    for index in typeIndexes {
      guard Int(index) < types.count else {
        throw TimeZoneTableError(message: "a transition names a type that is not defined.")
      }
      contents.transitionTypes.append(types[Int(index)])
    }
    contents.firstType = types[0]
    try skip(
      header.characterCount + header.leapCount * (timeSize + 4) + header.isStandardCount
        + header.isUTCount)
    return contents
  }

  private mutating func readFooter() throws(TimeZoneTableError) -> PosixZone? {
    guard position < bytes.count, bytes[position] == 0x0A,
      let end = bytes[(position + 1)...].firstIndex(of: 0x0A)
    else { throw TimeZoneTableError(message: "the footer is missing.") }
    let text = Array(bytes[(position + 1)..<end])
    if text.isEmpty { return nil }
    guard let zone = PosixZone(parsing: text) else {
      throw TimeZoneTableError(
        message: "the footer '\(String(decoding: text, as: UTF8.self))' is not a POSIX TZ text.")
    }
    return zone
  }

  private mutating func integer(size: Int) throws(TimeZoneTableError) -> Int64 {
    guard bytes.count - position >= size else {
      throw TimeZoneTableError(message: "it ends in the middle of a number.")
    }
    var value: UInt64 = 0
    for index in position..<position + size { value = value << 8 | UInt64(bytes[index]) }
    position += size
    return size == 8
      ? Int64(bitPattern: value) : Int64(Int32(truncatingIfNeeded: value))
  }

  private mutating func skip(_ count: Int) throws(TimeZoneTableError) {
    guard bytes.count - position >= count else {
      throw TimeZoneTableError(message: "the data block is cut off.")
    }
    position += count
  }
}

private let magic: [UInt8] = [0x54, 0x5A, 0x69, 0x66]
