/// What a user would pick instead, measured in the same run: durable appends, reads, bytes.
enum PeersSuite {
  static func run(_ settings: BenchmarkSettings) throws -> Section {
    settings.progress("starting the peers")
    let process = try PeersProcess(settings)
    defer { process.close() }
    var section = Section(
      suite: Suite.peers.rawValue, title: "Beside what else one would pick",
      introduction: """
        The same events (\(SampleEvents.recordBytes) bytes, of which 420 are data) made durable \
        on the same disk, in rounds that take turns. Servers run on loopback with a configuration \
        of their own and are reached by clients in C over TCP; Recount, LMDB, SQLite and \
        eventsourcing work inside the caller's process. In brackets: the multiple of Recount's \
        figure in the same run.
        """)
    let choice = try ClientChoice(process, settings)
    section.tables.append(Self.systems(process.peers))
    section.tables.append(choice.table)
    section.measurements += choice.measurements
    let systems = Self.order(process.peers, choice)
    let appends = try AppendComparison(systems, process, settings)
    let reads = try ReadComparison(process, settings)
    section.tables += appends.tables + reads.tables
    section.measurements += appends.measurements + reads.measurements
    section.tables.append(Reasons.table(process.peers, appends))
    section.notes = Reasons.notes
    for (id, reason) in process.absent {
      section.notes.append("Left out: \(id): \(reason)")
    }
    return section
  }

  private static func systems(_ peers: [Peer]) -> Table {
    Table(
      header: ["System", "Version", "Settings", "Many events are"],
      rows: peers.map {
        [$0.name, $0.version, $0.durability, $0.isAtomic ? "all or nothing" : "one by one"]
      }, isText: true)
  }

  private static func order(_ peers: [Peer], _ choice: ClientChoice) -> [AppendSystem] {
    [.recount, .engine, .plainC]
      + peers.map { .peer($0, choice.clients(of: $0)) }
  }
}
