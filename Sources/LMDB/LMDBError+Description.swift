import CLMDB
import Glibc

extension LMDBError: CustomStringConvertible {
  /// The whole error in one line: operation, place, code, text, detail, remedy.
  public var description: String {
    var line = "\(operation) failed on \(place): \(code.name) (\(code.rawValue)), \(code.message)"
    if !detail.isEmpty { line += "; \(detail)" }
    if let remedy = code.remedy { line += ". \(remedy)" }
    return line
  }
}

extension LMDBError.Code {
  /// The C name, such as `MDB_MAP_FULL` or `ENOSPC`; `errno` for numbers without a known name.
  public var name: String {
    Self.names.first { $0.code == self }?.name ?? (rawValue > 0 ? "errno" : "MDB_UNKNOWN")
  }

  /// The text of `mdb_strerror` (for system codes `strerror`), or this wrapper's own.
  public var message: String {
    switch self {
    case .alreadyOpen: "the environment is already open in this process"
    case .nestedWrite: "a write transaction was begun inside another on the same thread"
    case .readersBusy: "the map could not be replaced while transactions are live"
    case .closed: "the environment is closed"
    case .staleTable: "the table handle was dropped or belongs to another environment"
    default:
      // Safe: mdb_strerror returns a NUL-terminated string that is static, or belongs to this
      // thread until its next call; it is copied at once.
      unsafe String(cString: mdb_strerror(rawValue))
    }
  }

  /// What the operator or the programmer can do, where that is known.
  public var remedy: String? {
    switch self {
    case .mapFull: "Raise maximumMapBytes, or delete data"
    case .readersFull:
      "Raise maximumReaders (all processes must close it first), or hold fewer read transactions"
    case .noSpace: "Free space on the disk; nothing of this commit was kept"
    case .inputOutput:
      "The disk is full (LMDB reports a short write so: see df) or failing; nothing of this commit "
        + "was kept"
    case .permissionDenied: "Check owner and mode of the directory, data.mdb and lock.mdb"
    case .corrupted, .pageNotFound: "Restore the directory from a copy, or rebuild it"
    case .invalidFile: "data.mdb is no LMDB file or is damaged: restore or rebuild the directory"
    case .versionMismatch: "Use the LMDB release that wrote it, or dump and load the data"
    case .badValueSize: "Keys are 1 to 511 bytes (integer keys 8), values at most 4 GiB"
    case .mapResized, .readersBusy: "End long read transactions; a reset Reader does no harm"
    case .tablesFull: "Raise maximumTables"
    case .transactionFull: "Write in smaller transactions"
    case .keyExists: "Append only keys above the last one, or use another mode"
    case .notFound: "Open the table with create: true"
    case .noSuchFile: "Check the path; createDirectory makes one level only"
    case .alreadyOpen: "Share the one Environment, or close it first"
    case .nestedWrite: "Pass the outer transaction down instead"
    case .staleTable: "Open the table again with openTable"
    case .badTransaction: "Let the first error of the closure through"
    case .panic: "Close the environment, check the disk, open it again"
    case .invalidArgument: "Open tables before the transaction that uses them"
    default: nil
    }
  }

  private static let names: [(code: Self, name: String)] = [
    (.keyExists, "MDB_KEYEXIST"), (.notFound, "MDB_NOTFOUND"),
    (.pageNotFound, "MDB_PAGE_NOTFOUND"), (.corrupted, "MDB_CORRUPTED"), (.panic, "MDB_PANIC"),
    (.versionMismatch, "MDB_VERSION_MISMATCH"), (.invalidFile, "MDB_INVALID"),
    (.mapFull, "MDB_MAP_FULL"), (.tablesFull, "MDB_DBS_FULL"),
    (.readersFull, "MDB_READERS_FULL"), (Self(rawValue: MDB_TLS_FULL), "MDB_TLS_FULL"),
    (.transactionFull, "MDB_TXN_FULL"), (Self(rawValue: MDB_CURSOR_FULL), "MDB_CURSOR_FULL"),
    (Self(rawValue: MDB_PAGE_FULL), "MDB_PAGE_FULL"), (.mapResized, "MDB_MAP_RESIZED"),
    (.incompatible, "MDB_INCOMPATIBLE"), (Self(rawValue: MDB_BAD_RSLOT), "MDB_BAD_RSLOT"),
    (.badTransaction, "MDB_BAD_TXN"), (.badValueSize, "MDB_BAD_VALSIZE"),
    (Self(rawValue: MDB_BAD_DBI), "MDB_BAD_DBI"),
    (.alreadyOpen, "ALREADY_OPEN"), (.nestedWrite, "NESTED_WRITE"),
    (.readersBusy, "READERS_BUSY"), (.closed, "CLOSED"), (.staleTable, "STALE_TABLE"),
    (.permissionDenied, "EACCES"), (.noSuchFile, "ENOENT"), (.noSpace, "ENOSPC"),
    (.invalidArgument, "EINVAL"), (Self(rawValue: EPERM), "EPERM"), (Self(rawValue: EIO), "EIO"),
    (Self(rawValue: EAGAIN), "EAGAIN"), (Self(rawValue: ENOMEM), "ENOMEM"),
    (Self(rawValue: EBUSY), "EBUSY"), (Self(rawValue: EEXIST), "EEXIST"),
    (Self(rawValue: ENOTDIR), "ENOTDIR"), (Self(rawValue: EISDIR), "EISDIR"),
    (Self(rawValue: EMFILE), "EMFILE"), (Self(rawValue: EFBIG), "EFBIG"),
    (Self(rawValue: EROFS), "EROFS"), (Self(rawValue: EDQUOT), "EDQUOT"),
    (Self(rawValue: ENAMETOOLONG), "ENAMETOOLONG"), (Self(rawValue: ELOOP), "ELOOP"),
  ]
}
