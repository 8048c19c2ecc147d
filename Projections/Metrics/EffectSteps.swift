import CBOR
import Engine
import Ledger

/// Which program, step and channel a delivery belongs to, so that its outcomes count there.
final class EffectSteps {
  struct Step: TableRow {
    var program: String
    var step: String
    var channel: String

    init(program: String, step: String, channel: String) {
      self.program = program
      self.step = step
      self.channel = channel
    }

    init(from reader: inout ByteReader) {
      program = reader.text()
      step = reader.text()
      channel = reader.text()
    }

    func write(to writer: inout ByteWriter) {
      writer.text(program)
      writer.text(step)
      writer.text(channel)
    }
  }

  let ids = EntityTable(name: "metrics.delivery-ids")
  let steps = Table<Step>(name: "metrics.delivery-steps")

  func remember(_ event: Event, program: String, step: String, _ data: CBORView) {
    guard let id = data.view(forKey: Field.deliveryId)?.textBytesRange else { return }
    steps.set(
      ids.intern(event.record, in: id),
      Step(program: program, step: step, channel: data.text(Field.channel)))
  }

  func step(of event: Event, _ data: CBORView) -> Step? {
    data.view(forKey: Field.deliveryId)?.textBytesRange
      .flatMap { ids.number(of: event.record, in: $0) }
      .flatMap { steps.row($0) }
  }
}
