package import Batches
import CBOR
package import Candidates
package import Catalog
package import Consents
package import Decisions
package import Deliveries
package import Engine
import Facts
package import Features
package import Items
package import Journeys
package import LMDB
package import Ledger
package import Metrics
package import Models
package import PendingScores
package import Profiles
package import Programs
package import References
package import Silences
package import TimeZones
package import Transfers

/// How a data directory is opened.
package struct StoreOptions: Sendable {
  package var ledger = LedgerOptions()
  package var engine = EngineOptions()
  /// How much of a population one slice takes.
  package var slices = SliceSizes()
  /// Called around every write to `views/`, for tests that look at the files there.
  package var onViewWritePoint: (@Sendable (WritePoint) -> Void)?

  package init() {}
}

/// A data directory with its ledger, its views, every projection and the policies: the whole
/// product without a clock, a network or a file of messages. Confined to one thread.
package final class Store {
  package let ledger: Ledger
  package let engine: Engine
  package let catalog: Catalog
  package let profiles: Profiles
  package let features: Features
  package let items: Items
  package let models: Models
  package let references: References
  package let pendingScores: PendingScores
  package let silences: Silences
  package let journeys: Journeys
  package let batches: Batches
  package let candidates: Candidates
  package let deliveries: Deliveries
  package let consents: Consents
  package let transfers: Transfers
  package let watchQueue: WatchQueue
  package let reports: Reports
  package let timeZones: TimeZones
  package let decisions: Decisions
  package let metrics: Metrics
  package let context: FoldContext

  /// Opens the data directory, which may be empty, and folds what the views lack.
  package init(directory: String, options: StoreOptions = StoreOptions()) throws {
    ledger = try Ledger(directory: directory + "/ledger", options: options.ledger)
    let views = try ViewStore(
      directory: directory + "/views", onWritePoint: options.onViewWritePoint)
    context = FoldContext(names: Names())
    let names = context.names
    catalog = Catalog(context: context)
    profiles = Profiles(context: context, catalog: catalog)
    features = Features(context: context, catalog: catalog)
    models = Models(context: context)
    items = Items(context: context, catalog: catalog, models: models)
    references = References(context: context)
    let programs = ProgramSet(catalog: catalog, features: features)
    timeZones = TimeZones(context: context)
    let scope = Scope(
      context: context, profiles: profiles, features: features, references: references,
      zones: timeZones)
    silences = Silences(context: context, programs: programs, scope: scope, owner: 1)
    journeys = Journeys(
      names: names, entities: context.subjects, sink: context.timers, owner: 0)
    batches = Batches(
      context: context, catalog: catalog, timeZones: timeZones, owner: 2)
    pendingScores = PendingScores(
      names: names, entities: context.subjects, sink: context.timers, owner: 3)
    candidates = Candidates(names: names)
    deliveries = Deliveries(context: context)
    consents = Consents()
    transfers = Transfers(names: names, sink: context.timers, owner: 4)
    watchQueue = WatchQueue(sink: context.timers, owner: 5)
    reports = Reports(context: context, catalog: catalog, owner: Self.reportOwner)
    decisions = Decisions()
    metrics = Metrics(names: names) { [catalog] in
      catalog.program(version: $0)?.attribution
    }
    let policy = ProgramPolicy(
      context: context, programs: programs, scope: scope, journeys: journeys,
      silences: silences, deliveries: deliveries, profiles: profiles, features: features,
      models: models, items: items, batches: batches,
      pendingScores: pendingScores, consents: consents, candidates: candidates,
      transfers: transfers, watchQueue: watchQueue, reports: reports,
      sizes: options.slices)
    engine = try Engine(
      ledger: ledger, views: views, context: context,
      projections: [
        catalog, timeZones, models, references, profiles, features, items, silences, journeys,
        batches, pendingScores, candidates, deliveries, consents, transfers, watchQueue, reports,
        decisions,
        metrics,
      ],
      policies: [policy],
      timerOwners: [journeys, silences, batches, pendingScores, transfers, watchQueue, reports],
      work: policy.work(), options: options.engine)
  }

  /// The effects that nobody has answered yet, in order.
  package func unansweredEffects() throws -> [Event] {
    var positions: [UInt64] = []
    deliveries.effects.forEach { _, row in
      if row.stage == .requested { positions.append(row.position) }
    }
    pendingScores.requests.forEach { _, row in
      if row.isPending { positions.append(row.request) }
    }
    return try positions.sorted().compactMap { try ledger.event(at: $0) }
  }

  /// Flushes the views and closes everything. No other call may follow.
  /// - Throws: Where the views cannot be flushed. The ledger is closed all the same.
  package func close() throws {
    defer { ledger.close() }
    try engine.close()
  }
}

extension Program {
  /// The control event that activates this program.
  ///
  /// Its id follows from the version and from how many activations there were before, so that a
  /// program can be activated again later.
  /// - Parameter count: Activations in the ledger so far.
  package func activation(count: Int, inFlight: String = "pin") -> Input {
    var fields: [(String, CBORValue)] = [
      ("program", .text(id)), ("version", .text(version.description)), ("title", .text(title)),
      ("inFlight", .text(inFlight)),
    ]
    if !overrides.isEmpty {
      fields.append(("set", .object(overrides.map { ($0.path, .text($0.value)) })))
    }
    return Input(
      kind: .control, type: EventType.programActivated, subject: [],
      source: Array(OwnSource.control.utf8),
      externalID: Array("\(version.description)/\(count)".utf8), occurredAt: nil, program: id,
      payload: CBORValue.object(fields).encoded(), blob: body.encoded())
  }
}
