import CBOR
import Crypto
import Ledger
import Proofs

/// Checks blocks of records, each by itself. One thread's; keeps its buffers.
struct BlockInspector: ~Copyable {
  private static let recordCount = UInt64(Segment.recordCount)

  private let ledger: Ledger
  /// The last position to be looked at.
  private let end: UInt64
  /// Blocks below this one are read from their segments.
  private let sealedBlocks: UInt64
  private var decoder = SegmentDecoder()
  private var message: [UInt8] = []

  init(_ ledger: Ledger, end: UInt64, sealedBlocks: UInt64) {
    self.ledger = ledger
    self.end = end
    self.sealedBlocks = sealedBlocks
  }

  /// Reads and checks block `index`, the positions 256·index + 1 to 256·index + 256 or to the end.
  mutating func inspect(_ index: UInt64) -> BlockFindings {
    let first = index * Self.recordCount + 1
    let last = min(end, index * Self.recordCount + Self.recordCount)
    var findings = BlockFindings(first: first)
    findings.headers.reserveCapacity(Segment.recordCount)
    findings.haveSource.reserveCapacity(Segment.recordCount)
    findings.leaves.reserveCapacity(Segment.recordCount)
    do {
      if index < sealedBlocks {
        let block = try ledger.segment(index, &decoder)
        for offset in 0..<block.count {
          try inspect(block[offset], at: first + UInt64(offset), &findings)
        }
      } else {
        try ledger.forEachRecord(from: first, through: last) { position, record in
          try inspect(record, at: position, &findings)
          return true
        }
      }
      let missing = first + UInt64(findings.headers.count)
      if missing <= last {
        throw LedgerError.damaged(position: missing, RecordError("the record is missing"))
      }
    } catch let error as LedgerError {
      findings.failure = error
    } catch {
      findings.failure = .damaged(position: first, RecordError("\(error)"))
    }
    if findings.leaves.count == Segment.recordCount {
      findings.root = Merkle.root(findings.leaves)
    }
    return findings
  }

  private mutating func inspect(
    _ record: RawSpan, at position: UInt64, _ findings: inout BlockFindings
  ) throws(LedgerError) {
    let header: EventHeader
    let parts: RecordParts
    do throws(RecordError) {
      header = try EventHeader(reading: record)
      parts = try RecordParts(of: record)
    } catch {
      throw .damaged(position: position, error)
    }
    findings.headers.append(header)
    findings.haveSource.append(!parts.source.isEmpty)
    findings.leaves.append(Merkle.leaf(record))
    checkStrings(record, parts, position, &findings)
    checkOwn(header, position, &findings)
    if !parts.source.isEmpty {
      let id = id(of: record, parts)
      if id != header.id {
        findings.differences.append(
          Difference(
            position, "the id", is: header.id.hex,
            but: "source and external id give \(id.hex)"))
      }
    }
    let payload = record.extracting(parts.payload)
    guard isMap(payload, position, &findings) else { return }
    if header.type == Names.internedType {
      findings.names.append(
        GivenName(position, CBORView(storage: payload.array(0..<payload.byteCount))))
    }
  }

  /// What a header says of its own position.
  private func checkOwn(
    _ header: EventHeader, _ position: UInt64, _ findings: inout BlockFindings
  ) {
    if header.cause >= position {
      findings.differences.append(
        Difference(
          position, "the cause", is: "\(header.cause)", but: "a cause comes before what it causes"))
    }
    if header.cause == 0, header.root != position {
      findings.differences.append(
        Difference(
          position, "the root", is: "\(header.root)",
          but: "an event without a cause is its own root"))
    }
    let hasProducer = header.kind == .input || header.kind == .outcome
    if !hasProducer, header.occurredAt != header.recordedAt {
      findings.differences.append(
        Difference(
          position, "the time of occurrence", is: "\(header.occurredAt)",
          but: "a \(header.kind.name) occurs when it is recorded, at \(header.recordedAt)"))
    }
  }

  private func checkStrings(
    _ record: RawSpan, _ parts: RecordParts, _ position: UInt64, _ findings: inout BlockFindings
  ) {
    for (name, range) in [
      ("the subject", parts.subject), ("the source", parts.source),
      ("the external id", parts.externalID),
    ] {
      guard let offset = record.invalidUTF8(in: range) else { continue }
      findings.differences.append(
        Difference(
          position, name, is: "no UTF-8 at byte \(offset) of the record", but: "texts are UTF-8"))
    }
  }

  /// Tells whether a payload is one map in deterministic CBOR.
  private func isMap(
    _ payload: RawSpan, _ position: UInt64, _ findings: inout BlockFindings
  ) -> Bool {
    do throws(CBORError) {
      try CBORScanner.validate(payload, maximumDepth: CBORScanner.depthCeiling)
    } catch {
      findings.differences.append(
        Difference(
          position, "the payload", is: "no deterministic CBOR (\(error.problem))",
          but: "byte \(error.offset) must keep RFC 8949, section 4.2.1"))
      return false
    }
    if payload.byte(at: 0) >> 5 == 5 { return true }
    findings.differences.append(
      Difference(position, "the payload", is: "no map", but: "every payload is one"))
    return false
  }

  /// The first 16 bytes of SHA-256(source ‖ 0 ‖ external id).
  private mutating func id(of record: RawSpan, _ parts: RecordParts) -> EventID {
    message.removeAll(keepingCapacity: true)
    // SAFETY: the bytes are copied within the closure; `extracting` checks the bounds.
    unsafe record.extracting(parts.source).withUnsafeBytes {
      unsafe message.append(contentsOf: $0)
    }
    message.append(0)
    unsafe record.extracting(parts.externalID).withUnsafeBytes {
      unsafe message.append(contentsOf: $0)
    }
    return EventID(quicklyHashing: message)
  }
}

extension GivenName {
  fileprivate init(_ position: UInt64, _ data: CBORView) {
    let space = data.view(forKey: Field.space)?.string
    self.init(
      position: position,
      space: space == Names.Space.type.text
        ? .type : space == Names.Space.program.text ? .program : nil,
      number: data.view(forKey: Field.number)?.uint64 ?? 0,
      name: data.view(forKey: Field.name)?.string ?? "")
  }
}

extension EventID {
  /// As `init(hashing:)`, without a walk over the digest's bytes.
  init(quicklyHashing message: [UInt8]) {
    var hasher = SHA256()
    // SAFETY: the pointer spans the array and is used within the closure alone.
    unsafe message.withUnsafeBytes { unsafe hasher.update(bufferPointer: $0) }
    // SAFETY: a digest has 32 bytes, of which the first 16 are loaded within the closure.
    self = unsafe hasher.finalize().withUnsafeBytes {
      unsafe EventID(
        high: UInt64(bigEndian: $0.loadUnaligned(as: UInt64.self)),
        low: UInt64(bigEndian: $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
    }
  }
}
