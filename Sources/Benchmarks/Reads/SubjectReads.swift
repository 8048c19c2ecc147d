import Engine
import Ledger

/// Reads of all events about one subject, through the index in the views: what `log --subject` and
/// `why --subject` do.
final class SubjectReads {
  private let ledger: Ledger
  private let index: StoredSubjectIndex
  /// The subjects of every 50th event of the shop, as the peers are asked for them.
  private let subjects: [[UInt8]]

  /// Takes the shop's events in with the shipped programs, and opens what that left.
  init(_ shop: ShopEvents, subjectCount: Int, directory: String) throws {
    _ = try ShopIngest.run(shop, into: directory)
    var options = LedgerOptions()
    options.readOnly = true
    ledger = try Ledger(directory: directory + "/ledger", options: options)
    guard let index = try StoredSubjectIndex(directory: directory + "/views") else {
      throw BenchmarkError("the views have no index by subject")
    }
    self.index = index
    subjects = shop.sampledSubjects(subjectCount).map { Array($0.utf8) }
  }

  /// Reads each subject's events once.
  /// - Returns: The latencies, and how many events were read in all.
  func run() throws -> (latencies: Percentiles, events: Int) {
    var latencies = Latencies()
    var events = 0
    for subject in subjects {
      let started = Clock.nanoseconds()
      var found = 0
      for position in try index.positions(of: subject, from: 1).positions {
        guard let event = try ledger.event(at: position) else { continue }
        // The index may name a few events of others.
        if event.record[event.subjectRange].elementsEqual(subject) { found += 1 }
      }
      latencies.add(Clock.nanoseconds() - started)
      guard found > 0 else { throw BenchmarkError("a subject has no events") }
      events += found
    }
    return (latencies.percentiles, events)
  }

  func close() throws {
    ledger.close()
    try index.close()
  }
}
