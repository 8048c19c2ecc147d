import CBOR
import CrashSupport
import Engine
import Glibc
import Host
import LMDB
import Ledger
import Policies
import TestSupport
import Testing

import class Foundation.FileManager

/// What surrounds the files: room, rights, other processes, the clock, what somebody removed.
@Suite("Bad places")
struct BadPlaceTests {
  /// The system's own: mount needs root.
  private static let canMount: Bool = {
    guard geteuid() == 0 else { return false }
    let directory = TemporaryDirectory()
    guard let mount = try? Mount(at: directory.place("probe"), megabytes: 1) else { return false }
    mount.unmount()
    return true
  }()

  private func input(_ number: Int, time: Int64? = nil) -> Input {
    Input(
      type: "page.viewed", subject: Array("c-1".utf8), source: Array("//test".utf8),
      externalID: Array("extra-\(number)".utf8), occurredAt: time,
      payload: CBORValue.object([]).encoded())
  }

  // MARK: - Full disks

  @Test("On a full disk inputs are refused and nothing is lost; with room again all goes on")
  func fullDisk() throws {
    let directory = TemporaryDirectory(inMemory: true)
    let disk = Disk(at: directory.path)
    let place = try Shelf.copy(into: directory)
    let host = try Shelf.host(place)
    disk.plan(.fails(ENOSPC), .write, from: 1, count: .max)
    for number in 0..<3 {
      let error = #expect(throws: LedgerError.self) { _ = try host.append([input(number)]) }
      #expect(error?.description.contains("Free space on the disk") == true)
    }
    #expect(host.store.ledger.end.position == Shelf.end)
    disk.heal()
    for number in 0..<3 { _ = try host.append([input(number)]) }
    #expect(host.store.ledger.end.position >= Shelf.end + 3)
    try host.close()
    try Views.check(place)
    #expect(LedgerLaws.violations(in: try LedgerReader(place + "/ledger")) == [])
  }

  @Test("Views that find the disk full cost no input, and are written when there is room")
  func fullDiskForViews() throws {
    let directory = TemporaryDirectory(inMemory: true)
    let place = try Shelf.copy(into: directory)
    let disk = Disk(at: place + "/views")
    let host = try Shelf.host(place)
    disk.plan(.fails(ENOSPC), .write, from: 1, count: .max)
    _ = try host.append((0..<50).map { input($0) })
    host.store.engine.flushBetweenTurns()
    #expect(host.store.engine.flushFailure?.contains("ENOSPC") == true)
    #expect(host.store.engine.changedRows > 0)
    disk.heal()
    host.store.engine.flushBetweenTurns()
    #expect(host.store.engine.flushFailure == nil)
    #expect(host.store.engine.changedRows == 0)
    try host.close()
    try Views.check(place)
  }

  @Test(
    "A real disk that fills up ends the command with the reason, and it goes on with more room",
    .enabled(if: canMount, "mounting a small file system needs root"))
  func realFullDisk() throws {
    let directory = TemporaryDirectory()
    let mount = try Mount(at: directory.place("small"), megabytes: 8)
    defer { mount.unmount() }
    let file = directory.place("events.ndjson")
    let lines = (0..<25_000).map { number in
      #"{"specversion":"1.0","id":"e\#(number)","source":"//test","type":"page.viewed","#
        + #""subject":"c-\#(number % 50)","time":"2024-01-04T11:45:38Z","data":{"n":\#(number),"#
        + #""pad":"\#(String(repeating: "x", count: 400 + number % 97))"}}"#
    }
    Shelf.replace(file, Array(lines.joined(separator: "\n").utf8))
    let words = ["ingest", file, "--clock", "event", "--data", directory.place("small/data")]
    let full = try Command(words)
    #expect(full.signal == 0 && full.exitCode == 1, "\(full.errors)")
    let hasReason = ["disk is full", "Free space", "free some space"].contains {
      full.errors.contains($0)
    }
    #expect(hasReason, "\(full.errors)")
    let status = try Command(["status", "--data", directory.place("small/data")])
    #expect(status.signal == 0 && status.exitCode == 0, "\(status.errors)")
    try mount.resize(megabytes: 128)
    let roomy = try Command(words)
    #expect(roomy.exitCode == 0, "\(roomy.errors)")
    let reader = try LedgerReader(directory.place("small/data/ledger"))
    #expect(LedgerLaws.violations(in: reader) == [])
    #expect(reader.records.count { $0.source == Array("//test".utf8) } == 25_000)
    try Views.check(directory.place("small/data"))
  }

  // MARK: - Rights

  @Test(
    "A directory on a read-only file system can be looked at, and refuses writers with the reason",
    .enabled(if: canMount, "mounting a small file system needs root"))
  func readOnlyFileSystem() throws {
    let directory = TemporaryDirectory()
    let mount = try Mount(at: directory.place("disc"), megabytes: 64)
    defer { mount.unmount() }
    let copy = TemporaryDirectory(inMemory: true)
    try FileManager.default.copyItem(
      atPath: try Shelf.copy(into: copy), toPath: directory.place("disc/data"))
    try mount.makeReadOnly()
    for words in Command.reading(directory.place("disc/data")) {
      let command = try Command(words)
      #expect(command.signal == 0 && command.exitCode == 0, "\(words): \(command.errors)")
    }
    for words in [["ingest", "/dev/null"], ["digest"]] {
      let command = try Command(words + ["--data", directory.place("disc/data")])
      #expect(command.signal == 0 && command.exitCode == 1)
      #expect(command.errors.contains("Read-only file system"), "\(command.errors)")
    }
  }

  @Test(
    "Whoever may not read the files is told so",
    .enabled(if: geteuid() == 0, "taking another user's rights needs root"),
    arguments: ["", "/ledger", "/ledger/data.mdb", "/ledger/lock.mdb"])
  func wrongModes(name: String) throws {
    let directory = TemporaryDirectory(inMemory: true)
    let place = try Shelf.copy(into: directory)
    chmod(directory.path, 0o755)
    for folder in ["", "/ledger", "/views"] { chmod(place + folder, 0o755) }
    for file in ["/ledger/data.mdb", "/ledger/lock.mdb", "/views/data.mdb", "/views/lock.mdb"] {
      chmod(place + file, 0o666)
    }
    chmod(place + name, 0)
    for words in Command.reading(place) {
      let command = try Command(words, user: 65_534)
      #expect(command.signal == 0, "\(words): \(command.errors)")
      #expect(command.exitCode == 1, "\(words): \(command.errors)")
      #expect(
        command.errors.contains("ermission") || command.errors.contains("there is no ledger"),
        "\(words): \(command.errors)")
    }
  }

  // MARK: - Other processes, and what somebody removed

  @Test("A second process is told who works on the directory, and may read beside it")
  func secondProcess() throws {
    let directory = TemporaryDirectory(inMemory: true)
    let place = try Shelf.copy(into: directory)
    let host = try Shelf.host(place)
    for words in [["ingest", "/dev/null"], ["digest"], ["rebuild"]] {
      let command = try Command(words + ["--data", place])
      #expect(command.exitCode == 1 && command.signal == 0)
      #expect(command.errors.contains("in use by process \(getpid())"), "\(command.errors)")
    }
    _ = try host.append([input(1)])
    for words in Command.reading(place) {
      let command = try Command(words)
      #expect(command.exitCode == 0, "\(words): \(command.errors)")
    }
    _ = try host.append([input(2)])
    try host.close()
  }

  @Test(
    "What is derived or for locking only may be removed while nothing runs",
    arguments: [
      ["ledger/lock.mdb"], ["views/lock.mdb"], ["lock"], ["views"], ["views/mark"],
      ["views/data.mdb"], ["ledger/lock.mdb", "views", "lock"],
    ])
  func removedFiles(names: [String]) throws {
    let directory = TemporaryDirectory(inMemory: true)
    let whole = try Command(["digest", "--data", try Shelf.copy(into: directory, "whole")])
    let place = try Shelf.copy(into: directory)
    for name in names { try FileManager.default.removeItem(atPath: "\(place)/\(name)") }
    for words in Command.reading(place) {
      let command = try Command(words)
      #expect(command.exitCode == 0 && command.signal == 0, "\(words): \(command.errors)")
    }
    let command = try Command(["digest", "--data", place])
    #expect(command.output == whole.output, "\(command.errors)")
  }

  @Test("A ledger of a newer format is refused, and not written to", arguments: [false, true])
  func newerVersion(isLMDB: Bool) throws {
    let directory = TemporaryDirectory(inMemory: true)
    let place = try Shelf.copy(into: directory)
    let path = place + "/ledger/data.mdb"
    if isLMDB {
      var bytes = Shelf.bytes(path)
      for page in [0, 4_096] { bytes[page + 20] = 2 }
      Shelf.replace(path, bytes)
    } else {
      let environment = try Environment(directory: place + "/ledger")
      let meta = try environment.openTable("meta")
      try environment.write { txn in
        try txn.put(
          BigEndian.bytes(UInt64(3)).span, for: Array("version".utf8).span, in: meta)
      }
      environment.close()
    }
    let before = Shelf.bytes(path)
    for words in Command.reading(place) + Command.rebuilding(place) {
      let command = try Command(words)
      #expect(command.exitCode == 1 && command.signal == 0, "\(words)")
      #expect((command.errors + command.output).contains("version"), "\(words): \(command.errors)")
    }
    // Outside of the expectation, which would look for the difference between two long arrays.
    let isUntouched = Shelf.bytes(path) == before
    #expect(isUntouched)
  }

  // MARK: - Time

  @Test("A clock that is set back stops ledger time, which goes on when the clock has caught up")
  func clockSetBack() throws {
    let directory = TemporaryDirectory(inMemory: true)
    let hour: Int64 = 3_600_000_000
    let start: Int64 = 1_900_000_000_000_000
    let place = directory.place("data")
    var host = try Shelf.host(place)
    var times: [Int64] = []
    for (number, offset) in [0, 5, -48, -47, -100, 6, 7].enumerated() {
      let now = start + Int64(offset) * hour
      _ = try host.store.engine.turn([input(number)], clock: .wall(now: now))
      times.append(host.store.ledger.end.recordedAt)
      // Nor does a process that starts while the clock is wrong go back.
      if number == 3 {
        try host.close()
        host = try Shelf.host(place)
      }
    }
    #expect(times == [0, 5, 5, 5, 5, 6, 7].map { start + $0 * hour })
    try host.close()
    #expect(LedgerLaws.violations(in: try LedgerReader(place + "/ledger")) == [])
    try Views.check(place)
  }
}

/// A small file system in memory.
private struct Mount {
  private let place: String

  /// - Throws: Where this user may not mount.
  init(at place: String, megabytes: Int) throws {
    self.place = place
    mkdir(place, 0o700)
    try Self.call("tmpfs", place, 0, "size=\(megabytes)m")
  }

  func resize(megabytes: Int) throws {
    try Self.call("tmpfs", place, UInt(MS_REMOUNT), "size=\(megabytes)m")
  }

  /// Waits for whoever still has a file of it open: children of other tests that are just starting.
  func makeReadOnly() throws {
    for _ in 0..<100 {
      do {
        return try Self.call("tmpfs", place, UInt(MS_REMOUNT | MS_RDONLY), "")
      } catch let error as Child.ChildError where error.code == EBUSY {
        usleep(20_000)
      }
    }
    throw Child.ChildError(code: EBUSY)
  }

  func unmount() {
    umount2(place, Int32(MNT_DETACH))
  }

  private static func call(
    _ kind: String, _ place: String, _ flags: UInt, _ options: String
  ) throws {
    if mount(kind, place, kind, flags, options) != 0 { throw Child.ChildError(code: errno) }
  }
}
