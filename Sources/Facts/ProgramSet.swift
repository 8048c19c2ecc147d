package import Catalog
import Engine
package import Features
import Programs

/// The programs as policies see them: the active ones, and those that runs are pinned to, each
/// bound to the tables once. Confined to the engine's thread.
package final class ProgramSet {
  private let catalog: Catalog
  private let features: Features
  private var bindings: [String: ProgramBinding] = [:]
  private var last: ProgramBinding?
  /// Active programs by type of their triggers, in the order in which they were activated.
  private var triggered: [String: [ProgramBinding]] = [:]
  /// The same of programs whose trigger starts a population.
  private var started: [String: [ProgramBinding]] = [:]
  private var revision = -1
  /// The catalog's generation that the bindings follow from.
  private var generation = 0

  package init(catalog: Catalog, features: Features) {
    self.catalog = catalog
    self.features = features
  }

  /// The version that the event at `position` activated.
  package func binding(activatedAt position: UInt64) -> ProgramBinding? {
    catalog.program(activatedAt: position).flatMap { binding(version: $0.version.description) }
  }

  /// The version of a program that was ever activated; nil where it is none that this binary
  /// accepts.
  package func binding(version: String) -> ProgramBinding? {
    forgetIfReopened()
    // Few versions are in use at a time: comparing with the last is cheaper than hashing.
    if let last, last.version == version { return last }
    if let known = bindings[version] {
      last = known
      return known
    }
    guard let program = catalog.program(version: version) else { return nil }
    let binding = ProgramBinding(program, features: features)
    bindings[version] = binding
    return binding
  }

  /// The active programs that an event of this type triggers. Cost: a look at a dictionary.
  package func triggered(by type: String) -> [ProgramBinding] {
    if revision != catalog.revision { refresh() }
    return triggered[type] ?? []
  }

  /// The active programs whose population an event of this type starts. Cost: as ``triggered(by:)``.
  package func populations(startedBy type: String) -> [ProgramBinding] {
    if revision != catalog.revision { refresh() }
    return started.isEmpty ? [] : started[type] ?? []
  }

  /// The active version of a program; nil: none is.
  package func active(_ program: String) -> ProgramBinding? {
    catalog.active.last { $0.program == program }.flatMap { binding(version: $0.version) }
  }

  /// After a commit that failed, or a rebuild, features may have other numbers.
  private func forgetIfReopened() {
    guard generation != catalog.generation else { return }
    generation = catalog.generation
    bindings = [:]
    last = nil
  }

  private func refresh() {
    revision = catalog.revision
    triggered = [:]
    started = [:]
    for row in catalog.active {
      guard let binding = binding(version: row.version) else { continue }
      let trigger = binding.program.trigger
      for type in trigger.types {
        if trigger.startsPopulation {
          started[type, default: []].append(binding)
        } else {
          triggered[type, default: []].append(binding)
        }
      }
    }
  }
}
