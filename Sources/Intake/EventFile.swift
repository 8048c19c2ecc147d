import CBOR
import Glibc
import Ledger

/// CloudEvents, one a line, out of a file, a pipe or standard input.
///
/// It reads a megabyte at a time, whatever the size of the file, and gives out batches of bounded
/// size. Lines end in LF or CRLF, the last one may have no end, blank lines are skipped, and a byte
/// order mark at the beginning is stepped over. A line longer than `Limits.batchBytes` is refused
/// without being kept. One thread at a time may use it.
package final class EventFile: EventSource {
  /// How far reading has come.
  package struct Progress: Equatable, Sendable {
    /// Bytes read so far.
    package var bytesRead: Int
    /// Bytes of the file when it was opened; nil for a pipe.
    package var size: Int?

    /// Creates what a reader begins with, or has come to.
    package init(bytesRead: Int, size: Int?) {
      self.bytesRead = bytesRead
      self.size = size
    }
  }

  private static let chunkBytes = 1 << 20

  /// How far reading has come.
  package private(set) var progress: Progress
  private let name: String
  private let descriptor: Int32
  private let ownsDescriptor: Bool
  private let requiresTime: Bool
  private var reader = CloudEventReader()

  /// What was read lies in `start..<filled`; no line feed lies in `start..<searched`. Behind it
  /// are old bytes, which the parser may read as padding.
  private var buffer = [UInt8](repeating: 0, count: 2 * EventFile.chunkBytes)
  private var start = 0
  private var searched = 0
  private var filled = 0
  private var lineNumber = 0
  private var isInsideLongLine = false
  private var isAtEnd = false
  /// A fault that came after lines which are to be given out first.
  private var fault: FileFault?

  /// Opens a file.
  /// - Parameter path: `-` is standard input.
  /// - Parameter requiresTime: Whether events without `time` are refused, as the event clock
  ///   needs it.
  package init(path: String, requiresTime: Bool) throws(FileFault) {
    self.requiresTime = requiresTime
    ownsDescriptor = path != "-"
    name = ownsDescriptor ? path : "standard input"
    // SAFETY: the path is a text that ends in zero, and the system reads it during the call.
    descriptor = ownsDescriptor ? unsafe open(path, O_RDONLY | O_CLOEXEC) : STDIN_FILENO
    guard descriptor >= 0 else {
      throw FileFault(path: name, operation: "open", code: errno)
    }
    progress = Progress(bytesRead: 0, size: Self.size(of: descriptor))
  }

  /// Reads from an open descriptor, which stays the caller's.
  /// - Parameter name: What messages call it.
  package init(descriptor: Int32, name: String, requiresTime: Bool) {
    self.requiresTime = requiresTime
    self.descriptor = descriptor
    self.name = name
    ownsDescriptor = false
    progress = Progress(bytesRead: 0, size: Self.size(of: descriptor))
  }

  deinit {
    if ownsDescriptor { close(descriptor) }
  }

  /// The next lines, or nil at the end. Waits where nothing has come yet; lines that are there are
  /// not kept back to wait for more.
  /// - Parameter limit: The most lines that a batch holds. Its bytes are bounded as well, to
  ///   `Limits.batchBytes` and a line.
  /// - Throws: Where reading fails, or the file is not text. Lines before the fault have been
  ///   given out.
  package func nextBatch(limit: Int = 4_096) throws(FileFault) -> EventBatch? {
    var batch = EventBatch()
    batch.inputs.reserveCapacity(limit)
    batch.lines.reserveCapacity(limit)
    var bytes = 0
    while batch.count < limit && bytes < Limits.batchBytes {
      if let line = nextLine(&batch) {
        bytes += line.count
        read(line, &batch)
        continue
      }
      if isAtEnd || fault != nil || (batch.count > 0 && !hasMore()) { break }
      do {
        try fill()
      } catch {
        fault = error
      }
    }
    if batch.count == 0, let fault { throw fault }
    return batch.count > 0 ? batch : nil
  }

  private func read(_ line: Range<Int>, _ batch: inout EventBatch) {
    switch reader.read(buffer, in: line, requiresTime: requiresTime) {
    case .success(let input):
      batch.inputs.append(input)
      batch.lines.append(lineNumber)
    case .failure(let refusal):
      batch.rejects.append(
        RejectedLine(line: lineNumber, refusal: refusal, bytes: buffer, in: line))
    }
  }

  /// Steps to the next line that is complete, not blank and not too long; nil where more bytes are
  /// needed or all are used.
  private func nextLine(_ batch: inout EventBatch) -> Range<Int>? {
    while true {
      let feed = lineFeed()
      searched = feed
      let isComplete = feed < filled || (isAtEnd && start < filled)
      if isInsideLongLine {
        start = min(feed + 1, filled)
        searched = start
        isInsideLongLine = feed == filled && !isAtEnd
        if feed == filled { return nil }
        continue
      }
      // The last byte of an incomplete line may yet turn out to be its carriage return.
      if !isComplete && feed - start > Limits.batchBytes + 1 {
        lineNumber += 1
        refuseLongLine(start..<feed, &batch)
        isInsideLongLine = true
        start = feed
      }
      guard isComplete else { return nil }
      var line = start..<feed
      lineNumber += 1
      start = min(feed + 1, filled)
      searched = start
      if line.last.map({ buffer[$0] == UInt8(ascii: "\r") }) == true {
        line = line.lowerBound..<(line.upperBound - 1)
      }
      guard line.count <= Limits.batchBytes else {
        refuseLongLine(line, &batch)
        continue
      }
      if !line.allSatisfy({ buffer[$0] == 0x20 || buffer[$0] == 0x09 }) { return line }
    }
  }

  private func refuseLongLine(_ line: Range<Int>, _ batch: inout EventBatch) {
    let refusal = Refusal(
      field: "",
      reason: "is a line of more than \(Limits.batchBytes) bytes; end each event with a line feed")
    batch.rejects.append(
      RejectedLine(line: lineNumber, refusal: refusal, bytes: buffer, in: line))
  }

  /// Where the first line feed at or after `searched` lies, or `filled`.
  private func lineFeed() -> Int {
    let range = searched..<filled
    guard !range.isEmpty else { return filled }
    // SAFETY: `range` lies within the buffer, and the pointers are used within the closure alone.
    return unsafe buffer.withUnsafeBytes { memory in
      guard let base = memory.baseAddress,
        let found = unsafe memchr(base + range.lowerBound, 0x0a, range.count)
      else { return range.upperBound }
      return unsafe UnsafeRawPointer(found) - base
    }
  }

  // MARK: - The descriptor

  /// The bytes of an open file; nil for a pipe.
  package static func size(of descriptor: Int32) -> Int? {
    var status = stat()
    // SAFETY: the system fills in the structure during the call.
    guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      return nil
    }
    return Int(status.st_size)
  }

  /// Whether reading would give bytes, or the end, at once.
  private func hasMore() -> Bool {
    var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    // SAFETY: the system writes into the one structure during the call.
    return unsafe poll(&request, 1, 0) != 0
  }

  /// Reads the next bytes behind what is there, after making room.
  private func fill() throws(FileFault) {
    makeRoom()
    let count = try readOnce()
    if progress.bytesRead == 0 { try checkBeginning(count) }
    progress.bytesRead += count
    filled += count
    isAtEnd = count == 0
  }

  /// Moves what is left to the front, and makes the buffer larger where a line fills half of it.
  private func makeRoom() {
    let rest = start..<filled
    guard buffer.count - filled < Self.chunkBytes else { return }
    if buffer.count - rest.count < Self.chunkBytes {
      buffer.append(contentsOf: [UInt8](repeating: 0, count: buffer.count))
    }
    // SAFETY: both ranges lie within the buffer, and `memmove` allows them to overlap.
    unsafe buffer.withUnsafeMutableBytes { memory in
      guard let base = memory.baseAddress else { return }
      unsafe memmove(base, base + rest.lowerBound, rest.count)
    }
    searched -= start
    filled = rest.count
    start = 0
  }

  private func readOnce() throws(FileFault) -> Int {
    while true {
      let offset = filled
      // SAFETY: `makeRoom` left a chunk's bytes between `filled` and the buffer's end.
      let count = unsafe buffer.withUnsafeMutableBytes { memory in
        guard let base = memory.baseAddress else { return 0 }
        return unsafe Glibc.read(
          descriptor, base + offset, min(Self.chunkBytes, memory.count - offset))
      }
      if count >= 0 { return count }
      let code = errno
      if code == EAGAIN {
        // Standard input may have been made non-blocking by whoever opened it.
        var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        // SAFETY: the system writes into the one structure during the call.
        _ = unsafe poll(&request, 1, -1)
      } else if code != EINTR {
        throw FileFault(path: name, operation: "read", code: code)
      }
    }
  }

  /// Looks at the first bytes of the file: steps over a byte order mark, and refuses compressed
  /// files, whose every line would be refused otherwise.
  private func checkBeginning(_ count: Int) throws(FileFault) {
    let beginning = buffer[..<min(count, 3)]
    if beginning.starts(with: [0x1f, 0x8b]) {
      throw FileFault(
        path: name, operation: "read",
        problem: "the file is compressed; send its text: gzip -dc FILE | recount ingest -")
    }
    if beginning.elementsEqual([0xef, 0xbb, 0xbf]) {
      start = 3
      searched = 3
    }
  }
}
