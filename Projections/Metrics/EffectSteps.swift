import CBOR
import Engine
import Ledger

/// Which program, step and channel a delivery belongs to, so that its outcomes count there.
final class EffectSteps {
  struct Step: TableRow {
    var program: String
    var step: String
    var channel: String
    /// The run's number in ``Touches``, and its variants.
    var run: UInt32
    var variants: [UInt8]

    init(program: String, step: String, channel: String, run: UInt32, variants: [UInt8]) {
      self.program = program
      self.step = step
      self.channel = channel
      self.run = run
      self.variants = variants
    }

    init(from reader: inout ByteReader) {
      program = reader.text()
      step = reader.text()
      channel = reader.text()
      run = UInt32(reader.unsigned())
      variants = reader.blob()
    }

    func write(to writer: inout ByteWriter) {
      writer.text(program)
      writer.text(step)
      writer.text(channel)
      writer.unsigned(UInt64(run))
      writer.blob(variants)
    }
  }

  let ids = EntityTable(name: "metrics.delivery-ids")
  let steps = Table<Step>(name: "metrics.delivery-steps")

  func remember(_ event: Event, _ step: Step, _ data: CBORView) {
    guard let id = data.view(forKey: Field.deliveryId)?.textBytesRange else { return }
    steps.set(ids.intern(event.record, in: id), step)
  }

  func step(of event: Event, _ data: CBORView) -> Step? {
    data.view(forKey: Field.deliveryId)?.textBytesRange
      .flatMap { ids.number(of: event.record, in: $0) }
      .flatMap { steps.row($0) }
  }
}
