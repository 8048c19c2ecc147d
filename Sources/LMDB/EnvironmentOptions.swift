/// What a commit promises about a crash of the machine. (A crash of the process loses nothing in
/// either mode: the pages are in the kernel by then.)
public enum Durability: Sendable, Hashable {
  /// Each commit syncs its data pages, then its meta page, before it returns. MDB_NOMETASYNC, which
  /// may undo the last commit, is never used.
  case full

  /// Commits write without syncing (MDB_NOSYNC); `Environment.sync()` syncs. After a crash of the
  /// machine the environment may be inconsistent and has to be thrown away.
  case relaxed
}

/// A moment around a write at which a test may look at the files.
public enum WritePoint: Sendable, Hashable {
  /// The write closure has returned; nothing of it is in the file yet.
  case beforeCommit
  /// The commit has returned; with `.full` it is on disk.
  case afterCommit
  /// `sync()` is about to sync.
  case beforeSync
  /// `sync()` has synced.
  case afterSync
}

/// How an `Environment` is opened. All sizes are in bytes.
public struct EnvironmentOptions: Sendable {
  /// The map's size at opening; raised to what the file already holds. Address space, not memory
  /// or disk. Rounded up to 64 KiB. Default 64 MiB.
  public var initialMapBytes = 64 << 20

  /// The size that the map never grows beyond; past it writes throw `.mapFull`. Default 1 TiB.
  public var maximumMapBytes = 1 << 40

  /// By what a full map is multiplied; at least 1.1. Default 2.
  public var mapGrowthFactor = 2.0

  /// How long a full map waits for this process's transactions to end before it throws
  /// `.readersBusy`. Default 5,000 ms.
  public var growthWaitMilliseconds = 5_000

  /// How many tables can be open at once. Each costs a few words per transaction. Default 64.
  public var maximumTables: UInt32 = 64

  /// How many read transactions all processes together can hold, `Reader`s included. The process
  /// that opens first decides. Default 126.
  public var maximumReaders: UInt32 = 126

  /// What a commit promises. Default `.full`.
  public var durability = Durability.full

  /// How many pages opening follows, from the roots, to find damage before LMDB stumbles over it:
  /// a few microseconds each if they are in memory. Large values are not among them. Default
  /// 16,384, which is 64 MiB; 0 turns it off.
  public var checkedPages = 16_384

  /// Opens for reading only; `write` throws `.permissionDenied`. Default false.
  public var readOnly = false

  /// Creates the directory (mode 0700, its parent must exist) if it is missing. Default true.
  public var createDirectory = true

  /// How far the data file is kept ahead of its last used page with zeros, so that a durable commit
  /// does not also have to change the file's length. When less than a quarter of it is left before
  /// a commit, that commit extends the file and pays for it (about 1 ms a MiB). 0, the default, and
  /// `.relaxed` leave it to LMDB. Failing to extend is not an error, see `EnvironmentInfo`.
  public var growAheadBytes = 0

  /// Called on the writing thread at each `WritePoint`, for crash tests. It may copy `data.mdb`,
  /// but must neither open `lock.mdb` (closing any descriptor of it drops LMDB's locks) nor write
  /// to the environment.
  public var onWritePoint: (@Sendable (WritePoint) -> Void)?

  /// The defaults above.
  public init() {}
}
