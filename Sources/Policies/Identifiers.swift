import Crypto
import Ledger

/// Ids of runs, deliveries and actions: the same in every history in which the same thing happens,
/// because no position is in them.
enum Identifiers {
  /// A run's id: from program, subject, key and the trigger's id.
  static func run(program: String, subject: [UInt8], key: String, trigger: EventID) -> String {
    hash([Array(program.utf8), subject, Array(key.utf8), trigger.bytes])
  }

  /// The id of a request to a remote scorer: from the run that may begin.
  static func score(run: String) -> String {
    hash([Array(run.utf8), Array("score".utf8)])
  }

  /// A batch's id: from the program and the id of the event that starts it.
  static func batch(program: String, start: EventID) -> String {
    hash([Array("batch".utf8), Array(program.utf8), start.bytes])
  }

  /// A delivery's or action's id: from run, step, how often that was requested, and the channel or
  /// action.
  static func effect(run: String, step: String, ordinal: UInt32, target: String) -> String {
    hash([
      Array(run.utf8), Array(step.utf8), Array(String(ordinal).utf8), Array(target.utf8),
    ])
  }

  /// The first 16 bytes, in hex, of the SHA-256 of the parts with a zero byte between them.
  private static func hash(_ parts: [[UInt8]]) -> String {
    EventID(hashing: Array(parts.joined(separator: [0]))).hex
  }
}
