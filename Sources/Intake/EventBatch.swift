package import Engine
package import JSON

/// Some lines of an event file, read.
package struct EventBatch: Sendable {
  /// The events that were taken, in the order of their lines.
  package var inputs: [Input] = []
  /// The number of each input's line, counted from 1, blank lines included.
  package var lines: [Int] = []
  /// The lines that were refused, in order.
  package var rejects: [RejectedLine] = []
  /// Rows of an import that became no event.
  package var skipped = 0

  /// Creates an empty batch.
  package init() {}

  /// How many lines or rows it holds: taken, refused or skipped.
  package var lineCount: Int {
    var different = 0
    for (index, line) in lines.enumerated() where index == 0 || line != lines[index - 1] {
      different += 1
    }
    return different + rejects.count + skipped
  }

  /// How many events and refused lines it holds.
  package var count: Int { inputs.count + rejects.count }
}

/// A line that was refused.
package struct RejectedLine: Equatable, Sendable {
  /// How many bytes of a refused line are kept.
  package static let textBytes = 512

  /// The line's number, counted from 1.
  package let line: Int
  package let refusal: Refusal
  /// The first 512 bytes of the line, cut between characters; ill-formed UTF-8 is repaired.
  package let text: String

  /// Keeps the beginning of the line in `range` of `bytes`.
  package init(
    line: Int, refusal: Refusal, bytes: borrowing [UInt8], in range: Range<Int>
  ) {
    self.line = line
    self.refusal = refusal
    var end = min(range.upperBound, range.lowerBound + Self.textBytes)
    if end < range.upperBound {
      // A continuation byte belongs to the character before the cut: back to its first byte.
      var start = end
      while start > range.lowerBound, end - start < 3, bytes[start] & 0xc0 == 0x80 { start -= 1 }
      if bytes[start] & 0xc0 != 0x80 { end = start }
    }
    text = String(decoding: bytes[range.lowerBound..<end], as: UTF8.self)
  }

  /// Writes `{"line":…,"field":…,"reason":…,"text":…}`.
  package func write(to writer: inout JSONWriter) {
    writer.object { writer in
      writer.field("line", line)
      writer.field("field", refusal.field)
      writer.field("reason", refusal.reason)
      writer.field("text", text)
    }
  }
}
