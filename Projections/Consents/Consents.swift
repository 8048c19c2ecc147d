import CBOR
package import Engine
package import Ledger

/// What a customer said about a topic, on one channel or on all.
package struct Consent: Equatable, Sendable {
  package var topic: String
  /// Empty: on every channel.
  package var channel: String
  package var isOptedIn: Bool
  /// Position of `consent.changed`.
  package var position: UInt64
}

/// A customer's consents, in the order in which they were given.
package struct ConsentRow: TableRow {
  /// How many are kept of a customer; the oldest goes.
  package static let limit = 256
  package var consents: [Consent] = []

  package init() {}

  package init(from reader: inout ByteReader) {
    for _ in 0..<reader.count() {
      consents.append(
        Consent(
          topic: reader.text(), channel: reader.text(), isOptedIn: reader.bool(),
          position: reader.unsigned()))
    }
  }

  package func write(to writer: inout ByteWriter) {
    writer.count(consents.count)
    for consent in consents {
      writer.text(consent.topic)
      writer.text(consent.channel)
      writer.bool(consent.isOptedIn)
      writer.unsigned(consent.position)
    }
  }

  /// Takes in a consent; one for all channels takes the place of those for single ones.
  mutating func take(_ consent: Consent) {
    consents.removeAll {
      $0.topic == consent.topic
        && (consent.channel.isEmpty || $0.channel == consent.channel)
    }
    consents.append(consent)
    if consents.count > Self.limit { consents.removeFirst() }
  }

  /// The consent that counts for a topic on a channel: what was said last; nil: nothing was.
  func consent(topic: String, channel: String) -> Consent? {
    consents.last { $0.topic == topic && ($0.channel.isEmpty || $0.channel == channel) }
  }
}

/// Customers' opt-ins and opt-outs by topic: a fold over
/// `consent.changed {topic, channel?, optedIn}`.
package final class Consents: Projection {
  package let name = "consents"
  package let version = "1"
  private let rows = Table<ConsentRow>(name: "consents")

  package init() {}

  package var tables: [any StoredTable] { [rows] }

  package func concerns(type: String) -> Bool { type == EventType.consentChanged }

  package func project(_ event: Event, subject: UInt32) {
    let data = event.payload
    // Without a topic or an answer it says nothing that could be kept.
    guard let topic = data.view(forKey: "topic")?.string, !topic.isEmpty,
      let isOptedIn = data.view(forKey: "optedIn")?.bool
    else { return }
    let consent = Consent(
      topic: topic, channel: data.text(Field.channel), isOptedIn: isOptedIn,
      position: event.position)
    rows.update(subject, orInsert: ConsentRow()) { $0.take(consent) }
  }

  /// What a customer said last about a topic on a channel; nil: nothing.
  package func consent(of subject: UInt32, topic: String, channel: String) -> Consent? {
    rows.withRow(subject) { $0.consent(topic: topic, channel: channel) } ?? nil
  }
}
