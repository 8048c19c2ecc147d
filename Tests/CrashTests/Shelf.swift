import CrashSupport
import Engine
import Glibc
import Host
import Ledger
import Policies
import TestSupport

import struct Foundation.Data
import class Foundation.FileManager

/// A data directory that was filled and closed in order, with sealed segments, and copies of it to
/// be spoilt.
enum Shelf {
  /// How many events it has.
  static let end: UInt64 = original.end

  private static let original: (directory: TemporaryDirectory, end: UInt64) = {
    let directory = TemporaryDirectory(inMemory: true)
    do {
      let host = try host(directory.place("data"))
      _ = try host.append(ShopInputs.all(seed: 5))
      let ledger = host.store.ledger
      for _ in 0..<500 where try ledger.sealedThrough + 556 < ledger.end.position { usleep(2_000) }
      let end = ledger.end.position
      try host.close()
      // What is made once for all tests has no last reference.
      atexit { try? FileManager.default.removeItem(atPath: Shelf.original.directory.path) }
      return (directory, end)
    } catch {
      preconditionFailure("the directory to be spoilt cannot be made: \(error)")
    }
  }()

  /// Opens a directory with little in `tail`, and small flushes.
  static func host(_ directory: String, clock: ClockMode = .event) throws -> Host {
    var options = HostOptions(directory: directory)
    options.clock = clock
    options.store.ledger.hotRecords = 300
    options.store.ledger.sealingPauseMilliseconds = 1
    options.store.ledger.growAheadBytes = 64 << 10
    return try Host(options) { store in
      try OutboxCarrier(
        directory: directory + "/outbox", store: store, syncs: false, onFailure: { _ in })
    }
  }

  /// A new copy.
  static func copy(into directory: TemporaryDirectory, _ name: String = "data") throws -> String {
    let place = directory.place(name)
    try FileManager.default.copyItem(atPath: original.directory.place("data"), toPath: place)
    return place
  }

  static func bytes(_ path: String) -> [UInt8] {
    [UInt8](FileManager.default.contents(atPath: path) ?? Data())
  }

  /// Replaces the bytes of a file that is there.
  static func replace(_ path: String, _ bytes: [UInt8]) {
    let isWritten = FileManager.default.createFile(atPath: path, contents: Data(bytes))
    precondition(isWritten, "\(path) cannot be written")
  }
}
