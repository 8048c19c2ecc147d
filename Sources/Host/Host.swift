import Catalog
package import Engine
package import Ledger
package import Policies
package import Programs
import ShippedPrograms

/// Where ledger time comes from.
package enum ClockMode: String, Sendable {
  /// The machine's clock.
  case wall
  /// The events' own times.
  case event
}

/// How a data directory is run.
package struct HostOptions: Sendable {
  package var directory: String
  package var clock = ClockMode.wall
  /// A folder of program folders for a new directory; nil: the shipped programs.
  package var programsFolder: String?
  /// Overrides by program, which are recorded as new activations.
  package var overrides: [(program: String, override: ProgramOverride)] = []
  package var store = StoreOptions()
  /// Whether a directory that is not there is made.
  package var createsDirectory = true

  package init(directory: String) {
    self.directory = directory
  }
}

/// Carries out committed effects in the world outside.
package protocol EffectCarrier {
  /// Carries out effects, in order.
  /// - Returns: The outcomes that are known at once; an effect without one stays unanswered.
  func carryOut(_ effects: [Event]) -> [Input]
}

/// A data directory at work: its store, the clock, and the outbox.
///
/// Each call is one or more turns, and after each turn the outbox carries out what was requested;
/// the outcomes go into the next turn. Confined to one thread.
package final class Host {
  package let store: Store
  private let options: HostOptions
  private let carrier: (any EffectCarrier)?
  /// nil: closed.
  private var lock: DirectoryLock?
  private var outcomes: [Input] = []

  /// Opens the directory and activates programs where none ever were.
  /// - Parameter makeCarrier: Makes what carries out effects.
  package init(
    _ options: HostOptions, makeCarrier: (Store) throws -> (any EffectCarrier)?
  ) throws {
    if !options.createsDirectory {
      try DirectoryLock.requireLedger(directory: options.directory)
    }
    lock = try DirectoryLock(directory: options.directory)
    self.options = options
    store = try Store(directory: options.directory, options: options.store)
    carrier = try makeCarrier(store)
    try activatePrograms()
    if let carrier { outcomes = carrier.carryOut(try store.unansweredEffects()) }
  }

  /// Opens a directory that exists, to look at what is there: nothing is carried out.
  package convenience init(reading directory: String) throws {
    var options = HostOptions(directory: directory)
    options.createsDirectory = false
    options.clock = .event
    try self.init(options) { _ in nil }
  }

  /// Appends inputs in one turn, then carries out what they led to.
  package func append(_ inputs: [Input]) throws -> [Receipt] {
    let due = outcomes
    let receipts = try store.engine.turn(due + inputs, clock: turnClock)
    outcomes.removeFirst(due.count)
    deliver()
    return Array(receipts.dropFirst(due.count))
  }

  /// Records the outcomes that wait, until there are none.
  package func settle() throws {
    while !outcomes.isEmpty { _ = try append([]) }
  }

  /// Moves the event clock to `time`, firing what becomes due.
  /// - Parameter progress: Told the ledger's time now and then.
  /// - Returns: How many timers were fired.
  package func advance(to time: Int64, progress: (Int64) -> Void = { _ in }) throws -> Int {
    var fired = 0
    try settle()
    while true {
      let count = try store.engine.advance(to: time, limit: 1_024)
      fired += count
      deliver()
      try settle()
      progress(store.engine.committed.recordedAt)
      if count < 1_024 { return fired }
    }
  }

  /// Moves the event clock until no timer is left.
  package func drain(progress: (Int64) -> Void = { _ in }) throws -> Int {
    var fired = 0
    try settle()
    while let due = store.engine.nextTimer() {
      fired += try advance(to: due, progress: progress)
    }
    return fired
  }

  /// Flushes and closes everything. No other call may follow.
  package func close() throws {
    try settle()
    try store.close()
    lock = nil
  }

  private var turnClock: TurnClock {
    options.clock == .event ? .event : .wall(now: WallClock.now())
  }

  private func deliver() {
    let effects = store.engine.takeEffects()
    if let carrier { outcomes += carrier.carryOut(effects) }
  }

  // MARK: - Programs

  private func activatePrograms() throws {
    let isNew = store.catalog.activationCount == 0
    var inputs: [Input] = []
    if isNew {
      for body in try bodies() {
        let id = body.folder
        let program = try Program(
          body: body.body, folder: id, overrides: overrides(for: id))
        inputs.append(program.activation(count: inputs.count))
      }
      try checkOverrides(known: Set(try bodies().map(\.folder)))
    } else {
      try checkOverrides(known: Set(store.catalog.active.map(\.program)))
      for row in store.catalog.active {
        let added = overrides(for: row.program)
        guard !added.isEmpty, let active = store.catalog.program(of: row) else { continue }
        let program = try Program(
          body: active.body, folder: row.program, overrides: active.overrides + added)
        guard program.version != active.version else { continue }
        inputs.append(program.activation(count: store.catalog.activationCount + inputs.count))
      }
    }
    guard !inputs.isEmpty else { return }
    if isNew && options.clock == .event {
      for input in inputs { store.engine.holdForFirstTurn(input) }
    } else {
      _ = try store.engine.turn(inputs, clock: turnClock)
    }
  }

  private func overrides(for program: String) -> [ProgramOverride] {
    options.overrides.filter { $0.program == program }.map(\.override)
  }

  private func checkOverrides(known: Set<String>) throws {
    for (program, override) in options.overrides where !known.contains(program) {
      throw OverrideError(program: program, path: override.path, known: known.sorted())
    }
  }

  private func bodies() throws -> [(folder: String, body: ProgramBody)] {
    guard let folder = options.programsFolder else {
      return ShippedPrograms.ids.compactMap { id in
        ShippedPrograms.body(id).map { (id, $0) }
      }
    }
    return try ProgramFolders(path: folder).bodies()
  }
}

/// `--set` names a program that is not active.
package struct OverrideError: Error, CustomStringConvertible {
  package let program: String
  package let path: String
  package let known: [String]

  package var description: String {
    "--set \(program).\(path): there is no active program \"\(program)\"; there are "
      + known.joined(separator: ", ")
  }
}
