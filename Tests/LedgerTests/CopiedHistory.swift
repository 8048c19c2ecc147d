import CBOR
import Crypto
import Ledger
import TestSupport
import Testing

/// A random history with names and bodies, and what a ledger must say about a prefix of it.
struct CopiedHistory {
  private(set) var events: [Event] = []
  private var names: [(position: UInt64, space: Names.Space, name: String)] = []
  private var blobs: [Blob] = []

  var count: UInt64 { UInt64(events.count) }

  /// The next events, with their bodies.
  mutating func next(
    _ count: Int, _ random: inout SplitMix64
  ) -> (events: [Event], blobs: [Blob]) {
    let start = events.count
    let blobStart = blobs.count
    for _ in 0..<count {
      let position = UInt64(events.count) + 1
      switch Int.random(in: 0..<100, using: &random) {
      case 0...1: events.append(naming(position, &random))
      case 2:
        events.append(activation(position, &random))
      default:
        let payload = Int.random(in: 0..<120, using: &random)
        events.append(event(position, subject: "s\(position % 7)", payloadBytes: payload))
      }
    }
    return (Array(events[start...]), Array(blobs[blobStart...]))
  }

  private mutating func naming(_ position: UInt64, _ random: inout SplitMix64) -> Event {
    let space: Names.Space = Bool.random(using: &random) ? .type : .program
    let number = names.count { $0.space == space } + (space == .type ? 2 : 1)
    let name = "name-\(position)"
    names.append((position, space, name))
    return Self.control(
      position, Names.internedType,
      Names.payload(space, number: UInt32(number), name: name))
  }

  private mutating func activation(_ position: UInt64, _ random: inout SplitMix64) -> Event {
    let body = CBORValue.object([
      ("program.yaml", .bytes(bytes(Int.random(in: 0..<9_000, using: &random), position)))
    ])
    blobs.append(Blob(position: position, bytes: body.encoded()))
    let set: CBORValue = ["params.x": "1"]
    let isSet = Bool.random(using: &random)
    let whole = CBORValue.object([("files", body), ("set", isSet ? set : [:])])
    let version = SHA256.hex(of: whole.encoded())
    var fields: [(String, CBORValue)] = [("version", .text(version)), ("program", "p")]
    if isSet { fields.append(("set", set)) }
    return Self.control(position, 9, CBORValue.object(fields))
  }

  private static func control(_ position: UInt64, _ type: UInt32, _ data: CBORValue) -> Event {
    let id = Array("c\(position)".utf8)
    return Event(
      position: position,
      header: EventHeader(
        kind: .control, type: type, recordedAt: Int64(position), occurredAt: Int64(position),
        cause: 0, root: position, id: EventID(source: [], externalID: id), program: 0),
      subject: [], externalID: id, payload: data.encoded())
  }

  /// Expects a ledger to be a prefix of the history in all that it holds.
  func check(_ ledger: Ledger) throws {
    let end = ledger.end.position
    var found: [Event] = []
    try ledger.forEachEvent(from: 1) { (event) -> Bool in
      found.append(event)
      return true
    }
    #expect(found == Array(events.prefix(Int(end))))
    let stored = try ledger.names()
    for space in [Names.Space.type, .program] {
      let known = names.filter { $0.position <= end && $0.space == space }.map(\.name)
      let first: UInt32 = space == .type ? 2 : 1
      #expect(stored.count(space) == known.count + (space == .type ? 1 : 0))
      for (index, name) in known.enumerated() {
        #expect(stored.name(space, first + UInt32(index)) == name)
      }
    }
    for blob in blobs {
      #expect(try ledger.blob(at: blob.position) == (blob.position <= end ? blob.bytes : nil))
    }
  }
}
