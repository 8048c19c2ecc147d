import Catalog
import Glibc
import Host
import Ledger
import Policies
import Proofs
import TestSupport
import Testing

@Suite("Keys in a data directory", .serialized)
struct KeyFolderTests {
  private let directory = TemporaryDirectory()
  private var keys: KeyFolder { KeyFolder(directory: directory.path) }

  private func mode(_ path: String) -> mode_t {
    var status = stat()
    return lstat(path, &status) == 0 ? status.st_mode & 0o7777 : 0
  }

  private func write(_ text: String, to path: String) {
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    _ = Array(text.utf8).withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
    close(file)
  }

  private func refusal(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "nothing was refused"
    } catch { return "\(error)" }
  }

  @Test("A key is stored for its owner alone, its public half for all")
  func modes() throws {
    let key = try KeyFolder.newKey()
    let old = umask(0)
    defer { umask(old) }
    try keys.store(key)
    #expect(mode(keys.path) == 0o700)
    #expect(mode(keys.signingPath) == 0o600)
    #expect(mode(keys.verifierPath) == 0o644)
    #expect(try keys.signingKey().privateText == key.privateText)
    #expect(try keys.verifierKey() == key.verifier)
  }

  @Test("The public half is readable whatever the mask")
  func narrowMask() throws {
    let old = umask(0o077)
    defer { umask(old) }
    try keys.store(KeyFolder.newKey())
    #expect(mode(keys.verifierPath) == 0o644)
  }

  @Test("New keys differ, and are named by their hash unless told otherwise")
  func names() throws {
    let first = try KeyFolder.newKey().verifier
    let second = try KeyFolder.newKey().verifier
    #expect(first.publicKey != second.publicKey)
    #expect(first.name.text.hasPrefix("recount.local/"))
    #expect(first.name.text.utf8.count == 22)
    #expect(first.name != second.name)
    let named = try KeyFolder.newKey(origin: KeyFolder.origin("shop.example/ledger"))
    #expect(named.verifier.name.text == "shop.example/ledger")
  }

  @Test(
    "An origin is not empty, not long, and without spaces and plus signs",
    arguments: ["", "a b", "a+b", "a\u{a0}b", "a\nb", String(repeating: "x", count: 129)])
  func malformedOrigin(origin: String) {
    #expect(throws: KeyError.self) { try KeyFolder.origin(origin) }
  }

  @Test("A key that is there is never written over")
  func kept() throws {
    let key = try KeyFolder.newKey()
    try keys.store(key)
    #expect(refusal { try keys.store(KeyFolder.newKey()) }.contains(keys.signingPath))
    #expect(try keys.signingKey().privateText == key.privateText)
    // Whatever has the name, also where it leads nowhere.
    unlink(keys.signingPath)
    symlink("/nowhere", keys.signingPath)
    #expect(throws: KeyError.self) { try keys.store(KeyFolder.newKey()) }
  }

  @Test(
    "A private key that others may read or write is refused with the remedy",
    arguments: [0o640, 0o604, 0o620, 0o666, 0o610] as [mode_t])
  func openKey(mode: mode_t) throws {
    try keys.store(KeyFolder.newKey())
    chmod(keys.signingPath, mode)
    let text = refusal { _ = try keys.signingKey() }
    #expect(text.contains("chmod 600 \(keys.signingPath)"), "\(text)")
    chmod(keys.signingPath, 0o400)
    #expect(refusal { _ = try keys.signingKey() } == "nothing was refused")
  }

  @Test("A folder that others may enter, and a public key that they may write, are refused")
  func openFolder() throws {
    try keys.store(KeyFolder.newKey())
    chmod(keys.path, 0o755)
    #expect(refusal { _ = try keys.signingKey() }.contains("chmod 700 \(keys.path)"))
    chmod(keys.path, 0o700)
    chmod(keys.verifierPath, 0o664)
    #expect(refusal { _ = try keys.signingKey() }.contains("chmod 644 \(keys.verifierPath)"))
  }

  @Test("A symbolic link is refused, for the file as for the folder")
  func links() throws {
    try keys.store(KeyFolder.newKey())
    let elsewhere = directory.place("elsewhere")
    rename(keys.signingPath, elsewhere)
    symlink(elsewhere, keys.signingPath)
    #expect(refusal { _ = try keys.signingKey() }.contains("symbolic link"))
    unlink(keys.signingPath)
    rename(elsewhere, keys.signingPath)
    rename(keys.path, elsewhere)
    symlink(elsewhere, keys.path)
    #expect(refusal { _ = try keys.signingKey() }.contains("is no directory"))
  }

  @Test("A key of another owner is refused", .enabled(if: geteuid() == 0, "needs root"))
  func owner() throws {
    try keys.store(KeyFolder.newKey())
    chown(keys.signingPath, 65_534, 65_534)
    let text = refusal { _ = try keys.signingKey() }
    #expect(text.contains("belongs to user 65534"), "\(text)")
  }

  @Test("What is no key is refused, naming the file")
  func malformed() throws {
    let key = try KeyFolder.newKey()
    try keys.store(key)
    for text in [
      "", "\n", "PRIVATE+KEY+", key.verifier.text, key.privateText + "x",
      String(repeating: "a", count: 5_000), key.privateText + "\n\n",
    ] {
      write(text, to: keys.signingPath)
      #expect(refusal { _ = try keys.signingKey() }.contains(keys.signingPath), "\(text)")
    }
    unlink(keys.signingPath)
    #expect(refusal { _ = try keys.signingKey() }.contains("recount init"))
    mkfifo(keys.signingPath, 0o600)
    #expect(refusal { _ = try keys.signingKey() }.contains("is no file"))
  }

  @Test("Halves that do not belong together are refused")
  func otherHalf() throws {
    try keys.store(KeyFolder.newKey())
    write(try KeyFolder.newKey().verifier.text + "\n", to: keys.verifierPath)
    #expect(refusal { _ = try keys.signingKey() }.contains("is not the public half"))
  }

  @Test("The public half follows from the private one where its file is gone")
  func missingHalf() throws {
    let key = try KeyFolder.newKey()
    try keys.store(key)
    unlink(keys.verifierPath)
    #expect(try keys.signingKey().privateText == key.privateText)
    #expect(try keys.verifierKey() == key.verifier)
    unlink(keys.signingPath)
    #expect(refusal { _ = try keys.verifierKey() }.contains("recount init"))
  }

  @Test("The public half of a key that is elsewhere is never written over")
  func foreignHalf() throws {
    let key = try KeyFolder.newKey()
    try keys.store(key)
    unlink(keys.signingPath)
    #expect(refusal { try keys.store(KeyFolder.newKey()) }.contains("private half is not here"))
    #expect(try keys.verifierKey() == key.verifier)
    try keys.store(key)
    #expect(try keys.signingKey().privateText == key.privateText)
  }

  @Test("A directory whose making was cut short between the halves is completed")
  func cutShort() throws {
    let key = try KeyFolder.newKey()
    try keys.store(key)
    unlink(keys.verifierPath)
    try Host(HostOptions(directory: directory.path)) { _ in nil }.close()
    #expect(mode(keys.verifierPath) == 0o644)
    #expect(try keys.signingKey().privateText == key.privateText)
  }

  @Test("No refusal shows the secret")
  func secret() throws {
    let key = try KeyFolder.newKey()
    try keys.store(key)
    let parts = key.privateText.split(separator: "+", maxSplits: 4)  // base 64 has a "+" of its own
    let secret = try #require(parts.count == 5 ? parts[4] : nil)
    #expect(secret.count > 40)
    write(String(key.privateText.dropLast()), to: keys.signingPath)
    #expect(!refusal { _ = try keys.signingKey() }.contains(secret.dropLast(4)))
  }

  @Test("A new data directory has a key from the start, an old one gets one once")
  func hosts() throws {
    let place = directory.place("data")
    let host = try Host(HostOptions(directory: place)) { _ in nil }
    try host.close()
    let key = try KeyFolder(directory: place).signingKey()
    let again = try Host(HostOptions(directory: place)) { _ in nil }
    #expect(throws: DirectoryError.self) { try Host.prepare(directory: place) }
    try again.close()
    #expect(try KeyFolder(directory: place).signingKey().privateText == key.privateText)
    #expect(throws: KeyError.self) { try Host.prepare(directory: place) }
    // As an older version left it.
    for name in ["signing", "verifier"] { unlink("\(place)/keys/\(name)") }
    rmdir("\(place)/keys")
    let made = try Host.prepare(directory: place)
    #expect(!made.isNew)
    #expect(try KeyFolder(directory: place).verifierKey() == made.verifier)
  }

  @Test("A directory that was prepared begins with its programs as any other")
  func prepared() throws {
    let place = directory.place("data")
    let key = try KeyFolder.newKey(origin: KeyFolder.origin("shop.example/ledger"))
    #expect(try Host.prepare(directory: place, key: key).isNew)
    let host = try Host(HostOptions(directory: place)) { _ in nil }
    #expect(host.store.catalog.activationCount > 0)
    try host.close()
    #expect(try KeyFolder(directory: place).signingKey().privateText == key.privateText)
  }
}
