import CBOR

/// The attributes of CloudEvents that the product reads.
enum Attribute: String {
  case specversion, id, source, type, subject, time, datacontenttype, data
  case dataBase64 = "data_base64"

  /// What a producer writes there.
  var mend: String {
    switch self {
    case .specversion: #"write "specversion": "1.0""#
    case .id: "give each event of a source an id of its own"
    case .source: #"name the producer, as in "//shop.example/web""#
    case .type: #"name what happened, as in "order.placed""#
    case .subject: "name whom the event concerns, such as a customer id"
    case .time: #"say when it happened, as in "2024-01-04T11:45:38Z""#
    case .datacontenttype: #"write "application/json", or leave it out"#
    case .data: "send an object, or leave it out"
    case .dataBase64: "send the data as a JSON object in data"
    }
  }

  /// The keys in the encoding in which they stand in a document.
  enum Key {
    static let specversion: CBORKey = "specversion"
    static let id: CBORKey = "id"
    static let source: CBORKey = "source"
    static let type: CBORKey = "type"
    static let subject: CBORKey = "subject"
    static let time: CBORKey = "time"
    static let datacontenttype: CBORKey = "datacontenttype"
    static let data: CBORKey = "data"
    static let dataBase64: CBORKey = "data_base64"
    /// The only version there is, as a value.
    static let version: CBORKey = "1.0"
    /// The usual content type, as a value.
    static let json: CBORKey = "application/json"
  }
}
