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
  /// Runs of other versions that are under way: they stay pinned to those.
  package let runsInFlight: Int
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
  /// Runs that are under way: they go on to their ends.
  package let runsInFlight: Int
}

/// A program cannot be switched on or off.
package struct ActivationError: Error, CustomStringConvertible {
  package let description: String
}

extension Host {
  /// Puts versions of programs in force, in one turn. Runs that are under way stay with the version
  /// that they began with.
  package func activate(_ programs: [Program]) throws -> [Activation] {
    let before = store.catalog.active
    var inputs: [Input] = []
    for program in programs {
      let isInForce = before.contains {
        $0.program == program.id && $0.version == program.version.description
      }
      guard !isInForce else { continue }
      inputs.append(program.activation(count: store.catalog.activationCount + inputs.count))
    }
    let runs = programs.map { program in
      runsInFlight(of: program.id) { $0 != program.version.description }
    }
    if !inputs.isEmpty { _ = try append(inputs) }
    return try zip(programs, runs).map { program, runs in
      guard let row = store.catalog.active.first(where: { $0.program == program.id }) else {
        throw ActivationError(description: "\(program.id) was not activated")
      }
      let old = before.first { $0.program == program.id }
      return Activation(
        program: program.id, title: program.title, version: row.version, position: row.position,
        replaced: old?.version, runsInFlight: runs, isUnchanged: old?.position == row.position)
    }
  }

  /// Takes a program out of force: nothing triggers it any more.
  /// - Throws: ``ActivationError`` where it is not in force.
  package func deactivate(_ id: String) throws -> Deactivation {
    guard let row = store.catalog.active.first(where: { $0.program == id }) else {
      let names = store.catalog.active.map(\.program).sorted()
      let known = names.isEmpty ? "no program is" : "active are \(names.joined(separator: ", "))"
      throw ActivationError(description: "there is no active program \"\(id)\": \(known)")
    }
    let runs = runsInFlight(of: id) { _ in true }
    let receipts = try append([Program.deactivation(of: id, activatedAt: row.position)])
    guard case .appended(let position, _)? = receipts.last else {
      throw ActivationError(description: "\(id) was not deactivated: it had been already")
    }
    return Deactivation(
      program: id, position: position, version: row.version, runsInFlight: runs)
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
  static func deactivation(of id: String, activatedAt position: UInt64) -> Input {
    Input(
      kind: .control, type: EventType.programDeactivated, subject: [],
      source: Array(OwnSource.control.utf8),
      externalID: Array("\(id)/deactivated/\(position)".utf8), occurredAt: nil, program: id,
      payload: CBORValue.object([("program", .text(id))]).encoded())
  }
}
