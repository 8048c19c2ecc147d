package import CBOR
internal import Expressions

/// A table of facts that programs look up by a key, as it was loaded into the ledger.
///
/// The body is deterministic CBOR, `{"keys": "text"|"prefix", "rows": {KEY: {FIELD: value}}}`;
/// values are flags, numbers and texts.
package struct ReferenceTable: Sendable {
  /// What the keys are.
  package enum Keys: String, Sendable, CaseIterable {
    /// Texts that must be equal, byte for byte.
    case text
    /// IP prefixes such as 198.51.100.0/24: of those that hold an address the longest counts.
    case prefix
  }

  /// The most rows of a table.
  package static let rowLimit = 2_000_000
  /// The most bytes of a body.
  package static let byteLimit = 128 << 20

  /// What the keys are.
  package let keys: Keys
  private var texts: [[UInt8]: CBORView] = [:]
  private var prefixes: [Prefix: CBORView] = [:]
  /// Lengths of prefixes that occur, the longest first, by version.
  private var lengths4: [Int] = []
  private var lengths6: [Int] = []

  /// A prefix with the bits behind it set to zero.
  private struct Prefix: Hashable {
    var bits: UInt128
    var length: Int
    var isVersion6: Bool

    init(_ address: NetworkAddress, length: Int) {
      let shift = (address.isVersion6 ? 128 : 32) - length
      bits = shift >= 128 ? 0 : (address.bits >> shift) << shift
      self.length = length
      isVersion6 = address.isVersion6
    }
  }

  /// Reads a body. Cost: about a microsecond a row.
  /// - Throws: Where the bytes are no such body, or a key comes twice.
  package init(decoding bytes: [UInt8]) throws(ReferenceTableError) {
    let body: CBORView
    do {
      body = try CBORView(validating: bytes)
    } catch {
      throw ReferenceTableError("is not deterministic CBOR: \(error)")
    }
    guard let keys = body.view(forKey: "keys")?.string.flatMap(Keys.init(rawValue:)),
      let rows = body.view(forKey: "rows"), rows.kind == .map
    else { throw ReferenceTableError("is no table of keys and rows") }
    self.keys = keys
    var problem: ReferenceTableError?
    rows.forEachEntry { key, row in
      guard problem == nil else { return }
      do throws(ReferenceTableError) {
        try add(key.string ?? "", row)
      } catch {
        problem = error
      }
    }
    if let problem { throw problem }
    lengths4 = Self.lengths(of: prefixes.keys.filter { !$0.isVersion6 })
    lengths6 = Self.lengths(of: prefixes.keys.filter(\.isVersion6))
  }

  private mutating func add(_ key: String, _ row: CBORView) throws(ReferenceTableError) {
    guard keys == .prefix else {
      texts[Array(key.utf8)] = row
      return
    }
    guard let prefix = Self.prefix(key) else {
      throw ReferenceTableError("has the key \"\(key)\", which is no IP prefix")
    }
    guard prefixes.updateValue(row, forKey: prefix) == nil else {
      throw ReferenceTableError("has the prefix \(key) twice")
    }
  }

  private static func prefix(_ text: String) -> Prefix? {
    if let prefix = NetworkPrefix(parsing: text) {
      return Prefix(prefix.address, length: prefix.length)
    }
    return NetworkAddress(parsing: text).map { Prefix($0, length: $0.isVersion6 ? 128 : 32) }
  }

  private static func lengths(of prefixes: [Prefix]) -> [Int] {
    Array(Set(prefixes.map(\.length))).sorted(by: >)
  }

  /// How many rows there are.
  package var count: Int { texts.count + prefixes.count }

  /// The row of a key, or of the longest prefix that holds an address; nil: there is none. Cost: a
  /// look-up, for addresses one for each length of prefix.
  package func row(_ key: [UInt8]) -> CBORView? {
    guard keys == .prefix else { return texts[key] }
    guard let address = NetworkAddress(parsing: String(decoding: key, as: UTF8.self)) else {
      return nil
    }
    for length in address.isVersion6 ? lengths6 : lengths4 {
      if let row = prefixes[Prefix(address, length: length)] { return row }
    }
    return nil
  }

  /// What two keys have in common if they are the same: itself, or the bits of a prefix.
  /// - Returns: nil where the key is no IP prefix but must be one, or is empty.
  package static func canonicalKey(_ key: String, _ keys: Keys) -> String? {
    guard keys == .prefix else { return key.isEmpty ? nil : key }
    return prefix(key).map { "\($0.isVersion6 ? 6 : 4):\($0.bits)/\($0.length)" }
  }

  /// SHA-256 of a body, in hex.
  package static func hash(of body: [UInt8]) -> String { hex(sha256(body)) }

  /// The body of a table.
  /// - Throws: Where a key comes twice.
  package static func body(
    _ keys: Keys, _ rows: [(key: String, fields: [(String, CBORValue)])]
  ) throws(CBORError) -> [UInt8] {
    let pairs = rows.map { ($0.key, CBORValue.object($0.fields)) }
    let body = CBORValue.object([
      ("keys", .text(keys.rawValue)), ("rows", .map(try CBORMap(pairs))),
    ])
    return body.encoded()
  }
}

/// Why bytes are no reference table.
package struct ReferenceTableError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The rest of a sentence that begins with "the table".
  package let problem: String

  init(_ problem: String) {
    self.problem = problem
  }

  package var description: String { "the table \(problem)" }
}
