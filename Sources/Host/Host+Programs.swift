import CBOR
import Catalog
import Engine
import Journeys
import Ledger
import Policies
package import Programs

/// What activating a program did.
package struct Activation: Sendable {
  package let program: String
  package let title: String
  /// 64 hex digits.
  package let version: String
  /// Position of `program.activated`; of the one in force where nothing changed.
  package let position: UInt64
  /// The version that was in force before; nil: none was.
  package let replaced: String?
  /// Runs of other versions that were under way.
  package let runsInFlight: Int
  /// How many of them went over to this version, and how many ended.
  package let moved: Int
  package let ended: Int
  /// Whether this very version was in force already: nothing was appended.
  package let isUnchanged: Bool
}

/// What deactivating a program did.
package struct Deactivation: Sendable {
  package let program: String
  /// Position of `program.deactivated`.
  package let position: UInt64
  /// The version that was in force, 64 hex digits.
  package let version: String
  /// Runs that were under way.
  package let runsInFlight: Int
  /// How many of them ended with it; the others go on to their ends.
  package let ended: Int
}

/// What becomes of runs under way when another version comes into force.
package enum InFlight: String, Sendable, CaseIterable {
  /// They keep the version that they began with.
  case pin
  /// They go over to the new version, in the state of the same name; without one they end.
  case migrate
  /// They end.
  case exit
}

/// A program cannot be switched on or off.
package struct ActivationError: Error, CustomStringConvertible {
  package let description: String
}

extension Host {
  /// Puts versions of programs in force, in one turn, and does with runs under way what is asked.
  package func activate(
    _ programs: [Program], inFlight: InFlight = .pin
  ) throws -> [Activation] {
    let before = store.catalog.active
    var inputs: [Input] = []
    for program in programs {
      let isInForce = before.contains {
        $0.program == program.id && $0.version == program.version.description
      }
      guard !isInForce else { continue }
      inputs.append(
        program.activation(
          count: store.catalog.activationCount + inputs.count, inFlight: inFlight.rawValue))
    }
    let runs = programs.map { runsInFlight(besides: $0) }
    if !inputs.isEmpty {
      _ = try append(try timeZones(for: programs) + inputs)
      try finishTransfers()
    }
    return try zip(programs, runs).map { program, runs in
      guard let row = store.catalog.active.first(where: { $0.program == program.id }) else {
        throw ActivationError(description: "\(program.id) was not activated")
      }
      let old = before.first { $0.program == program.id }
      let moved = runsInFlight(besides: program).own - runs.own
      return Activation(
        program: program.id, title: program.title, version: row.version, position: row.position,
        replaced: old?.version, runsInFlight: runs.others, moved: moved,
        ended: runs.others - moved - runsInFlight(besides: program).others,
        isUnchanged: old?.position == row.position)
    }
  }

  /// Runs of a program under way: of this version, and of others, which activating it concerns.
  package func runsInFlight(besides program: Program) -> (own: Int, others: Int) {
    let version = program.version.description
    return (
      runsInFlight(of: program.id) { $0 == version }, runsInFlight(of: program.id) { $0 != version }
    )
  }

  /// Lets the runs in flight go over or end, portion by portion.
  private func finishTransfers() throws {
    while try advance(to: store.engine.committed.recordedAt) > 0 {}
  }

  /// Takes a program out of force: nothing triggers it any more.
  /// - Throws: ``ActivationError`` where it is not in force.
  package func deactivate(_ id: String, endsRuns: Bool = false) throws -> Deactivation {
    guard let row = store.catalog.active.first(where: { $0.program == id }) else {
      let names = store.catalog.active.map(\.program).sorted()
      let known = names.isEmpty ? "no program is" : "active are \(names.joined(separator: ", "))"
      throw ActivationError(description: "there is no active program \"\(id)\": \(known)")
    }
    let runs = runsInFlight(of: id) { _ in true }
    let receipts = try append([
      Program.deactivation(
        of: id, activatedAt: row.position, inFlight: endsRuns ? .exit : .pin)
    ])
    guard case .appended(let position, _)? = receipts.last else {
      throw ActivationError(description: "\(id) was not deactivated: it had been already")
    }
    try finishTransfers()
    return Deactivation(
      program: id, position: position, version: row.version, runsInFlight: runs,
      ended: runs - runsInFlight(of: id) { _ in true })
  }

  /// How many runs of a program are under way, of the versions that `isCounted` names.
  private func runsInFlight(of id: String, _ isCounted: (String) -> Bool) -> Int {
    var count = 0
    store.journeys.runs.forEach { _, run in
      if run.isActive && run.program == id && isCounted(run.version) { count += 1 }
    }
    return count
  }
}

extension Program {
  /// The control event that takes a program out of force. Its id follows from the activation that
  /// it ends.
  static func deactivation(
    of id: String, activatedAt position: UInt64, inFlight: InFlight
  ) -> Input {
    var fields: [(String, CBORValue)] = [("program", .text(id))]
    if inFlight != .pin { fields.append(("inFlight", .text(inFlight.rawValue))) }
    return Input(
      kind: .control, type: EventType.programDeactivated, subject: [],
      source: Array(OwnSource.control.utf8),
      externalID: Array("\(id)/deactivated/\(position)".utf8), occurredAt: nil, program: id,
      payload: CBORValue.object(fields).encoded())
  }
}
