import CBOR
import Host
import Ledger
import ModelSamples
import Policies
import Programs
import Testing

import struct Foundation.Data
import class Foundation.FileManager
import struct Foundation.URL
import class TestSupport.TemporaryDirectory

@Suite("Registering")
struct RegistrationTests {
  private let directory = TemporaryDirectory()

  /// A host whose only program is the one with scores of every kind.
  private func host() throws -> Host {
    let folder = directory.inside("programs")
    for (name, text) in ScoresProgram.files {
      let path = "\(folder)/scored/\(name)"
      try FileManager.default.createDirectory(
        atPath: URL(filePath: path).deletingLastPathComponent().path(),
        withIntermediateDirectories: true)
      try Data(text.utf8).write(to: URL(filePath: path))
    }
    var options = HostOptions(directory: directory.place("data"))
    options.clock = .event
    options.programsFolder = folder
    return try Host(options) { _ in nil }
  }

  private func newest(_ points: Int) throws -> ModelBody {
    try ModelBody(id: "newest", files: ScoresProgram.newest(points: points))
  }

  @Test("a model puts it in force once, and says what it replaces")
  func model() throws {
    let host = try host()
    let first = try host.register(newest(3))
    #expect(first.kind == .scorecard)
    #expect(first.features == ["visits"])
    #expect(first.replaced == nil)
    #expect(!first.isUnchanged)
    let again = try host.register(newest(3))
    #expect(again.isUnchanged && again.position == first.position)
    let second = try host.register(newest(4))
    #expect(second.replaced == first.hash)
    let back = try host.register(newest(3))
    #expect(back.hash == first.hash && back.position > second.position)
    try host.close()
  }

  @Test("a model of items puts it in force too")
  func items() throws {
    let host = try host()
    let text = "id: goods\nkind: item-similarity\nevent: product.viewed\nitem: event.product\n"
    let done = try host.register(
      ModelBody(id: "goods", files: ["models/goods.yaml": Array(text.utf8)]))
    #expect(done.kind == .itemSimilarity && done.features == ["item"])
    try host.close()
  }

  @Test("a model with a problem, or without what a program gives it, is refused")
  func refusals() throws {
    let host = try host()
    func refusal(_ text: String) throws -> String {
      let body = try ModelBody(id: "newest", files: ["models/newest.yaml": Array(text.utf8)])
      do {
        _ = try host.register(body)
        return ""
      } catch let error as ModelRefused {
        return error.description
      }
    }
    let end = host.store.ledger.end.position
    #expect(
      try refusal("id: newest\nkind: forest\n").contains(
        "models/newest.yaml:2:7: the model's kind cannot be \"forest\""))
    #expect(host.store.ledger.end.position == end)
    try host.close()
  }

  @Test("a reference table puts it in force once")
  func reference() throws {
    let host = try host()
    let body = try ReferenceTable.body(
      .prefix, [(key: "10.0.0.0/8", fields: [("score", CBORValue.double(0.5))])])
    let first = try host.load(reference: "networks", body, fields: ["score"])
    #expect(first.rowCount == 1 && !first.isUnchanged)
    let again = try host.load(reference: "networks", body, fields: ["score"])
    #expect(again.isUnchanged && again.position == first.position)
    #expect(throws: ReferenceTableError.self) {
      try host.load(reference: "networks", [0xa0], fields: [])
    }
    try host.close()
  }
}
