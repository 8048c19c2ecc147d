import Engine
import Policies
import Programs
import References

/// What loading a reference table did.
package struct ReferenceLoading: Sendable {
  package let name: String
  /// SHA-256 of the body, 64 hex digits.
  package let hash: String
  package let rowCount: Int
  /// Position of `reference.loaded`; of the one in force where nothing changed.
  package let position: UInt64
  /// Whether this very table was in force already: nothing was appended.
  package let isUnchanged: Bool
}

/// A reference table cannot be loaded.
package struct ReferenceRefused: Error, CustomStringConvertible {
  package let description: String
}

extension Host {
  /// Puts a reference table in force for every program that looks it up, from now on.
  /// - Parameter body: As ``ReferenceTable/body(_:_:)`` makes it.
  package func load(
    reference name: String, _ body: [UInt8], fields: [String]
  ) throws -> ReferenceLoading {
    guard body.count <= ReferenceTable.byteLimit else {
      throw ReferenceRefused(
        description: "the table \(name) has \(body.count) bytes; at most "
          + "\(ReferenceTable.byteLimit) are allowed: leave out columns that nothing reads")
    }
    let table = try ReferenceTable(decoding: body)
    let count = store.references.loadingCount
    let input = table.loading(name: name, body, fields: fields, count: count)
    let hash = ReferenceTable.hash(of: body)
    if let known = store.references.loading(of: name), known.hash == hash {
      return ReferenceLoading(
        name: name, hash: hash, rowCount: table.count, position: known.position,
        isUnchanged: true)
    }
    let receipts = try append([input])
    guard case .appended(let position, _)? = receipts.last else {
      throw ReferenceRefused(description: "the table \(name) was loaded by another meanwhile")
    }
    return ReferenceLoading(
      name: name, hash: hash, rowCount: table.count, position: position, isUnchanged: false)
  }
}
