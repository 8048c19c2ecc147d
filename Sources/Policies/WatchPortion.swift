import Binding
import CBOR
import Engine
import Facts
import Journeys
import Ledger
import Programs

/// Finds the next runs that watch an entity of an event, in the order in which they began.
struct WatchPortion {
  let programs: ProgramSet
  let journeys: Journeys
  let names: Names
  let event: Event
  let eventType: String
  /// Runs that one portion moves at most: a shorter list is done at once.
  let size: Int

  /// - Returns: The first runs with numbers in `range`, at most ``size`` of them, and where the next
  ///   portion begins; nil: these were all.
  func runs(in range: Range<UInt32>) -> (numbers: [UInt32], next: UInt32?) {
    var found: [UInt32] = []
    for version in journeys.watchingVersions {
      guard let binding = programs.binding(version: version),
        binding.concerns(eventType, isInput: event.kind == .input)
      else { continue }
      for watch in binding.watches {
        guard let key = watch.key.key(event, names: names) else { continue }
        append(
          journeys.watchers(program: binding.program.id, entity: watch.entity, key: key), range,
          version, to: &found)
      }
    }
    // The versions come in no order; the numbers do.
    found.sort()
    var numbers: [UInt32] = []
    for number in found where numbers.last != number {
      if numbers.count == size { return (numbers, number) }
      numbers.append(number)
    }
    return (numbers, nil)
  }

  /// Adds those of a sorted list that are of a version: one more than a portion, so that it is known
  /// whether there are any left.
  private func append(
    _ list: [UInt32], _ range: Range<UInt32>, _ version: String, to found: inout [UInt32]
  ) {
    var place = list.firstPlace(from: range.lowerBound)
    var count = 0
    while place < list.count, list[place] < range.upperBound, count <= size {
      if journeys.runs.withRow(list[place], { $0.version == version }) == true {
        found.append(list[place])
        count += 1
      }
      place += 1
    }
  }

  /// What tells how far the runs have been told.
  /// - Parameter next: Where the next portion begins; nil: that was the last.
  func emission(count: Int, next: UInt32?, end: UInt32) -> Emission {
    var fields: [(String, CBORValue)] = [
      ("trigger", .unsigned(event.position)), ("runs", .unsigned(UInt64(count))),
    ]
    if let next {
      fields += [("next", .unsigned(UInt64(next))), ("end", .unsigned(UInt64(end)))]
    }
    return Emission(
      kind: .decision, type: EventType.runsNotified, program: "", subject: [],
      payload: CBORValue.object(fields).encoded())
  }
}
