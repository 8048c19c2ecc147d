extension Pattern {
  /// The ways through the pattern that are alive at one place of the text, preferred ones first.
  private struct Threads {
    /// Positions in the program.
    var addresses: [Int] = []
    /// For each of them, where its groups start and end in the text; -1 for none.
    var captures: [[Int]] = []
    /// The place of the text at which each instruction was reached last.
    var marks: [Int]

    init(instructionCount: Int) {
      marks = Array(repeating: -1, count: instructionCount)
    }
  }

  /// The leftmost match from `start` on, as RE2 prefers it: positions of starts and ends, the whole
  /// match first; -1 for groups that took no part. nil if there is none.
  ///
  /// - Cost: O(text x pattern x groups), charged.
  func firstMatch(
    in text: [Unicode.Scalar], from start: Int, _ budget: inout WorkBudget
  ) throws(EvaluationError) -> [Int]? {
    var current = Threads(instructionCount: instructions.count)
    var next = Threads(instructionCount: instructions.count)
    let none = Array(repeating: -1, count: 2 * (groupCount + 1))
    var found: [Int]?
    var position = start
    while true {
      // A match that starts further left is preferred, so none is begun once one was found.
      if found == nil { follow(0, none, position, text, &current) }
      if current.addresses.isEmpty, found != nil || startsAtTextStart { break }
      try budget.charge(1 + current.addresses.count * (1 + groupCount) / 4)
      next.addresses.removeAll(keepingCapacity: true)
      next.captures.removeAll(keepingCapacity: true)
      threads: for index in current.addresses.indices {
        switch instructions[current.addresses[index]] {
        case .set(let set):
          guard position < text.count, sets[set].contains(text[position]) else { continue }
          follow(
            current.addresses[index] + 1, current.captures[index], position + 1, text, &next)
        case .match:
          found = current.captures[index]
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
        saved[slot] = position
        stack.append((address + 1, saved))
      case .assert(let assertion):
        let before = position > 0 ? text[position - 1] : nil
        let after = position < text.count ? text[position] : nil
        if assertion.holds(between: before, and: after) { stack.append((address + 1, captures)) }
      case .set, .match:
        threads.addresses.append(address)
        threads.captures.append(captures)
      }
    }
  }
}
