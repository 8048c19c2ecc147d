package import Proofs

/// The lines of a ledger that was exported for another version of the product: JSON, one object a
/// line.
///
/// ```
/// {"export":"recount ledger","version":1,"origin":"recount.local/4f87058c","from":1,"to":733}
/// {"position":1,"kind":"control","type":"name.interned", … ,"data":{…},"eventId":"59af…"}
/// {"blob":{"position":2,"offset":0,"bytes":"<base 64>"}}
/// {"blob":{"position":2,"offset":786432,"bytes":"<base 64>","size":786500,"sha256":"<hex>"}}
/// {"end":{"events":733,"blobs":2,"size":733,"root":"<hex>"}}
/// ```
///
/// An event has the fields of `recount log --json`, and `eventId`, its 16 bytes in hex; `id` is
/// the same where there is no external id. `flags` is there where it is not 0. Where `data` does
/// not give back the payload's bytes, `payload` has them in base 64, and where the fields do not
/// give back the record's, `record` has those; `data` is null where JSON cannot say it at all. The
/// parts of a body follow its event; the last one has its size and hash. `size` and `root` are
/// those of the tree at `to`. A file without its `end` was cut short.
enum ExportFormat {
  static let name = "recount ledger"
  static let version: UInt64 = 1
  /// Bytes of a body in one line.
  static let blobPartBytes = 768 << 10
  /// The longest line that is read.
  static let lineBytes = 64 << 20
  /// The largest body that is read.
  static let blobBytes = 1 << 30
  /// How deep a line may nest; what nests deeper is exported in base 64.
  static let nesting = 64
}

/// What an export says of itself in its first line.
package struct ExportHeader: Equatable, Sendable {
  /// Which ledger it was.
  package let origin: String
  /// The first position.
  package let from: UInt64
  /// The last position; one below `from` where there is none.
  package let to: UInt64
}

/// What an export says of itself in its last line.
package struct ExportEnd: Equatable, Sendable {
  package let events: UInt64
  package let blobs: UInt64
  /// How many events the tree has.
  package let size: UInt64
  /// Its root.
  package let root: MerkleHash
}
