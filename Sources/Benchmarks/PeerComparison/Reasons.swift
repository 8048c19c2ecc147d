/// Why the ratios are what they are, from how each system makes an event durable.
enum Reasons {
  static func table(_ peers: [Peer], _ appends: AppendComparison) -> Table {
    Table(
      caption: "Why", header: ["System", "1 a commit", "256 a commit", "Because"],
      rows: peers.map { peer in
        [
          peer.name, word(peer, appends.ratio(of: peer, perCommit: 1)),
          word(peer, appends.ratio(of: peer, perCommit: 256)), texts[peer.id] ?? "",
        ]
      }, isText: true)
  }

  private static func word(_ peer: Peer, _ ratio: Double?) -> String {
    guard let ratio else { return "" }
    let text = Figure.ratio(ratio, to: 1)
    guard peer.isDurable else { return "not durable, \(text)" }
    return ratio > 1.05 ? "**wins, \(text)**" : ratio < 0.95 ? "loses, \(text)" : "even, \(text)"
  }

  private static let texts = [
    "postgres": """
    A commit flushes the write-ahead log once, in place, where LMDB flushes twice (data, then \
    the page that makes them current): that favours single commits. Against it stand a socket, \
    a parser and a planner for each. At size every event enters four B-trees, two of them in \
    random order, and is written to log and heap both. Callers at once share a flush only \
    without message-db's lock by category, and readers then see gaps that close later.
    """,
    "redis": """
    One write and one fsync of a log that only grows, against LMDB's two flushes: that favours \
    single commits. In batches the parsing of commands and a reply to each set the rate. All \
    data must fit into memory, ids are not unique, and there is no order across streams.
    """,
    "nats": """
    Every message outside a batch is synced by itself, also where many wait. An atomic batch is \
    synced once, after it was staged and checked for duplicates.
    """,
    "nats-debian": """
    Not durable when acknowledged: this version writes without syncing, so that a loss of power \
    loses the last seconds. It is here to show what the sync costs.
    """,
    "sqlite": """
    One append to the log and one sync a commit, where LMDB flushes twice: that favours single \
    commits. At size the unique id (random order) and the index by subject are written with \
    every commit, and pages go to disk twice: log, then checkpoint. One writer at a time, and \
    no sharing of a sync: more callers gain nothing.
    """,
    "eventsourcing": """
    SQLite's cost, and for each event Python objects, JSON and a check of versions.
    """,
  ]

  /// What holds for all, after the tables.
  static let notes = [
    """
    What Recount leaves out of a commit, and the peers do not: PostgreSQL, SQLite, NATS and \
    eventsourcing refuse a second event with the same id within the commit, and PostgreSQL, SQLite \
    and eventsourcing keep an index by subject there. Recount's ledger writes at its ends only; its \
    engine (second row) looks for duplicates before the commit and derives every index after it. \
    The plain C loop has neither.
    """,
    """
    What the peers pay and Recount does not: PostgreSQL, Redis and NATS are reached over a socket. \
    A program in another process reaches Recount over HTTP, which costs what a socket costs.
    """,
    """
    Reading: Recount, SQLite and LMDB hand out bytes of this process's memory, a server sends them; \
    that is most of the difference. A read by position in a sealed segment inflates 256 events where \
    the segment is not kept, which is why SQLite and LMDB are faster there. Scans give each client \
    all fields of every event. By subject Recount reads, through an index of its engine, also what \
    the programs decided; sealed events of a subject lie in as many segments as it has days, and \
    each is inflated whole: that is slower than an index over rows, and the price of the bytes.
    """,
    """
    Bytes: Recount's are sealed segments and their Merkle tree. Redis is measured after its file was \
    rewritten (a compressed snapshot; as appended it is several times larger). PostgreSQL, SQLite and \
    eventsourcing include their indexes and store data as text or `jsonb`, uncompressed; NATS its \
    headers.
    """,
  ]
}
