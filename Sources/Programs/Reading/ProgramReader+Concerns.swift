/// The event types that a program does something with.
struct ConcernedTypes {
  private var all: Set<String> = []
  fileprivate(set) var everyInput = false

  /// Sorted by their bytes.
  var types: [String] { sortedByBytes(all) }

  fileprivate mutating func insert(_ types: [String]) {
    for type in types where type != "*" { all.insert(type) }
  }
}

extension ProgramReader {
  /// Records that events of these types concern the program.
  func concern(_ types: [String]) {
    concerned.insert(types)
    if types.contains("*") { concerned.everyInput = true }
  }

  /// Records that inputs of every type do.
  func concernEveryInput() {
    concerned.everyInput = true
  }
}
