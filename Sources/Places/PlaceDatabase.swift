import CMaxMindDB
import Crypto
package import Expressions
import Glibc
import Ledger

/// A file that tells where addresses are, or whose they are: MaxMind's DB format, version 2
/// (maxmind.github.io/MaxMind-DB), as GeoLite2-City and GeoLite2-ASN have it.
///
/// The file is mapped, not read: replace it by renaming another one over it, as geoipupdate does,
/// never by writing into it. A damaged file is refused, or its damaged records are told when an
/// address leads to them. One thread at a time may use it. Nothing that points into the mapping
/// leaves this target.
@safe package final class PlaceDatabase {
  /// The file, as the caller named it.
  package let path: String
  /// SHA-256 of the file, 64 hex digits.
  package let hash: String
  /// What the file says it is, such as `GeoLite2-City`; at most 128 bytes of it.
  package let type: String
  /// When the file was made, in seconds since 1970 UTC.
  package let builtAt: UInt64
  /// The file's size.
  package let sizeBytes: Int
  /// The library's handle; its address stays, as records point to it.
  private let handle: UnsafeMutablePointer<MMDB_s>

  /// Opens a file. Cost: it is read once, for its hash.
  /// - Throws: ``PlaceFault`` where it cannot be read, or is no such database.
  package init(path: String) throws(PlaceFault) {
    // SAFETY: the path is a text that ends in zero, and the system reads it during the call.
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw PlaceFault(path, "cannot be opened: \(Self.reason(errno))") }
    // The mapping outlives the descriptor.
    defer { close(descriptor) }
    self.path = path
    (hash, sizeBytes) = try Self.hash(of: descriptor, path)
    unsafe handle = .allocate(capacity: 1)
    // The file that was hashed, whatever another process has put in its place meanwhile.
    // SAFETY: the library fills the structure, and keeps no pointer to the name but its own copy.
    let code = unsafe MMDB_open("/proc/self/fd/\(descriptor)", UInt32(MMDB_MODE_MMAP), handle)
    guard code == MMDB_SUCCESS else {
      unsafe handle.deallocate()
      throw PlaceFault(
        path,
        "is no MaxMind database that can be used (\(Self.message(code))): name a .mmdb file of "
          + "cities or of networks, or fetch it again")
    }
    // SAFETY: a database that was opened has a type, a text that ends in zero.
    let name = unsafe handle.pointee.metadata.database_type.map { unsafe String(cString: $0) }
    type = PlaceText.cut(name ?? "")
    builtAt = unsafe handle.pointee.metadata.build_epoch
  }

  deinit {
    // SAFETY: opened in `init`, and nothing that was read out of it is left.
    unsafe MMDB_close(handle)
    unsafe handle.deallocate()
  }

  /// What the file knows of an address; nil: nothing. Cost: about two microseconds.
  /// - Throws: ``PlaceFault`` where what the address leads to is damaged.
  package func record(of address: NetworkAddress) throws(PlaceFault) -> PlaceRecord? {
    let bytes = address.bytes
    var isFound = false
    var entry = unsafe MMDB_entry_s()
    // SAFETY: the bytes are read during the call; an entry points into the mapping, which lives as
    // long as this object.
    let code = unsafe bytes.withUnsafeBufferPointer { buffer in
      unsafe cmaxminddb_find(handle, buffer.baseAddress, buffer.count, &isFound, &entry)
    }
    // A file of version 4 alone knows nothing of the others.
    guard code != MMDB_IPV6_LOOKUP_IN_IPV4_DATABASE_ERROR else { return nil }
    try check(code, address)
    guard isFound else { return nil }
    let fields = unsafe PlaceFields(entry)
    let record = unsafe PlaceRecord(fields)
    try unsafe check(fields.code, address)
    return record
  }

  private func check(_ code: Int32, _ address: NetworkAddress) throws(PlaceFault) {
    guard code != MMDB_SUCCESS else { return }
    throw PlaceFault(
      path, "is damaged where it tells of \(address.text) (\(Self.message(code))): fetch it again")
  }

  private static func hash(
    of descriptor: Int32, _ path: String
  ) throws(PlaceFault) -> (String, Int) {
    var digest = SHA256()
    var size = 0
    var buffer = [UInt8](repeating: 0, count: 1 << 18)
    while true {
      // SAFETY: at most as many bytes are read as the buffer has.
      let count = unsafe buffer.withUnsafeMutableBytes {
        unsafe read(descriptor, $0.baseAddress, $0.count)
      }
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw PlaceFault(path, "cannot be read: \(reason(errno))") }
      guard count > 0 else { break }
      digest.update(data: buffer[..<count])
      size += count
    }
    return (Hex.string(Array(digest.finalize())), size)
  }

  private static func message(_ code: Int32) -> String {
    // SAFETY: the library's messages are static texts that end in zero.
    let text = unsafe String(cString: MMDB_strerror(code))
    return text.hasSuffix(".") ? String(text.dropLast()) : text
  }

  private static func reason(_ code: Int32) -> String {
    // SAFETY: `strerror` returns a text that ends in zero and is copied at once.
    unsafe String(cString: strerror(code))
  }
}

/// A file of places that cannot be used, or is damaged.
package struct PlaceFault: Error, Equatable, Sendable, CustomStringConvertible {
  /// The file, as the caller named it.
  package let path: String
  /// What is wrong and what to do about it, as the rest of a sentence.
  package let problem: String

  init(_ path: String, _ problem: String) {
    self.path = path
    self.problem = problem
  }

  package var description: String { "\(path) \(problem)" }
}

extension NetworkAddress {
  /// Its 4 or 16 bytes, the most significant first.
  fileprivate var bytes: [UInt8] {
    (0..<(isVersion6 ? 16 : 4)).reversed().map { UInt8(truncatingIfNeeded: bits >> (8 * $0)) }
  }
}
