import Engine
import Synchronization
import Testing

@Suite("The engine's thread")
struct EngineThreadTests {
  private final class State {
    var numbers: [Int] = []
  }

  private struct Refused: Error, Equatable {}

  @Test("Work is done one piece after the other, in order, on one state")
  func order() throws {
    let ended = Mutex([Int]())
    let box = Box(ended)
    let thread = try EngineThread<State>(
      limit: 4, make: { State() }, end: { state in box.value.withLock { $0 = state.numbers } })
    for number in 0..<1_000 {
      thread.submit { $0.numbers.append(number) }
    }
    #expect(try thread.perform { $0.numbers.count } == 1_000)
    thread.submit { $0.numbers.append(1_000) }
    thread.close()
    #expect(box.value.withLock { $0 } == Array(0...1_000))
  }

  private final class Box: Sendable {
    let value: Mutex<[Int]>

    init(_ value: consuming Mutex<[Int]>) {
      self.value = value
    }
  }

  @Test("Errors of making and of work reach the caller, and the thread goes on")
  func errors() throws {
    #expect(throws: Refused.self) {
      _ = try EngineThread<State>(make: { throw Refused() }, end: { _ in })
    }
    let thread = try EngineThread<State>(make: { State() }, end: { _ in })
    #expect(throws: Refused.self) { try thread.perform { _ in throw Refused() } }
    #expect(try thread.perform { _ in 7 } == 7)
    thread.close()
  }

  @Test("Many callers at once get their own answers")
  func callers() async throws {
    let thread = try EngineThread<State>(limit: 2, make: { State() }, end: { _ in })
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for number in 0..<64 {
        group.addTask {
          try thread.perform { state in
            state.numbers.append(number)
            return state.numbers.last == number
          }
        }
      }
      for try await isOwn in group { #expect(isOwn) }
    }
    #expect(try thread.perform { $0.numbers.sorted() } == Array(0..<64))
    thread.close()
  }
}
