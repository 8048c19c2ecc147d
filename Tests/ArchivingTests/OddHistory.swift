import CBOR
import Ledger
import TestSupport

/// Events that are hard to say in JSON, among ordinary ones.
enum OddHistory {
  /// Payloads, each with whether JSON can say it exactly.
  static let payloads: [(bytes: [UInt8], isPlain: Bool)] =
    values.map { (CBORValue.object([("v", $0.value)]).encoded(), $0.isPlain) } + [
      (CBORValue.object([]).encoded(), true),
      // Bytes that are no deterministic CBOR at all.
      ([], false), ([0xff, 0x00], false), ([0xA1, 0x61, 0x76, 0x18, 0x01], false),
      // Keys out of order, and one that occurs twice.
      ([0xA2, 0x61, 0x62, 0x01, 0x61, 0x61, 0x02], false),
      ([0xA2, 0x61, 0x61, 0x01, 0x61, 0x61, 0x02], false),
      // A key that is a number, and a text that is not UTF-8.
      ([0xA1, 0x01, 0x02], false), ([0xA1, 0x61, 0x76, 0x62, 0xC3, 0x28], false),
    ]

  private static let values: [(value: CBORValue, isPlain: Bool)] = [
    (.null, true), (.bool(true), true), (.unsigned(0), true), (.unsigned(.max), true),
    (.negative(UInt64(Int64.max)), true), (.negative(.max), false),
    (.double(0), true), (.double(-0.0), true), (.double(1), true), (.double(0.1), true),
    (.double(1e300), true), (.double(.leastNonzeroMagnitude), true), (.double(65_504), true),
    (.double(-1.5e-45), true), (.double(1e21), true), (.double(123_456_789_012_345_680), true),
    (.double(.nan), false), (.double(.infinity), false), (.double(-.infinity), false),
    (.bytes([]), false), (.bytes([1, 2, 3]), false), (.text("AQID"), true), (.text(""), true),
    (.text("NaN"), true), (.text("\u{0}\u{1}\u{1f}\u{7f}\"\\/\n\r\t\u{2028}\u{2029}"), true),
    (.text("é e\u{301} 👩‍👩‍👧 \u{10FFFF} \u{FEFF}"), true),
    (.text(String(repeating: "long \u{1}", count: 20_000)), true),
    (.array([]), true), (nested(30), true), (nested(200), false),
  ]

  private static func nested(_ depth: Int) -> CBORValue {
    (0..<depth).reduce(CBORValue.unsigned(1)) { value, _ in .array([value]) }
  }

  /// A history of `count` events with their bodies; names are given as the engine gives them.
  static func events(
    _ count: Int, seed: UInt64
  ) -> (events: [Event], blobs: [Blob]) {
    var random = SplitMix64(seed: seed)
    var events: [Event] = [
      naming(1, .type, 2, "page.viewed"), naming(2, .program, 1, "a-program"),
      naming(3, .type, 3, "typ \u{1}\"é"),
    ]
    var blobs: [Blob] = []
    var time: Int64 = 1_700_000_000_000_000
    while events.count < count {
      let position = UInt64(events.count) + 1
      time += Int64.random(in: 0..<5_000_000, using: &random)
      // Beyond the year 9999, for the last events.
      if events.count > count - 5 { time = max(time, 400_000_000_000_000_000) }
      var record = odd(position, time, &random).record
      switch Int.random(in: 0..<20, using: &random) {
      case 0: record[2] = 7
      case 1: record[66] = 1
      case 2: record[4] = 99
      case 3: record[56] = 88
      default: break
      }
      guard let event = try? Event(position: position, record: record) else {
        preconditionFailure("the record is one")
      }
      events.append(event)
      if Int.random(in: 0..<40, using: &random) == 0 {
        let size = [0, 1, 1_000, 786_432, 800_000][blobs.count % 5]
        blobs.append(
          Blob(position: position, bytes: (0..<size).map { UInt8(truncatingIfNeeded: $0 * 7) }))
      }
    }
    return (events, blobs)
  }

  private static func odd(
    _ position: UInt64, _ time: Int64, _ random: inout SplitMix64
  ) -> Event {
    let kind = EventKind.allCases.randomElement(using: &random)!
    let payload = payloads[Int(position) % payloads.count].bytes
    let isOutside = kind == .input || kind == .outcome || Bool.random(using: &random)
    let text: [[UInt8]] = [
      Array("alice".utf8), [], Array("é\u{0}\"\\".utf8), [0xC3, 0x28],
      [UInt8](repeating: 0x61, count: 256),
    ]
    let source = isOutside ? Array("//shop".utf8) : []
    let externalID = isOutside ? Array("id-\(position)".utf8) : []
    let occurredAt = [time, time - 1, -1, -62_135_596_800_000_000, .min, .max]
      .randomElement(using: &random)!
    return Event(
      position: position,
      header: EventHeader(
        kind: kind, type: UInt32.random(in: 1...3, using: &random) == 1 ? 2 : 3, recordedAt: time,
        occurredAt: occurredAt,
        cause: Bool.random(using: &random) ? 0 : UInt64.random(in: 1..<position, using: &random),
        root: UInt64.random(in: 1...position, using: &random),
        id: EventID(high: random.next(), low: random.next()),
        program: UInt32.random(in: 0...1, using: &random)),
      subject: text.randomElement(using: &random)!, source: source, externalID: externalID,
      payload: payload)
  }

  static func naming(
    _ position: UInt64, _ space: Names.Space, _ number: UInt32, _ name: String
  ) -> Event {
    let id = Array("name/\(position)".utf8)
    let source = Array(OwnSource.control.utf8)
    return Event(
      position: position,
      header: EventHeader(
        kind: .control, type: Names.internedType, recordedAt: Int64(position),
        occurredAt: Int64(position), cause: 0, root: position,
        id: EventID(source: source, externalID: id), program: 0),
      subject: [], source: source, externalID: id,
      payload: Names.payload(space, number: number, name: name).encoded())
  }
}
