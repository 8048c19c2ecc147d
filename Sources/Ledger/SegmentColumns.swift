import CBOR

/// The columns of a segment: the fields of the record headers but the ids.
///
/// A column has a value of each record: its lowest value as a base, and what each is above that,
/// in as many bytes as the greatest needs. A field that is the same everywhere takes no room.
enum SegmentColumn: Int, CaseIterable {
  /// Byte 0 of the record.
  case version
  case kind
  case flags
  case type
  case recordedAt
  /// recordedAt − occurredAt.
  case delay
  /// position − cause; 0: no cause.
  case causeDistance
  /// position − root.
  case rootDistance
  case program
  case subjectLength
  case sourceLength
  case externalIDLength
  /// Bytes 66 and 67 of the record.
  case reserved
  case payloadLength

  static let count = allCases.count

  /// The column's value of a record at a position.
  func value(of record: RawSpan, at position: UInt64) -> Int64 {
    switch self {
    case .version: Int64(record.byte(at: 0))
    case .kind: Int64(record.byte(at: 1))
    case .flags: Int64(record.littleEndian(at: 2, as: UInt16.self))
    case .type: Int64(record.littleEndian(at: 4, as: UInt32.self))
    case .recordedAt: record.littleEndian(at: 8, as: Int64.self)
    case .delay:
      record.littleEndian(at: 8, as: Int64.self) &- record.littleEndian(at: 16, as: Int64.self)
    case .causeDistance: Self.distance(record.littleEndian(at: 24, as: UInt64.self), from: position)
    case .rootDistance:
      Int64(bitPattern: position &- record.littleEndian(at: 32, as: UInt64.self))
    case .program: Int64(record.littleEndian(at: 56, as: UInt32.self))
    case .subjectLength: Int64(record.littleEndian(at: 60, as: UInt16.self))
    case .sourceLength: Int64(record.littleEndian(at: 62, as: UInt16.self))
    case .externalIDLength: Int64(record.littleEndian(at: 64, as: UInt16.self))
    case .reserved: Int64(record.littleEndian(at: 66, as: UInt16.self))
    case .payloadLength: Int64(record.littleEndian(at: 68, as: UInt32.self))
    }
  }

  private static func distance(_ cause: UInt64, from position: UInt64) -> Int64 {
    cause == 0 ? 0 : Int64(bitPattern: position &- cause)
  }
}

/// One column as it is stored.
struct PackedColumn {
  let base: Int64
  /// Bytes a value, 0 to 8.
  let width: Int

  /// The narrowest column for `values`, which are not none.
  init(holding values: [Int64]) {
    let low = values.min() ?? 0
    let range = UInt64(bitPattern: (values.max() ?? 0) &- low)
    base = low
    width = (64 - range.leadingZeroBitCount + 7) / 8
  }

  init(base: Int64, width: Int) {
    self.base = base
    self.width = width
  }

  /// What the stored bytes of a value have to be masked with after loading eight.
  var mask: UInt64 { width == 8 ? .max : (1 << UInt64(8 * width)) - 1 }
}
