import CBOR
package import Engine
package import Ledger
package import Programs

/// One activation of a program.
package struct ActivationRow: TableRow {
  package var program: String
  /// Position of `program.activated`.
  package var position: UInt64
  /// 64 hex digits.
  package var version: String
  /// Position of `program.deactivated` or of the next activation; 0: it is in force.
  package var endedAt: UInt64

  package init(program: String, position: UInt64, version: String) {
    self.program = program
    self.position = position
    self.version = version
    endedAt = 0
  }

  package init(from reader: inout ByteReader) {
    program = reader.text()
    position = reader.unsigned()
    version = reader.text()
    endedAt = reader.unsigned()
  }

  package func write(to writer: inout ByteWriter) {
    writer.text(program)
    writer.unsigned(position)
    writer.text(version)
    writer.unsigned(endedAt)
  }
}

/// Which programs were activated when, and the programs themselves: a fold over
/// `program.activated` and `program.deactivated`, whose bodies are in the ledger.
package final class Catalog: Projection {
  package let name = "programs"
  package let version = "1"
  /// Activations in order.
  private let activations = Table<ActivationRow>(name: "programs.activations")
  private let positions = EntityTable(name: "programs.positions")
  private let context: FoldContext
  /// Checked programs by version.
  private var programs: [String: Program] = [:]
  /// Counts how often the tables were opened: what others derived from them is void after that.
  package private(set) var generation = 0
  /// Activations in force, in the order of their positions.
  package private(set) var active: [ActivationRow] = [] {
    didSet { revision += 1 }
  }
  /// Counts the changes of ``active``, so that others know when to look again.
  package private(set) var revision = 0

  package init(context: FoldContext) {
    self.context = context
  }

  package var tables: [any StoredTable] { [activations, positions] }

  package func concerns(type: String) -> Bool {
    type == EventType.programActivated || type == EventType.programDeactivated
  }

  package func reset() {
    generation += 1
    programs = [:]
    active = []
    activations.forEach { _, row in
      if row.endedAt == 0 { active.append(row) }
    }
  }

  package func project(_ event: Event, subject: UInt32) {
    let id = event.payload.text(Field.program)
    end(id, at: event.position)
    guard context.names.name(.type, event.type) == EventType.programActivated else { return }
    let row = ActivationRow(
      program: id, position: event.position, version: event.payload.text(Field.version))
    activations.set(positions.intern(BigEndian.bytes(event.position)), row)
    active.append(row)
  }

  private func end(_ id: String, at position: UInt64) {
    for row in active where row.program == id {
      guard let number = positions.number(of: BigEndian.bytes(row.position)) else { continue }
      _ = activations.update(number) { $0.endedAt = position }
    }
    active.removeAll { $0.program == id }
  }

  /// The program that the event at `position` activated; nil where the ledger's program is not
  /// one that this binary accepts.
  package func program(activatedAt position: UInt64) -> Program? {
    guard let number = positions.number(of: BigEndian.bytes(position)),
      let row = activations.row(number)
    else { return nil }
    return program(of: row)
  }

  /// The program of this version, if it was ever activated.
  package func program(version: String) -> Program? {
    if let known = programs[version] { return known }
    var found: ActivationRow?
    activations.forEach { _, row in
      if row.version == version { found = row }
    }
    return found.flatMap { program(of: $0) }
  }

  /// The program that was activated last under this id, in force or not.
  package func lastProgram(_ id: String) -> Program? {
    var found: ActivationRow?
    activations.forEach { _, row in
      if row.program == id { found = row }
    }
    return found.flatMap { program(of: $0) }
  }

  /// How many activations there were.
  package var activationCount: Int { positions.count }

  /// Every activation so far, in order.
  package func forEachActivation(_ body: (ActivationRow) -> Void) {
    activations.forEach { _, row in body(row) }
  }

  /// The program of an activation.
  package func program(of row: ActivationRow) -> Program? {
    if let known = programs[row.version] { return known }
    guard let program = load(row) else { return nil }
    programs[row.version] = program
    return program
  }

  private func load(_ row: ActivationRow) -> Program? {
    let body: ProgramBody
    do {
      body = try ProgramBody(decoding: context.blob(row.position) ?? [])
    } catch {
      UnreadableState.stop("the body of event \(row.position)", Self.damage)
    }
    let overrides = overrides(at: row.position)
    // Without its program an event would pass as one that nobody asked for.
    guard ProgramVersion(body: body, overrides: overrides).description == row.version else {
      UnreadableState.stop("the body of event \(row.position)", Self.damage)
    }
    return try? Program(body: body, folder: nil, overrides: overrides)
  }

  private static let damage =
    "it does not have the hash that the event names; run recount verify, and restore a backup"

  private func overrides(at position: UInt64) -> [ProgramOverride] {
    var overrides: [ProgramOverride] = []
    context.event(position)?.payload.view(forKey: Field.set)?.forEachEntry { path, value in
      overrides.append(
        ProgramOverride(path: path.string ?? "", value: value.string ?? value.value.diagnostic))
    }
    return overrides
  }
}
