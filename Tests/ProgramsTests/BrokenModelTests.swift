import Programs
import Testing

@Suite("A broken model")
struct BrokenModelTests {
  @Test("is refused with file, line, column and mend", arguments: Fault.table(brokenModels))
  func models(fault: Fault) throws {
    #expect(try ScoresSample.problems(fault.old, fault.new, in: fault.file) == fault.printed)
  }

  @Test("has a sample that is not")
  func sampleIsWhole() throws {
    #expect(try ScoresSample.problems("", "", in: "program.yaml") == [])
    let body = try Sample.body(ScoresSample.files)
    #expect(try Program(body: body, folder: "scored").notes == [])
  }
}
