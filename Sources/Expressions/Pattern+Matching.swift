extension Pattern {
  /// The ways through the pattern that are alive at one place of the text, preferred ones first.
  private struct Threads {
    /// Positions in the program.
    var positions: [Int] = []
    /// For each of them, where its captures start and end in the text; -1 for none.
    var captures: [[Int]] = []
    /// The step in which each instruction was reached last.
    var marks: [Int]

    init(instructionCount: Int) {
      marks = Array(repeating: -1, count: instructionCount)
    }
  }

  /// Whether the pattern matches anywhere in `text`. Cost: O(text x pattern), charged.
  func matches(
    _ text: [Unicode.Scalar], _ budget: inout WorkBudget
  ) throws(EvaluationError) -> Bool {
    try captures(in: text, from: 0, needsCaptures: false, &budget) != nil
  }

  /// The leftmost match from `start` on, as RE2 prefers it: positions of starts and ends, the whole
  /// match first; -1 for groups that took no part. nil if there is none.
  func firstMatch(
    in text: [Unicode.Scalar], from start: Int, _ budget: inout WorkBudget
  ) throws(EvaluationError) -> [Int]? {
    try captures(in: text, from: start, needsCaptures: true, &budget)
  }

  private func captures(
    in text: [Unicode.Scalar], from start: Int, needsCaptures: Bool, _ budget: inout WorkBudget
  ) throws(EvaluationError) -> [Int]? {
    var current = Threads(instructionCount: instructions.count)
    var next = Threads(instructionCount: instructions.count)
    let none = needsCaptures ? Array(repeating: -1, count: 2 * (groupCount + 1)) : []
    var found: [Int]?
    var position = start
    while true {
      // A match that starts further left is preferred, so none is begun once one was found.
      if found == nil { follow(0, none, position, text, &current) }
      guard !current.positions.isEmpty else { break }
      try budget.charge(1 + current.positions.count * (needsCaptures ? 1 + groupCount : 1) / 4)
      next.positions.removeAll(keepingCapacity: true)
      next.captures.removeAll(keepingCapacity: true)
      threads: for index in current.positions.indices {
        switch instructions[current.positions[index]] {
        case .set(let set):
          guard position < text.count, sets[set].contains(text[position]) else { continue }
          let captures = needsCaptures ? current.captures[index] : []
          follow(current.positions[index] + 1, captures, position + 1, text, &next)
        case .match:
          found = needsCaptures ? current.captures[index] : []
          if !needsCaptures { return found }
          // Threads behind this one are preferred less.
          break threads
        default: continue
        }
      }
      guard position < text.count else { break }
      position += 1
      swap(&current, &next)
    }
    return found
  }

  /// Adds the instruction at `start` and all that follow from it without reading a character.
  private func follow(
    _ start: Int, _ captures: [Int], _ position: Int, _ text: [Unicode.Scalar],
    _ threads: inout Threads
  ) {
    // An explicit stack, as the way may be as long as the program.
    var stack = [(start, captures)]
    while let (address, captures) = stack.popLast() {
      guard threads.marks[address] != position else { continue }
      threads.marks[address] = position
      switch instructions[address] {
      case .jump(let target): stack.append((target, captures))
      case .split(let first, let second):
        stack.append((second, captures))
        stack.append((first, captures))
      case .save(let slot):
        var saved = captures
        if slot < saved.count { saved[slot] = position }
        stack.append((address + 1, saved))
      case .assert(let assertion):
        if holds(assertion, position, text) { stack.append((address + 1, captures)) }
      case .set, .match:
        threads.positions.append(address)
        if !captures.isEmpty { threads.captures.append(captures) }
      }
    }
  }

  private func holds(
    _ assertion: PatternAssertion, _ position: Int, _ text: [Unicode.Scalar]
  ) -> Bool {
    let before = position > 0 ? text[position - 1] : nil
    let after = position < text.count ? text[position] : nil
    switch assertion {
    case .textStart: return before == nil
    case .textEnd: return after == nil
    case .lineStart: return before == nil || before == "\n"
    case .lineEnd: return after == nil || after == "\n"
    case .wordBoundary: return isWord(before) != isWord(after)
    case .noWordBoundary: return isWord(before) == isWord(after)
    }
  }

  private func isWord(_ scalar: Unicode.Scalar?) -> Bool {
    guard let scalar, scalar.isASCII else { return false }
    return scalar == "_" || scalar.value &- 0x30 <= 9 || (scalar.value | 0x20) &- 0x61 < 26
  }
}
