import CBOR
import Ledger
import TestSupport
import Testing

/// Records against section 5 of the design.
@Suite("Records")
struct RecordTests {
  /// Made with nothing but the table of the design.
  private static let golden: [UInt8] =
    [1, 4, 0, 0]  // version, kind (effect), flags
    + [0x04, 0x03, 0x02, 0x01]  // type
    + [0x08, 0x07, 0x06, 0x05, 0x04, 0x03, 0x02, 0x01]  // recorded at
    + [0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]  // occurred at: -2
    + [0x2A, 0, 0, 0, 0, 0, 0, 0]  // cause
    + [0x29, 0, 0, 0, 0, 0, 0, 0]  // root
    + [0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17]  // id, as it is
    + [0x18, 0x19, 0x1A, 0x1B, 0x1C, 0x1D, 0x1E, 0x1F]
    + [0x05, 0, 0, 0]  // program
    + [5, 0, 3, 0, 4, 0, 0, 0]  // lengths of subject, source, external id; reserved
    + [6, 0, 0, 0]  // length of the payload
    + Array("alicesrcid-1".utf8)
    + [0xA1, 0x61, 0x61, 0x19, 0x01, 0x00]  // {"a": 256}

  private static let header = EventHeader(
    kind: .effect, type: 0x0102_0304, recordedAt: 0x0102_0304_0506_0708, occurredAt: -2, cause: 42,
    root: 41, id: EventID(high: 0x1011_1213_1415_1617, low: 0x1819_1A1B_1C1D_1E1F), program: 5)

  @Test("A record's bytes lie where the design says")
  func layout() {
    let event = Event(
      position: 43, header: Self.header, subject: Array("alice".utf8),
      source: Array("src".utf8), externalID: Array("id-1".utf8),
      payload: CBORValue.object([("a", 256)]).encoded())
    #expect(event.record == Self.golden)
    #expect(EventHeader.byteCount == 72)
  }

  @Test("A stored record gives back every field")
  func reading() throws {
    let event = try Event(position: 43, record: Self.golden)
    #expect(event.header == Self.header)
    #expect(event.subject == "alice")
    #expect(event.source == "src")
    #expect(event.externalID == "id-1")
    #expect(event.payload.value == ["a": 256])
    #expect(event.payloadBytes == [0xA1, 0x61, 0x61, 0x19, 0x01, 0x00])
    #expect(event.position == 43)
  }

  @Test("A record without source, id and subject is as short as can be")
  func empty() throws {
    let event = Event(position: 1, header: Self.header, subject: [], payload: [0xA0])
    #expect(event.record.count == 73)
    let again = try Event(position: 1, record: event.record)
    #expect(again == event)
    #expect(again.subject.isEmpty && again.source.isEmpty && again.externalID.isEmpty)
  }

  @Test("Another version, an unknown kind, or lengths that do not fit are named errors")
  func refusals() {
    func error(_ change: (inout [UInt8]) -> Void) -> String {
      var record = Self.golden
      change(&record)
      do throws(RecordError) {
        _ = try Event(position: 1, record: record)
        return "none"
      } catch {
        return error.description
      }
    }
    #expect(error { $0[0] = 2 } == "record version 2 is not known; this binary reads 1")
    #expect(error { $0[1] = 0 } == "byte 1: there is no event kind 0")
    #expect(error { $0[1] = 7 } == "byte 1: there is no event kind 7")
    #expect(error { $0.removeLast() } == "the header counts 90 bytes, the record has 89")
    #expect(error { $0[60] = 6 } == "the header counts 91 bytes, the record has 90")
    #expect(error { $0[71] = 0xFF }.hasPrefix("the header counts 4278190"))
    #expect(
      error { $0.removeSubrange(71...) } == "a record of 71 bytes is shorter than its header")
    #expect(error { $0 = [] } == "a record of 0 bytes is shorter than its header")
  }

  @Test("Damaged records are errors or other records, never a crash", arguments: 0..<200)
  func fuzz(seed: Int) {
    var random = SplitMix64(seed: UInt64(seed))
    var record = Self.golden
    for _ in 0...Int.random(in: 0..<4, using: &random) {
      switch Int.random(in: 0..<3, using: &random) {
      case 0 where !record.isEmpty:
        record[Int.random(in: 0..<record.count, using: &random)] = .random(
          in: .min ... .max, using: &random)
      case 1: record.removeLast(Int.random(in: 0...record.count, using: &random))
      default: record.append(.random(in: .min ... .max, using: &random))
      }
    }
    guard let event = try? Event(position: 1, record: record) else { return }
    #expect(event.record == record)
    _ = (event.subject, event.source, event.externalID, event.payloadBytes)
  }

  @Test("Ids are the first half of a SHA-256, as any tool computes it")
  func identities() {
    // printf '//shop.example\0e1' | sha256sum
    let input = EventID(source: Array("//shop.example".utf8), externalID: Array("e1".utf8))
    #expect(input.hex == "b08d8a94d253327cdf800dfe4dbdf17a")
    #expect(input.high == 0xB08D_8A94_D253_327C)
    #expect(input.bytes.count == 16)
    // The 16 bytes above, "abandoned-cart", 0 and 258 as four bytes, the least first.
    let emitted = EventID(cause: input, program: Array("abandoned-cart".utf8), ordinal: 258)
    #expect(emitted.hex == "ca41a3aaed839fee88ce69de2cdc8318")
    #expect(
      EventID(cause: input, program: [], ordinal: 0).hex == "80627610ea1513a4e440f678262eb927")
    #expect(EventID(high: 1, low: 9) < EventID(high: 2, low: 0))
    #expect(EventID(high: 1, low: 1) < EventID(high: 1, low: 2))
  }

  @Test("Names are numbered in order of first use, types from 2, programs from 1")
  func names() {
    let names = Names()
    #expect(names.number(.type, "name.interned") == 1)
    #expect(names.add(.type, "order.placed") == 2)
    #expect(names.add(.program, "abandoned-cart") == 1)
    #expect(names.add(.type, "cart.updated") == 3)
    #expect(names.number(.type, "cart.updated") == 3)
    #expect(names.number(.program, "cart.updated") == nil)
    #expect(names.name(.type, 2) == "order.placed")
    #expect(names.name(.type, 0) == nil)
    #expect(names.name(.type, 4) == nil)
    #expect(names.count(.type) == 3 && names.count(.program) == 1)
    #expect(
      Names.payload(.program, number: 1, name: "abandoned-cart")
        == ["space": "program", "number": 1, "name": "abandoned-cart"])
  }
}
