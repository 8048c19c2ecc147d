import CBOR

/// Writes files of the MaxMind DB format, version 2.0, with 24 bits a record
/// (maxmind.github.io/MaxMind-DB): a search tree, 16 zeros, the data, a marker, the metadata.
struct MMDBFile {
  /// A value of the data section.
  indirect enum Value {
    case text(String)
    case double(Double)
    case float(Float)
    case uint16(UInt16)
    case uint32(UInt32)
    case uint64(UInt64)
    case map([(String, Value)])
    case array([Value])
  }

  /// What a node's bit leads to.
  private enum Target {
    case nothing
    case node(Int)
    case data(Int)
  }

  private let isVersion6: Bool
  private let type: String
  private let builtAt: UInt64
  private var nodes: [[Target]] = [[.nothing, .nothing]]
  private var data: [UInt8] = []

  init(type: String = "GeoLite2-City", isVersion6: Bool = true, builtAt: UInt64 = 1_700_000_000) {
    self.type = type
    self.isVersion6 = isVersion6
    self.builtAt = builtAt
  }

  /// Adds a network: its address's bytes, of version 4 in a tree of version 6 behind 96 zeros.
  mutating func add(_ address: [UInt8], length: Int, _ value: Value) {
    let offset = data.count
    Self.write(value, to: &data)
    let isMapped = isVersion6 && address.count == 4
    let bytes = isMapped ? [UInt8](repeating: 0, count: 12) + address : address
    let depth = isMapped ? length + 96 : length
    var node = 0
    for bit in 0..<depth {
      let side = Int(bytes[bit / 8] >> (7 - UInt8(bit % 8)) & 1)
      guard bit < depth - 1 else {
        nodes[node][side] = .data(offset)
        return
      }
      if case .node(let next) = nodes[node][side] {
        node = next
        continue
      }
      nodes.append([.nothing, .nothing])
      nodes[node][side] = .node(nodes.count - 1)
      node = nodes.count - 1
    }
  }

  /// The whole file.
  var bytes: [UInt8] {
    var file: [UInt8] = []
    for node in nodes {
      for target in node {
        let number =
          switch target {
          case .nothing: nodes.count
          case .node(let index): index
          case .data(let offset): nodes.count + 16 + offset
          }
        file += [16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
      }
    }
    file += [UInt8](repeating: 0, count: 16) + data
    file += [0xAB, 0xCD, 0xEF] + Array("MaxMind.com".utf8)
    Self.write(
      .map([
        ("binary_format_major_version", .uint16(2)), ("binary_format_minor_version", .uint16(0)),
        ("build_epoch", .uint64(builtAt)), ("database_type", .text(type)),
        ("description", .map([("en", .text("made for a test"))])),
        ("ip_version", .uint16(isVersion6 ? 6 : 4)), ("languages", .array([.text("en")])),
        ("node_count", .uint32(UInt32(nodes.count))), ("record_size", .uint16(24)),
      ]), to: &file)
    return file
  }

  private static func write(_ value: Value, to bytes: inout [UInt8]) {
    switch value {
    case .text(let text):
      control(2, size: text.utf8.count, &bytes)
      bytes += text.utf8
    case .double(let number):
      control(3, size: 8, &bytes)
      bytes += bigEndian(number.bitPattern, count: 8)
    case .float(let number):
      control(15, size: 4, &bytes)
      bytes += bigEndian(UInt64(number.bitPattern), count: 4)
    case .uint16(let number): whole(5, UInt64(number), &bytes)
    case .uint32(let number): whole(6, UInt64(number), &bytes)
    case .uint64(let number): whole(9, number, &bytes)
    case .map(let entries):
      control(7, size: entries.count, &bytes)
      for (key, value) in entries {
        write(.text(key), to: &bytes)
        write(value, to: &bytes)
      }
    case .array(let elements):
      control(11, size: elements.count, &bytes)
      for element in elements { write(element, to: &bytes) }
    }
  }

  /// Integers have no zeros in front.
  private static func whole(_ type: UInt8, _ number: UInt64, _ bytes: inout [UInt8]) {
    let count = (UInt64.bitWidth - number.leadingZeroBitCount + 7) / 8
    control(type, size: count, &bytes)
    bytes += bigEndian(number, count: count)
  }

  private static func bigEndian(_ number: UInt64, count: Int) -> [UInt8] {
    (0..<count).reversed().map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
  }

  private static func control(_ type: UInt8, size: Int, _ bytes: inout [UInt8]) {
    precondition(size < 285, "tests write short values")
    bytes.append((type <= 7 ? type << 5 : 0) | UInt8(min(size, 29)))
    if type > 7 { bytes.append(type - 7) }
    if size >= 29 { bytes.append(UInt8(size - 29)) }
  }
}

extension MMDBFile {
  /// What GeoLite2-City says of a place.
  static func city(
    _ country: String, _ city: String, _ latitude: Double, _ longitude: Double, zone: String
  ) -> Value {
    .map([
      ("city", .map([("names", .map([("de", .text("?")), ("en", .text(city))]))])),
      ("country", .map([("iso_code", .text(country))])),
      (
        "location",
        .map([
          ("accuracy_radius", .uint16(20)), ("latitude", .double(latitude)),
          ("longitude", .double(longitude)), ("time_zone", .text(zone)),
        ])
      ),
      (
        "subdivisions",
        .array([.map([("iso_code", .text("X1"))]), .map([("iso_code", .text("X2"))])])
      ),
    ])
  }

  /// Cities of a few networks, those of the documentation (RFC 5737, RFC 3849).
  static func cities(builtAt: UInt64 = 1_700_000_000, moscow: String = "Moscow") -> MMDBFile {
    var file = MMDBFile(builtAt: builtAt)
    file.add(
      [198, 51, 100, 0], length: 24, city("US", "New York", 40.7, -74.0, zone: "America/New_York"))
    file.add([203, 0, 113, 0], length: 25, city("RU", moscow, 55.7, 37.6, zone: "Europe/Moscow"))
    file.add([192, 0, 2, 0], length: 24, .map([("country", .map([("iso_code", .text("FR"))]))]))
    file.add(
      [0x20, 0x01, 0x0D, 0xB8] + [UInt8](repeating: 0, count: 12), length: 32,
      city("JP", "Tokyo", 35.7, 139.7, zone: "Asia/Tokyo"))
    return file
  }

  /// Networks, as GeoLite2-ASN has them.
  static func systems() -> MMDBFile {
    var file = MMDBFile(type: "GeoLite2-ASN", isVersion6: false)
    file.add(
      [203, 0, 113, 0], length: 24,
      .map([
        ("autonomous_system_number", .uint32(64_500)),
        ("autonomous_system_organization", .text("Example Hosting")),
      ]))
    return file
  }
}
