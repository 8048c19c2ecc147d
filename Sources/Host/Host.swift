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
  /// Control events that name what inputs are prepared with; each is recorded before them, once.
  package var loadings: [Input] = []
  package var store = StoreOptions()
  /// The database of time zones that programs with local times take their rules from.
  package var timeZoneFolder = TimeZoneFolder.usual
  /// How old changed rows may become before they are flushed to `views/`, in microseconds; where a
  /// flush takes long, ten times as long as it took.
  package var flushAge: Int64 = 5_000_000
  /// Whether a directory that is not there is made.
  package var createsDirectory = true
  /// Whether the directory may be a backup: only to look at it.
  package var takesBackup = false

  package init(directory: String) {
    self.directory = directory
  }
}

/// Carries out effects in the world outside: under the machine's clock committed ones, under the
/// event clock those of the open turn (see ``Host/append(_:)``).
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
  private var lastFlush = WallClock.elapsed()
  private var flushDuration: Int64 = 0

  /// Opens the directory and activates programs where none ever were.
  /// - Parameter makeCarrier: Makes what carries out effects.
  package init(
    _ options: HostOptions, makeCarrier: (Store) throws -> (any EffectCarrier)?
  ) throws {
    if !options.createsDirectory {
      try DirectoryLock.requireLedger(directory: options.directory)
    }
    if !options.takesBackup { try DirectoryLock.refuseBackup(directory: options.directory) }
    // Mistakes in programs are told before anything is made.
    let isNew = !DirectoryLock.hasLedger(directory: options.directory)
    let programs = isNew ? try Self.newPrograms(options) : []
    _ = try TimeZoneNeed(of: programs, folder: options.timeZoneFolder)
    lock = try DirectoryLock(directory: options.directory)
    if isNew { try Self.makeKey(directory: options.directory) }
    self.options = options
    store = try Store(directory: options.directory, options: options.store)
    carrier = try makeCarrier(store)
    try activateAtOpening(programs)
    if let carrier { outcomes = carrier.carryOut(try store.unansweredEffects()) }
  }

  /// Opens a directory that exists, to look at what is there: nothing is carried out.
  package convenience init(reading directory: String) throws {
    var options = HostOptions(directory: directory)
    options.createsDirectory = false
    options.takesBackup = true
    options.clock = .event
    try self.init(options) { _ in nil }
  }

  /// Appends inputs, and carries out what they led to.
  ///
  /// Under the machine's clock they are one turn, which is committed before the outbox works.
  /// Under the event clock virtual time stands still while the outbox works: an outcome is recorded
  /// at the time of its effect, before anything later, so that the ledger does not depend on how a
  /// file is cut. Effect and outcome are then in one commit: after a crash in between, the same
  /// inputs give the same effect with the same id again, and the sink replaces its file.
  package func append(_ inputs: [Input]) throws -> [Receipt] {
    try store.engine.checkIsWorking()
    defer { flushIfOld() }
    guard options.clock == .event && carrier != nil else { return try appendTurn(inputs) }
    try settle()
    var receipts: [Receipt] = []
    receipts.reserveCapacity(inputs.count)
    for input in inputs {
      if let time = input.occurredAt, !store.engine.knows(input) {
        try fireTimers(until: time)
      }
      receipts += try store.engine.turn([input], clock: .event, commits: isLarge)
      try answerRequests()
    }
    _ = try store.engine.turn([], clock: .event)
    return receipts
  }

  /// Whether the open turn is large enough to be committed.
  private var isLarge: Bool { store.engine.uncommittedCount >= 8_192 }

  private func appendTurn(_ inputs: [Input]) throws -> [Receipt] {
    let due = outcomes
    let receipts = try store.engine.turn(due + inputs, clock: turnClock)
    outcomes.removeFirst(due.count)
    deliver()
    return Array(receipts.dropFirst(due.count))
  }

  /// Goes on for a moment with the batches that are running, and carries out what that led to: between
  /// the inputs, or when there are none. Under the event clock there is never anything left to do.
  /// - Parameter isWaiting: Asked now and then whether something else waits.
  /// - Returns: Whether there was anything to do.
  package func continueBatches(unless isWaiting: () -> Bool = { false }) throws -> Bool {
    guard options.clock == .wall, store.engine.hasSlices else { return false }
    let start = WallClock.elapsed()
    let isDone = try withoutActuallyEscaping(isWaiting) { isWaiting in
      try store.engine.slice(now: WallClock.now()) {
        let elapsed = WallClock.elapsed() - start
        return elapsed >= Self.batchTurn || (elapsed >= Self.leastBatchTurn && isWaiting())
      }
    }
    deliver()
    return isDone
  }

  /// How long a turn of batches takes, in microseconds, before inputs come again.
  private static let batchTurn: Int64 = 1_000
  /// How long it takes at least while something waits, so that batches come to their ends where
  /// something always does.
  private static let leastBatchTurn: Int64 = 250

  /// Fires the timers that are due, one by one, each answered before the next.
  /// - Returns: How many.
  @discardableResult
  private func fireTimers(until time: Int64) throws -> Int {
    var fired = 0
    while let due = store.engine.nextTimer(), due <= time {
      fired += try store.engine.advance(to: due, limit: 1, commits: isLarge)
      try answerRequests()
    }
    return fired
  }

  /// Carries out what was requested, and records the outcomes in the open turn.
  private func answerRequests() throws {
    guard let carrier, store.engine.hasRequestedEffects else { return }
    outcomes += carrier.carryOut(store.engine.takeRequestedEffects())
    while !outcomes.isEmpty {
      let due = outcomes
      _ = try store.engine.turn(due, clock: .event, commits: isLarge)
      outcomes.removeFirst(due.count)
      outcomes += carrier.carryOut(store.engine.takeRequestedEffects())
    }
  }

  /// Records the outcomes that wait, until there are none.
  package func settle() throws {
    while !outcomes.isEmpty { _ = try appendTurn([]) }
  }

  /// Moves the event clock to `time`, firing what becomes due.
  /// - Parameter progress: Told the ledger's time now and then.
  /// - Returns: How many timers were fired.
  package func advance(to time: Int64, progress: (Int64) -> Void = { _ in }) throws -> Int {
    var fired = 0
    try settle()
    while let due = store.engine.nextTimer(), due <= time {
      fired += try fireTimers(until: due)
      progress(due)
    }
    _ = try store.engine.turn([], clock: .event)
    return fired
  }

  /// Moves the event clock until no timer is left but those of schedules, and of runs that schedules
  /// have begun meanwhile. A batch that has begun is finished.
  package func drain(progress: (Int64) -> Void = { _ in }) throws -> Int {
    var fired = 0
    try settle()
    let start = store.ledger.end.position
    while let end = store.drainEnd(since: start) {
      fired += try advance(to: end, progress: progress)
    }
    return fired
  }

  /// Flushes and closes everything. No other call may follow.
  package func close() throws {
    try settle()
    try store.close()
    lock = nil
  }

  /// Flushes rows that have been changed for long. One that fails is tried again later: the ledger
  /// has everything.
  private func flushIfOld() {
    let now = WallClock.elapsed()
    guard now - lastFlush >= max(options.flushAge, 10 * flushDuration) else { return }
    // Under the machine's clock somebody waits for the next turn.
    if options.clock == .wall {
      store.engine.flushGradually()
    } else {
      store.engine.flushBetweenTurns()
    }
    lastFlush = WallClock.elapsed()
    flushDuration = lastFlush - now
  }

  private var turnClock: TurnClock {
    options.clock == .event ? .event : .wall(now: WallClock.now())
  }

  private func deliver() {
    let effects = store.engine.takeEffects()
    if let carrier { outcomes += carrier.carryOut(effects) }
  }

  // MARK: - Programs

  /// The programs of a new directory, checked.
  private static func newPrograms(_ options: HostOptions) throws -> [Program] {
    let bodies = try bodies(options)
    try check(options.overrides, known: bodies.map(\.folder))
    return try bodies.map { folder, body in
      do throws(ProgramProblems) {
        return try Program(
          body: body, folder: folder, overrides: options.overrides(for: folder))
      } catch {
        throw ProgramRefused(program: folder, problems: error)
      }
    }
  }

  /// Activates the programs of a new directory, or records overrides in one that has some.
  private func activateAtOpening(_ programs: [Program]) throws {
    let count = store.catalog.activationCount
    var inputs: [Input] = []
    if count == 0 {
      let programs = programs.isEmpty ? try Self.newPrograms(options) : programs
      for program in programs { inputs.append(program.activation(count: inputs.count)) }
      inputs = try timeZones(for: programs) + inputs
    } else {
      try Self.check(options.overrides, known: store.catalog.active.map(\.program))
      for row in store.catalog.active {
        let added = options.overrides(for: row.program)
        guard !added.isEmpty, let active = store.catalog.program(of: row) else { continue }
        let program = try Program(
          body: active.body, folder: row.program, overrides: active.overrides + added)
        guard program.version != active.version else { continue }
        if inputs.isEmpty { inputs = try timeZones(for: [program]) }
        inputs.append(program.activation(count: count + inputs.count))
      }
    }
    inputs += options.loadings.filter { !store.engine.knows($0) }
    guard !inputs.isEmpty else { return }
    if count == 0 && options.clock == .event {
      for input in inputs { store.engine.holdForFirstTurn(input) }
    } else {
      _ = try store.engine.turn(inputs, clock: turnClock)
    }
  }

  /// The rules of time zones, where programs ask for them and the ledger lacks them.
  func timeZones(for programs: [Program]) throws -> [Input] {
    try TimeZoneNeed(of: programs, folder: options.timeZoneFolder)?.inputs(store) ?? []
  }

  private static func check(
    _ overrides: [(program: String, override: ProgramOverride)], known: [String]
  ) throws {
    for (program, override) in overrides where !known.contains(program) {
      throw OverrideError(program: program, path: override.path, known: known.sorted())
    }
  }

  private static func bodies(
    _ options: HostOptions
  ) throws -> [(folder: String, body: ProgramBody)] {
    guard let folder = options.programsFolder else {
      return ShippedPrograms.ids.compactMap { id in
        ShippedPrograms.body(id).map { (id, $0) }
      }
    }
    return try ProgramFolders(path: folder).bodies()
  }
}

extension HostOptions {
  fileprivate func overrides(for program: String) -> [ProgramOverride] {
    overrides.filter { $0.program == program }.map(\.override)
  }
}

/// A program cannot be activated.
package struct ProgramRefused: Error, CustomStringConvertible {
  package let program: String
  package let problems: ProgramProblems

  /// One problem a line, each with the program that it is in.
  package var description: String {
    "the program \(program) is refused\n"
      + problems.problems.map { "  \($0)" }.joined(separator: "\n")
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
