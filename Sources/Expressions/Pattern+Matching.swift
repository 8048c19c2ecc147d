extension Pattern {
  /// The instructions that are alive at one place of the text, each once.
  private struct States {
    var addresses: [Int] = []
    /// The step in which each instruction was reached last.
    var marks: [Int]
    var stack: [Int] = []

    init(instructionCount: Int) {
      marks = Array(repeating: -1, count: instructionCount)
    }
  }

  /// The characters around a place of the text.
  private struct Surroundings {
    var before: Unicode.Scalar?
    var after: Unicode.Scalar?
  }

  /// Whether the pattern matches anywhere in `text`.
  ///
  /// - Cost: O(text x pattern), charged; the text is read in place.
  func matches(_ text: String, _ budget: inout WorkBudget) throws(EvaluationError) -> Bool {
    var current = States(instructionCount: instructions.count)
    var next = States(instructionCount: instructions.count)
    var rest = text.unicodeScalars.makeIterator()
    var around = Surroundings(before: nil, after: rest.next())
    var step = 0
    while true {
      if step == 0 || !startsAtTextStart {
        if follow(0, step, around, &current) { return true }
      } else if current.addresses.isEmpty {
        return false
      }
      guard let scalar = around.after else { return false }
      try budget.charge(1 + current.addresses.count / 4)
      around = Surroundings(before: scalar, after: rest.next())
      step += 1
      next.addresses.removeAll(keepingCapacity: true)
      for address in current.addresses {
        guard case .set(let set) = instructions[address], sets[set].contains(scalar) else {
          continue
        }
        if follow(address + 1, step, around, &next) { return true }
      }
      swap(&current, &next)
    }
  }

  /// Adds the instruction at `start` and all that follow from it without reading a character;
  /// whether the match is among them.
  private func follow(
    _ start: Int, _ step: Int, _ around: Surroundings, _ states: inout States
  ) -> Bool {
    // An explicit stack, as the way may be as long as the program.
    states.stack.append(start)
    while let address = states.stack.popLast() {
      guard states.marks[address] != step else { continue }
      states.marks[address] = step
      switch instructions[address] {
      case .jump(let target): states.stack.append(target)
      case .split(let first, let second):
        states.stack.append(second)
        states.stack.append(first)
      case .save: states.stack.append(address + 1)
      case .assert(let assertion):
        if assertion.holds(between: around.before, and: around.after) {
          states.stack.append(address + 1)
        }
      case .set: states.addresses.append(address)
      case .match:
        states.stack.removeAll(keepingCapacity: true)
        return true
      }
    }
    return false
  }
}

extension PatternAssertion {
  /// Whether the condition holds between two characters, nil for the ends of the text.
  func holds(between before: Unicode.Scalar?, and after: Unicode.Scalar?) -> Bool {
    switch self {
    case .textStart: before == nil
    case .textEnd: after == nil
    case .lineStart: before == nil || before == "\n"
    case .lineEnd: after == nil || after == "\n"
    case .wordBoundary: isWord(before) != isWord(after)
    case .noWordBoundary: isWord(before) == isWord(after)
    }
  }

  private func isWord(_ scalar: Unicode.Scalar?) -> Bool {
    guard let scalar, scalar.isASCII else { return false }
    return scalar == "_" || scalar.value &- 0x30 <= 9 || (scalar.value | 0x20) &- 0x61 < 26
  }
}
