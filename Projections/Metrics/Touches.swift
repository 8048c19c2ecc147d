import CBOR
import Engine
import Ledger
import Programs

/// The last touch of each run that goes on, and its variants, so that what comes of it counts for
/// the right step, channel and variant.
final class Touches {
  /// A run that has requested a message or takes part in an experiment.
  struct Row: TableRow {
    /// The experiments' variants: one CBOR map.
    var variants: [UInt8]
    /// Of the version that requested the last message: what makes a touch, and how long it counts.
    var touch: Program.Attribution.Touch
    var windowMicroseconds: Int64
    /// The last touch; empty, empty and 0: none yet.
    var step = ""
    var channel = ""
    var at: Int64 = 0

    init(variants: [UInt8], _ attribution: Program.Attribution) {
      self.variants = variants
      touch = attribution.touch
      windowMicroseconds = attribution.windowMicroseconds
    }

    init(from reader: inout ByteReader) {
      variants = reader.blob()
      touch = Program.Attribution.Touch(rawValue: reader.text()) ?? .sent
      windowMicroseconds = reader.signed()
      step = reader.text()
      channel = reader.text()
      at = reader.signed()
    }

    func write(to writer: inout ByteWriter) {
      writer.blob(variants)
      writer.text(touch.rawValue)
      writer.signed(windowMicroseconds)
      writer.text(step)
      writer.text(channel)
      writer.signed(at)
    }

    /// Whether the last touch counts for a conversion at a moment: windows are (t - w, t].
    func counts(at moment: Int64) -> Bool {
      !step.isEmpty && at > moment - windowMicroseconds
    }
  }

  /// A CBOR map without entries.
  private static let noVariants: [UInt8] = [0xa0]

  let ids = EntityTable(name: "metrics.run-ids")
  let rows = Table<Row>(name: "metrics.runs")
  private let attribution: (_ version: String) -> Program.Attribution?
  /// The version that was asked last: few are in use at a time.
  private var last: (version: String, attribution: Program.Attribution)?

  init(attribution: @escaping (_ version: String) -> Program.Attribution?) {
    self.attribution = attribution
  }

  func reset() { last = nil }

  /// A run begins: it is kept if it takes part in an experiment.
  func begin(_ data: CBORView) {
    guard let variants = data.view(forKey: Field.variants)?.encoded, variants.count > 1,
      let id = data.runBytes
    else { return }
    rows.set(ids.intern(id), Row(variants: variants, attribution(in: data)))
  }

  /// A run has requested a message.
  /// - Returns: The run's number and its variants.
  func request(_ data: CBORView) -> (run: UInt32, variants: [UInt8]) {
    let number = ids.intern(data.runBytes ?? [])
    let attribution = attribution(in: data)
    let row = Row(variants: Self.noVariants, attribution)
    let variants = rows.update(number, orInsert: row) { row in
      row.touch = attribution.touch
      row.windowMicroseconds = attribution.windowMicroseconds
      return row.variants
    }
    return (number, variants)
  }

  /// A message of the run has got that far: it may be a touch.
  func note(_ stage: String, _ step: EffectSteps.Step, at moment: Int64) {
    _ = rows.update(step.run) { row in
      guard row.touch.rawValue == stage else { return }
      row.step = step.step
      row.channel = step.channel
      row.at = moment
    }
  }

  /// The run that an event names; nil: it is not kept.
  func row(_ data: CBORView) -> Row? { number(data).flatMap { rows.row($0) } }

  /// The run is over.
  func end(_ data: CBORView) {
    if let number = number(data) { rows.remove(number) }
  }

  private func number(_ data: CBORView) -> UInt32? {
    data.runBytes.flatMap { ids.number(of: $0) }
  }

  private func attribution(in data: CBORView) -> Program.Attribution {
    let version = data.text(Field.version)
    if let last, last.version == version { return last.attribution }
    let found = attribution(version) ?? .usual
    last = (version, found)
    return found
  }
}

extension CBORView {
  /// The run's id as 16 bytes where it is 32 hex digits, else as it is.
  fileprivate var runBytes: [UInt8]? {
    guard let text = view(forKey: Field.runId)?.string else { return nil }
    return Hex.bytes(text) ?? Array(text.utf8)
  }
}
