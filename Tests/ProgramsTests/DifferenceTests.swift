import Programs
import Testing

@Suite("Programs are compared by what they say")
struct DifferenceTests {
  private func body(_ files: [String: String]) throws -> ProgramBody {
    try ProgramBody(files: files.mapValues { Array($0.utf8) })
  }

  private func differences(
    _ old: [String: String], _ new: [String: String], set: [(String, String)] = []
  ) throws -> [String] {
    let overrides = set.map { ProgramOverride(path: $0.0, value: $0.1) }
    return ProgramDifference.between(try body(old), [], and: try body(new), overrides).map {
      "\($0.file) \($0.kind.rawValue) \($0.path): \($0.before ?? "-") / \($0.after ?? "-")"
    }
  }

  @Test("Layout, comments and the order of keys do not count")
  func layout() throws {
    let old = ["program.yaml": "id: a\nfilters: [{id: x, pass: 'a == 1'}]  # why\nb: 2\n"]
    let new = ["program.yaml": "b: 2\nfilters:\n  - pass: a == 1\n    id: x\nid: a\n"]
    // The same text, quoted once and plain once, is the same expression.
    #expect(
      try differences(old, new) == [
        #"program.yaml changed filters.x.pass: "a == 1" / a == 1"#
      ])
    let moved = ["program.yaml": "b: 2\n\(old["program.yaml"]!.dropLast(5))"]
    #expect(try differences(old, moved) == [])
  }

  @Test("Elements are told apart by id or name, and their order is told")
  func elements() throws {
    let old = ["program.yaml": "f: [{id: x, max: 2}, {id: y, max: 1}, {id: z}]\nl: [1, 2]\n"]
    let new = ["program.yaml": "f: [{id: y, max: 1}, {id: x, max: 3}, {id: n}]\nl: [1, 3, 4]\n"]
    #expect(
      try differences(old, new) == [
        "program.yaml changed f.x.max: 2 / 3", "program.yaml removed f.z: {id: z} / -",
        "program.yaml added f.n: - / {id: n}", "program.yaml changed f.order: x, y / y, x",
        "program.yaml changed l.1: 2 / 3", "program.yaml added l.2: - / 4",
      ])
  }

  @Test("Overrides are part of a side, other files are compared too")
  func files() throws {
    let old = ["program.yaml": "params: {a: 1}\n", "t/x.txt": "one\ntwo\n", "t/old.bin": "1"]
    let new = ["program.yaml": "params: {a: 1}\n", "t/x.txt": "one\n2\n", "t/new.bin": "22"]
    #expect(
      try differences(old, new, set: [("params.a", "5")]) == [
        "program.yaml changed params.a: 1 / 5", "t/new.bin added : - / 2 bytes",
        "t/old.bin removed : 1 bytes / -", "t/x.txt changed line 2: two / 2",
      ])
  }

  @Test("A program differs in nothing from itself", arguments: Shipped.names)
  func same(id: String) throws {
    let body = try Shipped.body(id)
    #expect(ProgramDifference.between(body, [], and: body, []).isEmpty)
  }

  @Test("The skeleton of a program passes the check without a note")
  func skeleton() throws {
    let body = try ProgramBody(files: ProgramSkeleton(id: "my-1").files)
    let program = try Program(body: body, folder: "my-1")
    #expect(program.id == "my-1")
    #expect(program.notes.isEmpty)
    #expect(throws: ProgramProblems.self) {
      try Program(body: ProgramBody(files: ProgramSkeleton(id: "1 2").files), folder: "1 2")
    }
  }
}
