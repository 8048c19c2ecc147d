package import Engine
package import Programs

/// Effects that wait, and the sink that carries them out.
///
/// An effect is in the ledger before it comes here, and its outcome goes into the ledger after it
/// was carried out. Who stops in between carries it out again after the next start, which an
/// idempotent sink makes harmless: at least once, with one outcome.
///
/// ```swift
/// let outbox = Outbox(sink: sink, pending: unanswered) { program, version, template in … }
/// outbox.add(Effect.effects(in: committed, names: names))
/// let report = outbox.carryOut()
/// // report.outcomes go to the engine; report.failure to whoever runs the product
/// ```
/// One thread at a time may use it.
package final class Outbox<S: Sink> {
  /// Finds a template by program, hash of the version, and template id.
  package typealias Templates = (
    _ program: String, _ version: String, _ template: String
  ) -> Program.Template?

  /// What one pass did.
  package struct Report: Sendable {
    /// For the ledger, in the order of the effects.
    package var outcomes: [Input] = []
    /// Why effects still wait; nil where none does.
    package var failure: SinkError?
  }

  private var sink: S
  private let template: Templates
  private var waiting: [Effect] = []
  private var waitingIDs: Set<String> = []

  /// Creates an outbox.
  /// - Parameter pending: Effects of the ledger without an outcome, in order of position: what a
  ///   former process left.
  package init(sink: S, pending: [Effect], template: @escaping Templates) {
    self.sink = sink
    self.template = template
    add(pending)
  }

  /// How many effects wait.
  package var waitingCount: Int { waiting.count }

  /// Takes effects that were committed, in order of position. One that waits already is not taken
  /// twice.
  package func add(_ effects: [Effect]) {
    for effect in effects where waitingIDs.insert(effect.id).inserted { waiting.append(effect) }
  }

  /// Hands what waits to the sink, in order, up to `limit` effects.
  ///
  /// Where the sink fails, the effect and those behind it go on waiting; call again once it was
  /// mended. Effects that were carried out but could not be settled wait as well.
  package func carryOut(limit: Int = .max) -> Report {
    var report = Report()
    var done = 0
    for effect in waiting.prefix(limit) {
      do {
        let outcome = try carryOut(effect)
        done += 1
        if effect.kind != .score { report.outcomes.append(outcome.input(for: effect)) }
      } catch {
        report.failure = error
        break
      }
    }
    guard done > 0 else { return report }
    do {
      try sink.settle()
    } catch {
      return Report(failure: error)
    }
    for effect in waiting.prefix(done) { waitingIDs.remove(effect.id) }
    waiting.removeFirst(done)
    return report
  }

  private func carryOut(_ effect: Effect) throws(SinkError) -> EffectOutcome {
    guard effect.kind == .delivery else {
      return try sink.carryOut(effect, message: nil)
    }
    guard let template = template(effect.program, effect.version, effect.template) else {
      let reason =
        "template \(effect.template) of program \(effect.program) is missing"
        + " in version \(effect.version)"
      return .failed(reason: reason)
    }
    let message: Message
    do {
      message = try Message(template, for: effect)
    } catch {
      return .failed(reason: "template \(effect.template) cannot be filled: \(error)")
    }
    return try sink.carryOut(effect, message: message)
  }
}
