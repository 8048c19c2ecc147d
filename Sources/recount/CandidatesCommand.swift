import ArgumentParser
import CBOR
import Candidates
import CivilTime
import Engine
import Explaining
import Glibc
import Host
import JSON
import Ledger

/// `recount candidates`.
struct CandidatesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "candidates",
    abstract: "List the live candidates, the highest score first.",
    discussion: """
      Candidates of one score come in the order in which they were made. Those whose time is up \
      by the ledger's time are not live.

      JSON: position, candidates [{candidate, program, subject, item, score, level, channels, \
      offer, expiresAt, createdAt, updatedAt, revision, heldOut}], total (before --limit).
      """)

  @OptionGroup var data: DataOptions
  @Option(help: "Only those about this subject, usually a customer id.")
  var subject: String?
  @Option(help: "Only those of this program.")
  var program: String?
  @Option(help: "Only those that may go out on this channel.")
  var channel: String?
  @Option(help: "How many at most.")
  var limit: Int?

  func validate() throws {
    if let limit, limit < 0 { throw ValidationError("--limit must not be negative") }
  }

  func run() throws {
    var candidates: Candidates?
    let snapshot = try ViewSnapshot(directory: data.data) { context in
      let projection = Candidates(names: context.names)
      candidates = projection
      return [projection]
    }
    defer { snapshot.close() }
    let names = snapshot.context.names
    if let program, names.number(.program, program) == nil {
      throw NameError(kind: "program", name: program, known: names.programs)
    }
    let live = ranked(candidates, snapshot)
    let shown = Array(live.prefix(limit ?? .max))
    if data.json {
      Output.json { object in
        object.field("position", snapshot.end.position)
        object.key("candidates")
        object.array { array in
          for candidate in shown { candidate.write(to: &array) }
        }
        object.field("total", live.count)
      }
    } else {
      print(shown, total: live.count)
    }
  }

  /// The live candidates that are wanted, by score, then in the order in which they were made.
  private func ranked(_ candidates: Candidates?, _ snapshot: ViewSnapshot) -> [LiveCandidate] {
    let wanted = subject.map { snapshot.context.subjects.number(of: Array($0.utf8)) }
    var live: [LiveCandidate] = []
    candidates?.rows.forEach { _, row in
      if let wanted, row.subject != wanted { return }
      let candidate = LiveCandidate(row, subject: snapshot.context.subjects.text(of: row.subject))
      guard candidate.expiresAt > snapshot.end.recordedAt else { return }
      if let program, candidate.program != program { return }
      if let channel, !candidate.channels.contains(channel) { return }
      live.append(candidate)
    }
    // Rows come in the order of their making, which a stable order keeps among equal scores.
    return live.enumerated()
      .sorted { left, right in
        left.element.score == right.element.score
          ? left.offset < right.offset : left.element.score > right.element.score
      }
      .map(\.element)
  }

  private func print(_ shown: [LiveCandidate], total: Int) {
    var page = TextPage.terminal()
    guard total > 0 else {
      Output.line("no live candidate\(subject.map { " about \(Printable.text($0))" } ?? "")")
      return
    }
    page.heading("\(total) live candidates" + (shown.count < total ? ", \(shown.count) shown" : ""))
    page.table(
      [
        .init("score", .right), .init("level"), .init("program"), .init("subject"), .init("item"),
        .init("channels"), .init("offer"), .init("until (UTC)"), .init(""),
      ],
      shown.map { candidate in
        [
          Printable.number(candidate.score, digits: 4), candidate.level, candidate.program,
          Printable.text(candidate.subject), candidate.shownItem,
          candidate.channels.joined(separator: " "), candidate.shownOffer,
          Printable.minutes(candidate.expiresAt), candidate.isHeldOut ? "held out" : "",
        ]
      })
    Output.write(Array(page.text.utf8), to: STDOUT_FILENO)
  }
}

/// A live candidate, as output shows it.
struct LiveCandidate {
  let data: CBORView
  let row: CandidateRow
  let subject: String
  let program: String
  let score: Double
  let level: String
  let channels: [String]
  /// Ledger time in microseconds; without one it never expires.
  let expiresAt: Int64
  let isHeldOut: Bool

  init(_ row: CandidateRow, subject: String) {
    self.row = row
    self.subject = subject
    data = CBORView(storage: row.data)
    program = data.view(forKey: Field.program)?.string ?? ""
    score = data.view(forKey: Field.score)?.double ?? 0
    level = data.view(forKey: Field.level)?.string ?? ""
    var channels: [String] = []
    data.view(forKey: Field.channels)?.forEachElement { channels.append($0.string ?? "") }
    self.channels = channels
    let expires = data.view(forKey: Field.expiresAt)?.string
    expiresAt = expires.flatMap { try? RFC3339.microseconds(parsing: $0) } ?? .max
    isHeldOut = data.view(forKey: Field.heldOut)?.bool ?? false
  }

  var shownItem: String {
    guard let item = data.view(forKey: Field.item)?.value else { return "" }
    return item.string.map { Printable.text($0) } ?? Printable.shortened(item)
  }

  var shownOffer: String {
    guard let entries = data.view(forKey: Field.offer)?.value.entries else { return "" }
    let fields = entries.map { entry in
      "\(Printable.text(entry.key.string ?? "")) "
        + (entry.value.string.map { Printable.text($0) } ?? Printable.shortened(entry.value))
    }
    return fields.joined(separator: ", ")
  }

  func write(to writer: inout JSONWriter) {
    writer.object { object in
      object.field("candidate", data.view(forKey: Field.candidate)?.string ?? "")
      object.field("program", program)
      object.field("subject", subject)
      Self.write("item", data.view(forKey: Field.item), to: &object)
      object.field("score", score)
      object.field("level", level)
      object.key("channels")
      object.array { array in
        for channel in channels { array.string(channel) }
      }
      Self.write("offer", data.view(forKey: Field.offer), to: &object)
      Self.write("expiresAt", data.view(forKey: Field.expiresAt), to: &object)
      object.field("createdAt", RFC3339.string(microseconds: row.createdAt))
      object.field("updatedAt", RFC3339.string(microseconds: row.updatedAt))
      object.field("revision", UInt64(row.revision))
      object.field("heldOut", isHeldOut)
    }
  }

  private static func write(_ name: String, _ view: CBORView?, to object: inout JSONWriter) {
    object.key(name)
    if let view { object.item(view) } else { object.null() }
  }
}
