import CivilTime
package import JSON
import Ledger

extension BatchFinding {
  /// What the batch found, in a sentence for people.
  package var explanation: String {
    switch verdict {
    case .outside: "did not belong to the population"
    case .belowThreshold: "passed the filters, but its score was below the threshold"
    case .duplicate: "passed the filters, but meets a run or a key that is still in use"
    case .failed: "could not be decided: an expression or the score failed"
    case .rejected(let filter, let pass):
      "rejected by the filter \(Printable.text(filter)): \(Printable.text(pass))"
    case .passed: passedExplanation
    }
  }

  private var passedExplanation: String {
    let rank = rank.map { ", rank \(Printable.number($0, digits: 4))" } ?? ""
    if let decidedIn { return "passed\(rank), and was decided in full at position \(decidedIn)" }
    guard let lowestChosen else { return "passed\(rank), and was not chosen so far" }
    return "passed\(rank), and was not chosen; the lowest rank chosen is "
      + Printable.number(lowestChosen, digits: 4)
  }

  /// Writes the finding as an object: batch, position (of its start), slice, recordedAt, due, of, item, key,
  /// verdict, filter, pass, rank, decidedIn, lowestChosen.
  package func write(to array: inout JSONWriter) {
    array.object { object in
      object.field("batch", started.text(Field.batch))
      object.field("position", started.position)
      object.field("slice", slice.position)
      object.field("recordedAt", RFC3339.string(microseconds: slice.recordedAt))
      Self.write("due", started.text(Field.due), to: &object)
      object.field("of", started.text(Field.of))
      object.field("item", item)
      Self.write("key", key ?? "", to: &object)
      object.field("verdict", verdict.word)
      var (filter, pass) = ("", "")
      if case .rejected(let id, let text) = verdict { (filter, pass) = (id, text) }
      Self.write("filter", filter, to: &object)
      Self.write("pass", pass, to: &object)
      object.key("rank")
      if let rank { object.double(rank) } else { object.null() }
      object.key("decidedIn")
      if let decidedIn { object.uint(decidedIn) } else { object.null() }
      object.key("lowestChosen")
      if let lowestChosen { object.double(lowestChosen) } else { object.null() }
    }
  }

  private static func write(_ name: String, _ text: String, to object: inout JSONWriter) {
    object.key(name)
    if text.isEmpty { object.null() } else { object.string(text) }
  }
}
