import CBOR
import CSimdjson

/// One document of NDJSON.
package struct JSONLine: Equatable, Sendable {
  /// The line's number, counted from 1, blank lines included.
  package let number: Int
  /// Where it lies in its buffer, without line feed and carriage return.
  package let range: Range<Int>

  /// Creates a line.
  package init(number: Int, range: Range<Int>) {
    self.number = number
    self.range = range
  }
}

/// Splits NDJSON that comes in pieces into lines. LF and CRLF end a line; blank lines are skipped
/// and counted; the last line needs no end.
///
/// ```swift
/// var lines = JSONLines()
/// for try await chunk in body {
///   lines.append(chunk)
///   while let line = try lines.next() {
///     try transcoder.transcode(lines.buffer, in: line.range, into: &output)
///   }
/// }
/// lines.finish()
/// while let line = try lines.next() { ... }
/// ```
package struct JSONLines {
  /// The bytes that were appended and not given up yet. Ranges of lines are valid until the next
  /// `append`.
  package private(set) var buffer: [UInt8] = []
  /// The longest line taken, in bytes, its end not counted.
  package let maximumLength: Int

  private var lineStart = 0
  // No line feed lies between `lineStart` and here.
  private var searched = 0
  private var lineNumber = 0
  private var isFinished = false

  /// Creates a splitter for lines of at most `maximumLength` bytes.
  package init(maximumLength: Int = 1 << 20) {
    self.maximumLength = maximumLength
  }

  /// Creates a splitter over a whole body, which is not copied.
  package init(whole body: consuming [UInt8], maximumLength: Int = 1 << 20) {
    self.buffer = body
    self.maximumLength = maximumLength
    self.isFinished = true
  }

  /// Adds bytes; lines that were returned before are given up. Cost: a copy of the bytes, and of
  /// the line that they continue.
  package mutating func append(_ bytes: some Sequence<UInt8>) {
    precondition(!isFinished, "bytes come before the end")
    buffer.removeSubrange(..<lineStart)
    searched -= lineStart
    lineStart = 0
    buffer.append(contentsOf: bytes)
  }

  /// States that no more bytes come, so that what is left is the last line.
  package mutating func finish() {
    isFinished = true
  }

  /// The next line that is not blank, or nil where more bytes are needed or all are used.
  /// - Throws: Where a line is above the limit, even if its end has not come. The splitter must
  ///   not be used after that: where the next line begins is not known.
  package mutating func next() throws(JSONLineError) -> JSONLine? {
    while let line = try nextLine() {
      if !isBlank(line.range) { return line }
    }
    return nil
  }

  private mutating func nextLine() throws(JSONLineError) -> JSONLine? {
    let end = lineFeed(from: searched)
    searched = end
    let hasLineFeed = end < buffer.count
    guard end - lineStart <= maximumLength + 1 else {
      throw JSONLineError(number: lineNumber + 1, maximumLength: maximumLength)
    }
    guard hasLineFeed || (isFinished && lineStart < end) else { return nil }
    var range = lineStart..<end
    if let last = range.last, buffer[last] == UInt8(ascii: "\r") {
      range = range.lowerBound..<last
    }
    guard range.count <= maximumLength else {
      throw JSONLineError(number: lineNumber + 1, maximumLength: maximumLength)
    }
    lineNumber += 1
    lineStart = hasLineFeed ? end + 1 : end
    searched = lineStart
    return JSONLine(number: lineNumber, range: range)
  }

  private func isBlank(_ range: Range<Int>) -> Bool {
    for index in range where buffer[index] != 0x20 && buffer[index] != 0x09 {
      return false
    }
    return true
  }

  /// The index of the first line feed at or after `start`, or the buffer's end.
  private func lineFeed(from start: Int) -> Int {
    let rest = buffer.rawSpan.extracting(start..<buffer.count)
    // SAFETY: the shim reads the span's bytes during the call alone; an empty one has no address.
    let length = unsafe rest.withUnsafeBytes { memory in
      guard let base = memory.baseAddress else { return 0 }
      return unsafe csimdjson_line_feed(base.assumingMemoryBound(to: UInt8.self), memory.count)
    }
    return start + length
  }
}

/// A line of NDJSON that is longer than its splitter takes.
package struct JSONLineError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The line's number, counted from 1.
  package let number: Int
  /// The limit, in bytes.
  package let maximumLength: Int

  /// Creates an error about a line.
  package init(number: Int, maximumLength: Int) {
    self.number = number
    self.maximumLength = maximumLength
  }

  /// What is wrong and what mends it.
  package var description: String {
    "line \(number): longer than \(maximumLength) bytes; split the document, or end lines with LF"
  }
}
