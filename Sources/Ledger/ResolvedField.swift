package import CBOR

/// Fields of an input that were looked up on its way into the ledger, such as the place of an
/// address: they say so by a `source` of the product's own, and are no part of the content by which
/// an event that comes again is known.
package enum ResolvedField {
  package static let location: CBORKey = "location"
  package static let network: CBORKey = "network"
  /// What every `source` of a resolved field begins with.
  private static let prefix = Array("recount:places/".utf8)
  private static let source: CBORKey = "source"

  /// The `source` of a field that was looked up in the file with this hash: its first 16 digits.
  package static func source(hash: String) -> String {
    String(decoding: prefix, as: UTF8.self) + hash.prefix(16)
  }

  /// Whether two payloads are equal but for resolved fields at their top level. A repeated event may
  /// lack them, or have been looked up in another file. Cost: a copy of both; ask where their bytes
  /// differ.
  package static func areEqualWithout(_ first: CBORView, _ second: CBORView) -> Bool {
    guard first.kind == .map, second.kind == .map else { return false }
    return content(of: first) == content(of: second)
  }

  /// The entries of a map that were not resolved.
  private static func content(of payload: CBORView) -> [UInt8] {
    var bytes: [UInt8] = []
    payload.forEachEntry { key, value in
      if (key.textEquals(location) || key.textEquals(network)) && isResolved(value) { return }
      bytes += payload.storage[key.offset..<value.itemRange.upperBound]
    }
    return bytes
  }

  private static func isResolved(_ field: CBORView) -> Bool {
    guard let range = field.view(forKey: source)?.textBytesRange else { return false }
    return field.storage[range].starts(with: prefix)
  }
}
