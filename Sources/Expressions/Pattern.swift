/// A regular expression in RE2's syntax, matched in time linear in the text: a Pike machine, which
/// follows all ways through the pattern at once and never goes back.
struct Pattern: Sendable {
  /// The largest program, in instructions. `a{1000}` has a thousand.
  static let maximumInstructions = 10_000

  enum Instruction: Sendable {
    case set(Int)
    /// Goes on at both places; the first is preferred.
    case split(Int, Int)
    case jump(Int)
    case save(Int)
    case assert(PatternAssertion)
    case match
  }

  let instructions: [Instruction]
  let sets: [CharacterSet]
  /// How many groups capture.
  let groupCount: Int

  /// Whether no match can begin but at the start of the text.
  let startsAtTextStart: Bool

  /// Compiles a pattern.
  init(_ text: String) throws(PatternError) {
    var parser = PatternParser(text)
    let piece = try parser.parse()
    var assembler = Assembler()
    assembler.emit(.save(0))
    try assembler.add(piece)
    assembler.emit(.save(1))
    assembler.emit(.match)
    instructions = assembler.instructions
    sets = assembler.sets
    groupCount = parser.groupCount
    if case .assert(.textStart) = assembler.instructions[1] {
      startsAtTextStart = true
    } else {
      startsAtTextStart = false
    }
  }

  private struct Assembler {
    var instructions: [Instruction] = []
    var sets: [CharacterSet] = []
    /// Counted too, because an empty piece can be repeated without adding instructions.
    private var additions = 0

    mutating func emit(_ instruction: Instruction) { instructions.append(instruction) }

    mutating func add(_ piece: PatternPiece) throws(PatternError) {
      additions += 1
      guard instructions.count <= Pattern.maximumInstructions,
        additions <= 4 * Pattern.maximumInstructions
      else {
        throw PatternError(
          message: "it is too large: more than \(Pattern.maximumInstructions) steps")
      }
      switch piece {
      case .empty: return
      case .set(let set):
        sets.append(set)
        emit(.set(sets.count - 1))
      case .sequence(let pieces):
        for piece in pieces { try add(piece) }
      case .alternatives(let pieces): try addAlternatives(pieces)
      case .repetition(let piece, let least, let most, let isGreedy):
        for _ in 0..<least { try add(piece) }
        guard let most else { return try addLoop(piece, isGreedy: isGreedy) }
        try addOptional(piece, count: most - least, isGreedy: isGreedy)
      case .group(let inner, let number):
        if let number { emit(.save(2 * number)) }
        try add(inner)
        if let number { emit(.save(2 * number + 1)) }
      case .assertion(let assertion): emit(.assert(assertion))
      }
    }

    private mutating func addAlternatives(_ pieces: [PatternPiece]) throws(PatternError) {
      var jumps: [Int] = []
      for piece in pieces.dropLast() {
        let split = instructions.count
        emit(.jump(0))
        try add(piece)
        jumps.append(instructions.count)
        emit(.jump(0))
        instructions[split] = .split(split + 1, instructions.count)
      }
      if let last = pieces.last { try add(last) }
      for jump in jumps { instructions[jump] = .jump(instructions.count) }
    }

    private mutating func addLoop(_ piece: PatternPiece, isGreedy: Bool) throws(PatternError) {
      let split = instructions.count
      emit(.jump(0))
      try add(piece)
      emit(.jump(split))
      let (inside, after) = (split + 1, instructions.count)
      instructions[split] = isGreedy ? .split(inside, after) : .split(after, inside)
    }

    /// `x{0,n}` as `(x(x(x)?)?)?`, all leaving to one place.
    private mutating func addOptional(
      _ piece: PatternPiece, count: Int, isGreedy: Bool
    ) throws(PatternError) {
      var splits: [Int] = []
      for _ in 0..<count {
        splits.append(instructions.count)
        emit(.jump(0))
        try add(piece)
      }
      let after = instructions.count
      for split in splits {
        instructions[split] = isGreedy ? .split(split + 1, after) : .split(after, split + 1)
      }
    }
  }
}
