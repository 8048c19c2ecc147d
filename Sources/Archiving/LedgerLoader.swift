import CBOR
import Crypto
import Ledger

/// Appends the events of an export to a new ledger, line after line, a bounded number at a time.
final class LedgerLoader {
  /// Events, or bytes of records and bodies, that wait for a commit.
  private static let eventLimit = 8_192
  private static let byteLimit = 8 << 20

  private let ledger: Ledger
  private let reader = ExportLineReader()
  private let names = Names()
  private(set) var header: ExportHeader?
  private(set) var end: ExportEnd?
  /// The last position that was read.
  private(set) var position: UInt64 = 0
  private var recordedAt: Int64 = 0
  private var events: [Event] = []
  private var blobs: [Blob] = []
  private var byteCount = 0
  private var blobCount: UInt64 = 0
  /// The parts of the body that is being read.
  private var parts: [UInt8] = []

  init(_ ledger: Ledger) {
    self.ledger = ledger
  }

  var isFull: Bool { events.count >= Self.eventLimit || byteCount >= Self.byteLimit }

  /// Commits what waits.
  func flush() throws(LedgerError) {
    try ledger.append(events, blobs: blobs)
    events.removeAll(keepingCapacity: true)
    blobs.removeAll()
    byteCount = 0
  }

  /// Takes a line.
  /// - Throws: ``ExportLineError`` where it is none, or not the next one.
  func take(_ bytes: borrowing [UInt8], _ range: Range<Int>) throws(ExportLineError) {
    guard end == nil else { throw ExportLineError("something follows the export's last line") }
    switch try reader.read(bytes, in: range, names: names) {
    case .header(let found): try take(found)
    case .event(let position, let record): try take(record, at: position)
    case .blob(let part): try take(part)
    case .end(let found): try take(found)
    }
  }

  private func take(_ found: ExportHeader) throws(ExportLineError) {
    guard header == nil else { throw ExportLineError("a second export begins here") }
    guard found.from == 1 else {
      throw ExportLineError(
        "the export begins at position \(found.from): a ledger is made of one that begins at 1")
    }
    header = found
  }

  private func take(_ record: [UInt8], at position: UInt64) throws(ExportLineError) {
    try checkPlace(position)
    let event: Event
    do throws(RecordError) {
      event = try Event(position: position, record: record)
    } catch {
      throw ExportLineError("record: \(error)")
    }
    guard event.recordedAt >= recordedAt else {
      throw ExportLineError("recordedAt: it is before that of the event before, or before 1970")
    }
    if event.type == Names.internedType { try note(event) }
    self.position = position
    recordedAt = event.recordedAt
    byteCount += record.count
    events.append(event)
  }

  private func checkPlace(_ position: UInt64) throws(ExportLineError) {
    guard let header else { throw ExportLineError("it comes before the export's first line") }
    guard parts.isEmpty else {
      throw ExportLineError("the body of position \(self.position) is not whole yet")
    }
    guard position == self.position + 1 else {
      throw ExportLineError(
        "position: \(position) is not the next one, which is \(self.position + 1)")
    }
    guard position <= header.to else {
      throw ExportLineError("position: \(position) is past the export's end, \(header.to)")
    }
  }

  /// Learns the name that an event gives.
  private func note(_ event: Event) throws(ExportLineError) {
    do {
      try CBORScanner.validate(event.record.rawSpan.extracting(event.payloadRange))
    } catch {
      throw ExportLineError("data: \(error)")
    }
    let data = event.payload
    guard data.kind == .map, let tag = data.view(forKey: Field.space)?.string,
      let number = data.view(forKey: Field.number)?.uint64,
      let name = data.view(forKey: Field.name)?.string,
      let space = [Names.Space.type, .program].first(where: { $0.text == tag })
    else { throw ExportLineError("data: a name.interned event has space, number and name") }
    guard names.number(space, name) == nil, number == UInt64(names.count(space)) + 1 else {
      throw ExportLineError(
        "data: \"\(name)\" has a number already, or \(number) is not the next one")
    }
    _ = names.add(space, name)
  }

  private func take(_ part: BlobPart) throws(ExportLineError) {
    guard position > 0, part.position == position, blobs.last?.position != position else {
      throw ExportLineError("blob: a body follows its event, and this is position \(position)")
    }
    guard part.offset == UInt64(parts.count) else {
      throw ExportLineError("offset: \(part.offset) is not the next one, which is \(parts.count)")
    }
    guard parts.count + part.bytes.count <= ExportFormat.blobBytes else {
      throw ExportLineError("bytes: a body has at most \(ExportFormat.blobBytes)")
    }
    parts += part.bytes
    guard let whole = part.whole else {
      guard !part.bytes.isEmpty else { throw ExportLineError("bytes: there are none") }
      return
    }
    guard whole.size == UInt64(parts.count), whole.hash == SHA256.hex(of: parts) else {
      throw ExportLineError("size, sha256: the body of position \(position) has others")
    }
    byteCount += parts.count
    blobs.append(Blob(position: position, bytes: parts))
    blobCount += 1
    parts = []
  }

  private func take(_ found: ExportEnd) throws(ExportLineError) {
    guard let header else { throw ExportLineError("it comes before the export's first line") }
    guard parts.isEmpty else {
      throw ExportLineError("the body of position \(position) is not whole yet")
    }
    guard position == header.to, found.size == position, found.events == position else {
      throw ExportLineError(
        "events are missing: the export goes through \(header.to) and states \(found.events), and "
          + "\(position) were there")
    }
    guard found.blobs == blobCount else {
      throw ExportLineError("\(found.blobs) bodies are stated, and \(blobCount) were there")
    }
    end = found
  }
}
