import CLMDB
import Glibc

/// A failed storage operation: what was tried, on what, why it failed, and what mends it.
///
/// Absence is not an error: look-ups return nil or false.
public struct LMDBError: Error, Sendable, Hashable {
  /// Why it failed.
  public let code: Code

  /// What was tried, such as `put` or `commit`.
  public let operation: String

  /// The environment's directory, or the table and the directory.
  public let place: String

  /// More about this very failure, such as the names of live readers; may be empty.
  public let detail: String

  public init(_ code: Code, operation: String, place: String, detail: String = "") {
    self.code = code
    self.operation = operation
    self.place = place
    self.detail = detail
  }
}

extension LMDBError {
  /// Whether the data file itself is at fault, which no other attempt mends.
  public var isDamage: Bool {
    [.corrupted, .invalidFile, .pageNotFound, .versionMismatch].contains(code)
  }
}

extension LMDBError {
  /// A code of LMDB (negative, from -30799), of the system (an `errno`, positive), or of this
  /// wrapper (negative, from -40001).
  public struct Code: RawRepresentable, Sendable, Hashable {
    /// The number as C has it.
    public let rawValue: Int32

    /// Wraps a number; 0 is success and never thrown.
    public init(rawValue: Int32) {
      self.rawValue = rawValue
    }
  }
}

extension LMDBError.Code {
  /// MDB_KEYEXIST: the key exists, or an appended key is not above the last one.
  public static let keyExists = Self(rawValue: MDB_KEYEXIST)
  /// MDB_NOTFOUND: thrown only for a table that does not exist.
  public static let notFound = Self(rawValue: MDB_NOTFOUND)
  /// MDB_PAGE_NOTFOUND: a page is missing from the file.
  public static let pageNotFound = Self(rawValue: MDB_PAGE_NOTFOUND)
  /// MDB_CORRUPTED: a page is of the wrong kind, or the header does not fit the file.
  public static let corrupted = Self(rawValue: MDB_CORRUPTED)
  /// MDB_PANIC: a meta page could not be written; the environment must be closed.
  public static let panic = Self(rawValue: MDB_PANIC)
  /// MDB_VERSION_MISMATCH: the file was written by another version of LMDB's format.
  public static let versionMismatch = Self(rawValue: MDB_VERSION_MISMATCH)
  /// MDB_INVALID: `data.mdb` is not an LMDB file.
  public static let invalidFile = Self(rawValue: MDB_INVALID)
  /// MDB_MAP_FULL: the map is full and may not grow further.
  public static let mapFull = Self(rawValue: MDB_MAP_FULL)
  /// MDB_DBS_FULL: more tables than `maximumTables`.
  public static let tablesFull = Self(rawValue: MDB_DBS_FULL)
  /// MDB_READERS_FULL: more read transactions than `maximumReaders`.
  public static let readersFull = Self(rawValue: MDB_READERS_FULL)
  /// MDB_TXN_FULL: one transaction changed too many pages.
  public static let transactionFull = Self(rawValue: MDB_TXN_FULL)
  /// MDB_MAP_RESIZED: another process made the map larger, and it could not be followed.
  public static let mapResized = Self(rawValue: MDB_MAP_RESIZED)
  /// MDB_INCOMPATIBLE: the table exists with another kind of keys.
  public static let incompatible = Self(rawValue: MDB_INCOMPATIBLE)
  /// MDB_BAD_TXN: the transaction failed earlier and was used or committed all the same.
  public static let badTransaction = Self(rawValue: MDB_BAD_TXN)
  /// MDB_BAD_VALSIZE: a key is empty or above 511 bytes, an integer key is not 8 bytes, or a value
  /// is above 4 GiB.
  public static let badValueSize = Self(rawValue: MDB_BAD_VALSIZE)
  /// EACCES: no permission, or a write to an environment that was opened for reading.
  public static let permissionDenied = Self(rawValue: EACCES)
  /// ENOENT: the directory or its data file does not exist.
  public static let noSuchFile = Self(rawValue: ENOENT)
  /// ENOSPC: the disk is full.
  public static let noSpace = Self(rawValue: ENOSPC)
  /// EIO: also what LMDB makes of a short write on a full disk.
  public static let inputOutput = Self(rawValue: EIO)
  /// EINVAL: among others, a table that was opened after this transaction began.
  public static let invalidArgument = Self(rawValue: EINVAL)

  /// The process has this environment open already; LMDB forbids a second time.
  public static let alreadyOpen = Self(rawValue: -40_001)
  /// A write inside a write on the same thread.
  public static let nestedWrite = Self(rawValue: -40_002)
  /// The map had to be replaced, but transactions of this process stayed live too long.
  public static let readersBusy = Self(rawValue: -40_003)
  /// The environment is closed.
  public static let closed = Self(rawValue: -40_004)
  /// The table handle was dropped, or belongs to another environment.
  public static let staleTable = Self(rawValue: -40_005)
}

/// An error type that can hold an `LMDBError`, so that transactions can throw the caller's own
/// type: `try environment.read { (txn) throws(StoreError) in … }`.
public protocol LMDBErrorConvertible: Error {
  /// Wraps a storage failure.
  init(_ error: LMDBError)
}

extension LMDBError: LMDBErrorConvertible {
  /// The error itself.
  public init(_ error: LMDBError) {
    self = error
  }
}
