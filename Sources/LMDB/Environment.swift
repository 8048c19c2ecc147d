import CLMDB
import Glibc
import Synchronization

/// One LMDB environment: a directory with `data.mdb` and `lock.mdb`, holding named tables.
///
/// Transactions are scoped: `read` and `write` run a closure, and nothing that points into the map
/// can leave it. One process opens an environment once and shares the object; other processes may
/// open it too.
///
/// Discipline of `@unchecked Sendable`: LMDB's handle is thread-safe for what is done with it here
/// (MDB_NOTLS, one writer by `gate`, the map replaced only when `gate` has nobody in); the stored
/// `var`s belong to whoever holds the writer's place.
@safe
public final class Environment: @unchecked Sendable {
  /// The directory, as given.
  public let directory: String

  /// The options, as given.
  public let options: EnvironmentOptions

  let handle: OpaquePointer
  let gate = TransactionGate()
  let file: DataFile
  let slots: TableSlots
  let tables = Mutex(OpenTables())

  /// Whether an operation of the present write transaction met MDB_MAP_FULL. Writer's place.
  var isMapFull = false

  /// The state of growing `data.mdb` ahead. Writer's place.
  var growth = FileGrowth()

  /// How often growing ahead failed, and the last `errno`.
  let growthFailures = Mutex((count: 0, code: Int32(0)))

  /// Set when a new map could not be put in place of the old one; then nothing works any more.
  let isBroken = Atomic<Bool>(false)

  /// Opens the environment in `directory`, creating it as the options say, and clears the slots of
  /// readers whose process is gone.
  /// - Throws: `.alreadyOpen`, `.noSuchFile`, `.permissionDenied`, `.invalidFile` and
  ///   `.corrupted` (not an LMDB file, or damaged), `.versionMismatch`, other system errors.
  ///   Nothing stays open.
  public init(
    directory: String, options: EnvironmentOptions = EnvironmentOptions()
  ) throws(LMDBError) {
    precondition(options.mapGrowthFactor >= 1.1, "mapGrowthFactor must be at least 1.1")
    precondition(options.initialMapBytes <= options.maximumMapBytes, "map sizes the wrong way")
    precondition(options.growAheadBytes >= 0 && options.growthWaitMilliseconds >= 0)
    self.directory = directory
    self.options = options
    let file = try Self.openDataFile(directory, options)
    guard OpenEnvironments.register(file.identity) else {
      throw LMDBError(.alreadyOpen, operation: "open", place: directory)
    }
    do throws(LMDBError) {
      unsafe handle = try Self.open(file, in: directory, options: options)
    } catch {
      OpenEnvironments.unregister(file.identity)
      throw error
    }
    slots = TableSlots(count: Int(options.maximumTables) + coreTableCount)
    self.file = file
    if options.durability == .full && !options.readOnly { try syncFound() }
  }

  deinit {
    close()
  }

  /// Closes the environment; a second call does nothing. Using it later throws `.closed`.
  ///
  /// Traps if a transaction is live or a `Reader` exists. What `.relaxed` has not synced is left to
  /// the kernel: call `sync` before.
  public func close() {
    guard gate.close() else { return }
    // Safe: the gate lets nobody in any more, and nobody was in.
    unsafe mdb_env_close(handle)
    OpenEnvironments.unregister(file.identity)
  }
}

/// LMDB's own tables, before the named ones: free pages, and the names.
let coreTableCount = 2
let freeTable: MDB_dbi = 0
let nameTable: MDB_dbi = 1

/// The open tables of an environment, by name and by slot.
struct OpenTables {
  var handles: [String: TableHandle] = [:]
  var names: [UInt32: String] = [:]
}

extension Environment {
  /// Opens the data file; makes directory and file as the options say.
  private static func openDataFile(
    _ directory: String, _ options: EnvironmentOptions
  ) throws(LMDBError) -> DataFile {
    var operation = "create directory"
    do throws(SystemError) {
      if options.createDirectory && !options.readOnly { _ = try Directory.create(directory) }
    } catch {
      throw LMDBError(.init(rawValue: error.code), operation: operation, place: directory)
    }
    if options.durability == .full && !options.readOnly { try NewDataFile.make(in: directory) }
    operation = "open data file"
    do throws(SystemError) {
      return try DataFile(directory: directory, readOnly: options.readOnly)
    } catch {
      throw LMDBError(.init(rawValue: error.code), operation: operation, place: directory)
    }
  }

  /// Checks the header of `file`, then creates, sizes and opens LMDB's handle.
  private static func open(
    _ file: borrowing DataFile, in directory: String, options: EnvironmentOptions
  ) throws(LMDBError) -> OpaquePointer {
    var fault: String?
    let sizeBytes: Int
    do throws(SystemError) {
      fault = try DataFileHeader.fault(in: file)
      sizeBytes = try file.sizeBytes()
    } catch {
      throw LMDBError(.init(rawValue: error.code), operation: "read header", place: directory)
    }
    // LMDB would make a new environment of it; but a durable one gets its name with its headers.
    if sizeBytes == 0 && (options.durability == .full || options.readOnly) {
      fault = "data.mdb is empty"
    }
    if let fault {
      throw LMDBError(.corrupted, operation: "open", place: directory, detail: fault)
    }
    do throws(SystemError) {
      try LockFile.reserve(in: directory, readers: options.maximumReaders)
    } catch {
      throw LMDBError(.init(rawValue: error.code), operation: "make lock file", place: directory)
    }
    var handle: OpaquePointer?
    // Safe: each call gets a handle that mdb_env_create has made and nobody else has; on failure
    // it is closed, as mdb_env_open asks.
    var code = unsafe mdb_env_create(&handle)
    guard code == 0, let handle = unsafe handle else {
      throw LMDBError(.init(rawValue: code), operation: "open", place: directory)
    }
    let mapBytes = startingMapBytes(fileBytes: sizeBytes, options)
    code = unsafe mdb_env_set_mapsize(handle, mapBytes)
    if code == 0 { code = unsafe mdb_env_set_maxdbs(handle, options.maximumTables) }
    if code == 0 { code = unsafe mdb_env_set_maxreaders(handle, options.maximumReaders) }
    if code == 0 {
      var flags = UInt32(MDB_NOTLS)
      if options.durability == .relaxed { flags |= UInt32(MDB_NOSYNC) }
      if options.readOnly { flags |= UInt32(MDB_RDONLY) }
      code = unsafe mdb_env_open(handle, directory, flags, 0o600)
    }
    if code == 0 { code = unsafe mdb_reader_check(handle, nil) }
    do throws(SystemError) {
      if code == 0 && options.checkedPages > 0 {
        fault = unsafe try faultInPages(of: handle, file, limit: options.checkedPages)
      }
    } catch {
      code = error.code
    }
    if code == 0 && fault == nil { return unsafe handle }
    unsafe mdb_env_close(handle)
    throw LMDBError(
      code == 0 ? .corrupted : .init(rawValue: code), operation: "open", place: directory,
      detail: fault ?? "")
  }

  /// The map to begin with: as asked, but with room above what the file holds already.
  private static func startingMapBytes(fileBytes: Int, _ options: EnvironmentOptions) -> Int {
    let roomy = Double(fileBytes) * options.mapGrowthFactor
    let wanted = max(options.initialMapBytes, Int(roomy))
    return min(wanted, options.maximumMapBytes).roundedUp(toMultipleOf: mapGranularityBytes)
  }

  /// Puts on disk what was found, before anybody relies on it.
  ///
  /// A process that was killed between writing a commit's header and its being on disk leaves a
  /// commit that can be read, and would be gone after a power cut; so may the names be.
  private func syncFound() throws(LMDBError) {
    do throws(SystemError) {
      try file.sync()
      try Directory.sync(directory)
    } catch {
      throw failure(error.code, "sync at opening")
    }
    do throws(SystemError) {
      try Directory.sync(directory + "/..")
    } catch {
      // Who may not read the directory above did not make this one.
      if error.code != EACCES { throw failure(error.code, "sync directory") }
    }
  }

  /// The error for `code`, in this environment.
  func failure(
    _ code: Int32, _ operation: StaticString, detail: String = ""
  ) -> LMDBError {
    LMDBError(
      .init(rawValue: code), operation: "\(operation)", place: directory, detail: detail)
  }

  /// The error for `code`, on `table`.
  func failure(
    _ code: Int32, _ operation: StaticString, on table: TableHandle, detail: String = ""
  ) -> LMDBError {
    let name = tables.withLock { $0.names[table.index] } ?? "?"
    return LMDBError(
      .init(rawValue: code), operation: "\(operation)",
      place: "table '\(name)' in \(directory)", detail: detail)
  }
}

/// Map sizes are multiples of this, whatever the page size.
let mapGranularityBytes = 64 << 10

extension Int {
  /// The least multiple of `step` that is not below self.
  func roundedUp(toMultipleOf step: Int) -> Int {
    (self + step - 1) / step * step
  }
}
