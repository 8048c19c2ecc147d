import Binding
import CBOR
import CivilTime
import Engine
import Expressions
import Facts
import Features
import Ledger
import Programs

/// Begins a batch: what `batch.started` says, or why there is none.
struct BatchStart {
  /// A schedule's moment that comes so much later than planned was missed.
  static let missedAfterMicroseconds: Int64 = 60_000_000

  let context: FoldContext
  let scope: Scope
  let features: Features
  let binding: ProgramBinding
  /// The timer or the event that starts it.
  let event: Event
  /// The subject's number.
  let subject: UInt32
  /// When the schedule planned it; nil: an event starts it.
  let due: Int64?

  /// The event; nil where the trigger's `when` does not hold.
  func emission(isRunning: Bool) -> Emission? {
    guard let population = binding.program.population else { return nil }
    scope.begin(binding, event: event, customer: subject, now: event.recordedAt)
    if due == nil {
      if !scope.holds(binding.program.trigger.when) { return nil }
      if isStartedByItself { return skipped("cascade-depth") }
    }
    if let due {
      if isRunning { return skipped("running") }
      let isMissed = event.recordedAt - due > Self.missedAfterMicroseconds
      if isMissed, binding.program.schedule?.missed == MissedMoment.none {
        return skipped("missed")
      }
    }
    var limit: UInt64?
    if let expression = population.limit {
      do throws(EvaluationError) {
        limit = try Self.count(scope.value(of: expression))
      } catch {
        return skipped("limit: \(error.message)")
      }
    }
    return started(population, limit)
  }

  /// Whether the event follows, without a timer or an event from outside, from another batch of the
  /// program: batches would start each other for ever.
  private var isStartedByItself: Bool {
    var next: Event? = event
    while let link = next, link.kind == .decision || link.kind == .effect {
      if context.names.name(.type, link.type) == EventType.batchStarted,
        link.payload.text(Field.program) == binding.program.id
      {
        return true
      }
      next = context.event(link.header.cause)
    }
    return false
  }

  private typealias MissedMoment = Program.MissedMoment

  /// A limit: a whole number, 0 for a negative one.
  private static func count(_ value: Value) throws(EvaluationError) -> UInt64 {
    switch value {
    case .int(let number): return UInt64(max(0, number))
    case .uint(let number): return number
    case .double(let number):
      guard number.isFinite else { break }
      return UInt64(exactly: max(0, number).rounded(.down)) ?? .max
    default: break
    }
    throw EvaluationError(.invalidArgument, "the limit is \(value.text), not a number")
  }

  private func started(_ population: Program.Population, _ limit: UInt64?) -> Emission {
    let entity = population.entity.map { binding.program.entities[$0] }
    let kind = entity.flatMap { features.kind(of: $0) }
    var items = entity == nil ? context.subjects.count : 0
    var touches: Range<UInt32>?
    if let kind {
      if let since = population.since {
        let range = features.touches(kind: kind, since: event.recordedAt - since)
        touches = range
        items = range.count
      } else {
        items = features.entityCount(kind: kind)
      }
    }
    var fields = identity
    fields.append(("version", .text(binding.version)))
    fields.append(("of", .text(entity?.name ?? "customers")))
    fields.append(("items", .unsigned(UInt64(items))))
    fields.append(("ranked", .bool(population.isRanked)))
    if let since = population.since, let touches {
      fields.append(("since", .text("\(DurationText(microseconds: since))")))
      fields.append(("first", .unsigned(UInt64(touches.lowerBound))))
    }
    if let kind { fields.append(("kind", .unsigned(UInt64(kind)))) }
    fields.append(("filters", .array(binding.program.filters.map(Self.record))))
    if let limit { fields.append(("limit", .unsigned(limit))) }
    return emission(EventType.batchStarted, fields)
  }

  /// A filter as the event tells it, so that its slices can be read without the program.
  private static func record(_ filter: Program.Filter) -> CBORValue {
    let text =
      switch filter.test {
      case .expression(let expression): expression.source
      case .cap(let cap):
        "fewer than \(cap.limit) by \(cap.channel.rawValue) in "
          + "\(DurationText(microseconds: cap.perMicroseconds))"
      case .cooldown(let cooldown):
        "no \(cooldown.measure.rawValue) of \(cooldown.countsAllPrograms ? "any program" : "this one") "
          + "in \(DurationText(microseconds: cooldown.perMicroseconds))"
      case .suppression(let channel, _): "nothing against the address for \(channel.rawValue)"
      case .topic(let topic, let channel): "\(topic.name) is wanted by \(channel.rawValue)"
      case .quietHours(let hours): "not from \(hours.window.from) to \(hours.window.to)"
      }
    return ["id": .text(filter.id), "pass": .text(text)]
  }

  private func skipped(_ reason: String) -> Emission {
    emission(EventType.batchSkipped, identity + [("reason", .text(reason))])
  }

  private var identity: [(String, CBORValue)] {
    var fields: [(String, CBORValue)] = [
      ("program", .text(binding.program.id)),
      ("batch", .text(Identifiers.batch(program: binding.program.id, start: event.header.id))),
      ("trigger", .unsigned(event.position)),
    ]
    if let due { fields.append(("due", .time(due))) }
    return fields
  }

  private func emission(_ type: String, _ fields: [(String, CBORValue)]) -> Emission {
    Emission(
      kind: .decision, type: type, program: binding.program.id, subject: [],
      payload: CBORValue.object(fields).encoded())
  }
}
