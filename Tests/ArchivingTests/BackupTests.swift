import Archiving
import Glibc
import Host
import Ledger
import Proofs
import TestSupport
import Testing

import class Foundation.FileManager

@Suite("Backups")
struct BackupTests {
  private let directory = TemporaryDirectory(inMemory: true)
  private var data: String { directory.place("data") }
  private var backup: String { directory.place("backup") }
  private var restored: String { directory.place("restored") }

  private func write(_ text: String, _ path: String) throws {
    try text.write(toFile: path, atomically: false, encoding: .utf8)
  }

  private func read(_ path: String) throws -> String {
    try String(contentsOfFile: path, encoding: .utf8)
  }

  private func records(_ path: String) throws -> [[UInt8]] {
    var options = LedgerOptions()
    options.readOnly = true
    let ledger = try Ledger(directory: path + "/ledger", options: options)
    defer { ledger.close() }
    var records: [[UInt8]] = []
    try ledger.forEachEvent(from: 1) { (event) -> Bool in
      records.append(event.record)
      return true
    }
    return records
  }

  @Test("What is restored has every record, and continues the tree")
  func roundTrip() throws {
    try makeLedger(data, events: 2_000)
    let first = try Backup(of: data, into: backup).run()
    #expect(first.events == 2_000 && first.size == 2_000 && first.segments == 6)
    let stated = try #require(try BackupCheckpoint(ofBackup: backup, trusted: nil))
    #expect(stated == first.checkpoint)
    #expect(stated.checkpoint.size == 2_000 && stated.checkpoint.root == first.root)
    #expect(stated.signer == nil)
    let report = try Restoration(of: backup, into: restored).run()
    #expect(report.size == 2_000 && report.root == first.root && report.checkpoint == stated)
    #expect(try records(restored) == records(data))
    try makeLedger(restored, events: 3_000)
    let ledger = try open(restored)
    defer { ledger.close() }
    #expect(try ledger.tree.root(2_000) == first.root)
    try Merkle.verifyConsistency(
      from: 2_000, to: 3_000, path: ledger.tree.consistency(from: 2_000, to: 3_000),
      fromRoot: first.root, toRoot: ledger.tree.root(3_000))
  }

  @Test("Nothing is appended to a backup")
  func noWriting() throws {
    try makeLedger(data, events: 10)
    _ = try Backup(of: data, into: backup + "/").run()
    #expect(
      message { _ = try Restoration(of: backup, into: backup).run() }.contains("is a backup"))
    #expect(message { try DirectoryLock.refuseBackup(directory: backup) }.contains("is a backup"))
    #expect(throws: Never.self) { try DirectoryLock.refuseBackup(directory: data) }
  }

  @Test("A later backup takes what is new, and its files are those of a ledger")
  func incremental() throws {
    try makeLedger(data, events: 1_000)
    _ = try Backup(of: data, into: backup).run()
    let none = try Backup(of: data, into: backup).run()
    #expect(none.events == 0 && none.bytes == 0 && none.size == 1_000)
    try makeLedger(data, events: 1_600)
    let second = try Backup(of: data, into: backup).run()
    #expect(second.events == 600 && second.segments == 3)
    #expect(try records(backup) == records(data))
    #expect(try BackupCheckpoint(ofBackup: backup, trusted: nil)?.checkpoint.size == 1_600)
  }

  @Test("An empty ledger is backed up and restored")
  func empty() throws {
    try open(
      {
        mkdir(data, 0o700); return data
      }()
    ).close()
    let report = try Backup(of: data, into: backup).run()
    #expect(report.size == 0 && report.root == Merkle.emptyRoot)
    #expect(try Restoration(of: backup, into: restored).run().size == 0)
    try makeLedger(data, events: 3)
    #expect(try Backup(of: data, into: backup).run().events == 3)
  }

  @Test("Directories that are no place for a backup are refused and left alone")
  func refusals() throws {
    try makeLedger(data, events: 10)
    #expect(
      message { _ = try Backup(of: data, into: data).run() }.contains("data directory itself"))
    symlink(data, directory.place("link"))
    #expect(
      message { _ = try Backup(of: data, into: directory.place("link")).run() }
        .contains("data directory itself"))
    let other = directory.place("other")
    try makeLedger(other, events: 5)
    #expect(
      message { _ = try Backup(of: data, into: other).run() }
        .contains("holds a ledger that recount backup did not put there"))
    let full = directory.inside("full")
    try write("x", full + "/letters")
    #expect(
      message { _ = try Backup(of: data, into: full).run() }
        .contains("holds other things (letters): name a new or empty directory"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: full) == ["letters"])
    #expect(
      message { _ = try Backup(of: directory.place("none"), into: backup).run() }
        .contains("there is no ledger in"))
    #expect(!FileManager.default.fileExists(atPath: backup))
    #expect(
      message { _ = try Backup(of: data, into: directory.place("a/b/c")).run() }
        .contains("cannot be made"))
    try write("x", directory.place("file"))
    #expect(
      message { _ = try Backup(of: data, into: directory.place("file")).run() }
        .contains("file is a file: name a directory"))
  }

  @Test("Another ledger's backup, and one that is ahead, are refused with both ends")
  func otherHistory() throws {
    try makeLedger(data, events: 600)
    let before = try Backup(of: data, into: backup).run()
    let other = directory.place("other")
    try makeLedger(other, events: 700, subject: "mallory")
    let text = message { _ = try Backup(of: other, into: backup).run() }
    #expect(text.contains("is the backup of another history: at 600 events"))
    #expect(text.contains(before.root.hex))
    let older = directory.place("older")
    try makeLedger(older, events: 400)
    #expect(
      message { _ = try Backup(of: older, into: backup).run() }
        .contains("ends at position 400, and its backup \(backup) has the same events and more"))
    #expect(try records(backup) == records(data))
    #expect(try BackupCheckpoint(ofBackup: backup, trusted: nil)?.checkpoint.size == 600)
  }

  @Test("A checkpoint is signed where there is a key, and the private key stays at home")
  func signed() throws {
    try makeLedger(data, events: 500)
    let key = try Self.key("example.org/shop", 7)
    try KeyFolder(directory: data).store(key)
    let report = try Backup(of: data, into: backup).run()
    #expect(report.checkpoint.signer == key.verifier)
    #expect(report.checkpoint.checkpoint.origin == "example.org/shop")
    #expect(!FileManager.default.fileExists(atPath: backup + "/keys/signing"))
    let trusting = try Restoration(of: backup, into: restored, trusted: key.verifier).run()
    #expect(trusting.checkpoint?.signer == key.verifier && !trusting.hasKey)
    let stranger = try Self.key("example.org/shop", 8)
    #expect(
      message {
        _ = try Restoration(
          of: backup, into: directory.place("b"), trusted: stranger.verifier
        ).run()
      }.contains("checkpoint"))
    let file = directory.place("stranger")
    try write(stranger.privateText, file)
    #expect(chmod(file, 0o600) == 0)
    #expect(
      message {
        _ = try Restoration(
          of: backup, into: directory.place("b"), keyFile: file
        ).run()
      }.contains("is not the one that signed"))
    #expect(!FileManager.default.fileExists(atPath: directory.place("b/ledger")))
    let withFile = try Restoration(
      of: backup, into: directory.place("c"), keyFile: data + "/keys/signing"
    ).run()
    #expect(withFile.hasKey)
    #expect(try read(directory.place("c/keys/signing")) == key.privateText + "\n")
    _ = try Backup(of: data, into: backup, includesKey: true).run()
    #expect(try Restoration(of: backup, into: directory.place("d")).run().hasKey)
    var status = stat()
    #expect(stat(backup + "/keys/signing", &status) == 0 && status.st_mode & 0o777 == 0o600)
  }

  private static func key(_ name: String, _ seed: UInt8) throws -> SigningKey {
    try SigningKey(
      name: try #require(KeyName(name)), seed: [UInt8](repeating: seed, count: 32))
  }

  @Test("A backup that is not what its checkpoint states is not restored")
  func changedCheckpoint() throws {
    try makeLedger(data, events: 700)
    _ = try Backup(of: data, into: backup).run()
    let text = try read(backup + "/checkpoint")
    try write(text.replacing("\n700\n", with: "\n701\n"), backup + "/checkpoint")
    #expect(
      message { _ = try Restoration(of: backup, into: restored).run() }
        .contains("ends at position 700, but its checkpoint states 701 events"))
    try write(text.replacing("\n700\n", with: "\n600\n"), backup + "/checkpoint")
    #expect(
      message { _ = try Restoration(of: backup, into: restored).run() }
        .contains("is not what its checkpoint states: at 600 events"))
    try write("nonsense", backup + "/checkpoint")
    #expect(
      message { _ = try Restoration(of: backup, into: restored).run() }.contains("three lines"))
    try FileManager.default.removeItem(atPath: backup + "/checkpoint")
    #expect(
      message { _ = try Restoration(of: backup, into: restored).run() }
        .contains("its first backup was cut short"))
    #expect(!FileManager.default.fileExists(atPath: restored + "/ledger"))
    #expect(!FileManager.default.fileExists(atPath: restored + "/ledger.partial"))
    let report = try Restoration(of: backup, into: restored, takesUnfinished: true).run()
    #expect(report.size == 700 && report.checkpoint == nil)
  }

  @Test("A backup that was cut short behind its checkpoint is restored with what it has")
  func newerThanCheckpoint() throws {
    try makeLedger(data, events: 700)
    _ = try Backup(of: data, into: backup).run()
    let text = try read(backup + "/checkpoint")
    try makeLedger(data, events: 900)
    _ = try Backup(of: data, into: backup).run()
    try write(text, backup + "/checkpoint")
    let report = try Restoration(of: backup, into: restored).run()
    #expect(report.size == 900 && report.checkpoint?.checkpoint.size == 700)
  }

  @Test("Restoring replaces nothing, and goes over what a killed restoration left")
  func places() throws {
    try makeLedger(data, events: 300)
    _ = try Backup(of: data, into: backup).run()
    #expect(
      message { _ = try Restoration(of: backup, into: data).run() }
        .contains("holds a ledger already"))
    let withViews = directory.inside("views")
    mkdir(withViews + "/views", 0o700)
    #expect(
      message { _ = try Restoration(of: backup, into: withViews).run() }
        .contains("has no ledger, but the views of one"))
    let half = directory.inside("half")
    mkdir(half + "/ledger.partial", 0o700)
    try write("not a database", half + "/ledger.partial/data.mdb")
    #expect(try Restoration(of: backup, into: half).run().size == 300)
    #expect(try records(half) == records(data))
  }
}
