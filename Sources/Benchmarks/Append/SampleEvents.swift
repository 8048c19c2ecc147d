import CAppendLoop
import Ledger

/// The events of 500 bytes that the append benchmarks write; see SampleEvent.h.
struct SampleEvents {
  /// Bytes of a record.
  static let recordBytes = 500
  private static let poolSize = 4_096

  /// Distinguishes the ids of one run from those of another.
  let seed: UInt64
  private let payloads: [[UInt8]]

  init(seed: UInt64) {
    self.seed = seed
    payloads = (0..<UInt64(Self.poolSize)).map(Self.payload)
  }

  /// `{"note": text}` as deterministic CBOR.
  private static func payload(_ number: UInt64) -> [UInt8] {
    let textBytes = sampleDataBytes - 9
    let head: [UInt8] = [0xa1, 0x64, 0x6e, 0x6f, 0x74, 0x65, 0x79]
    var bytes = head + [UInt8(textBytes >> 8), UInt8(textBytes & 255)]
    // SAFETY: the closure fills exactly the capacity that it is given.
    let text = unsafe [CChar](unsafeUninitializedCapacity: textBytes) { buffer, count in
      unsafe sampleText(number, buffer.baseAddress!, textBytes)
      count = textBytes
    }
    bytes += text.map { UInt8(bitPattern: $0) }
    return bytes
  }

  /// The event at a position.
  func event(_ position: UInt64) -> Event {
    let time = Int64(1_700_000_000_000_000 + position)
    let header = EventHeader(
      kind: .input, type: 2, recordedAt: time, occurredAt: time, cause: 0, root: position,
      id: EventID(high: sampleMix(seed ^ (position &* 2)), low: sampleMix(position)), program: 0)
    return Event(
      position: position, header: header, subject: Self.subject(position),
      payload: payloads[Int(position) % Self.poolSize])
  }

  /// The subject of the event at a position.
  static func subject(_ position: UInt64) -> [UInt8] {
    let count = sampleSubjectBytes
    // SAFETY: sampleSubject fills exactly so many bytes.
    let text = unsafe [CChar](unsafeUninitializedCapacity: count) { buffer, filled in
      unsafe sampleSubject(position, buffer.baseAddress!)
      filled = count
    }
    return text.map { UInt8(bitPattern: $0) }
  }
}
