package import Engine

/// When a dedupe key was last used.
package struct DedupeRow: TableRow {
  package var lastUsedAt: Int64
  /// Position of the decision that used it.
  package var decision: UInt64

  package init(lastUsedAt: Int64, decision: UInt64) {
    self.lastUsedAt = lastUsedAt
    self.decision = decision
  }

  package init(from reader: inout ByteReader) {
    lastUsedAt = reader.signed()
    decision = reader.unsigned()
  }

  package func write(to writer: inout ByteWriter) {
    writer.signed(lastUsedAt)
    writer.unsigned(decision)
  }
}

/// When a run of each program last began for a subject.
package struct LastStarts: TableRow {
  /// By program, in order of the first run.
  package var starts: [(program: UInt32, at: Int64)] = []

  package init() {}

  package init(from reader: inout ByteReader) {
    for _ in 0..<reader.count() {
      starts.append((UInt32(reader.unsigned()), reader.signed()))
    }
  }

  package func write(to writer: inout ByteWriter) {
    writer.count(starts.count)
    for start in starts {
      writer.unsigned(UInt64(start.program))
      writer.signed(start.at)
    }
  }

  /// A run of a program began.
  mutating func note(_ program: UInt32, at time: Int64) {
    if let index = starts.firstIndex(where: { $0.program == program }) {
      starts[index].at = time
    } else {
      starts.append((program, time))
    }
  }
}
