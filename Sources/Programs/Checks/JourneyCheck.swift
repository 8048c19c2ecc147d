/// Looks for states and exits that no way leads to, states that no way leads out of, and ways that
/// go round without delay.
struct JourneyCheck {
  let names: JourneyNames
  let start: Int
  let exits: [Program.Exit]
  let place: Place

  /// Reports what it finds to `reader`. Cost: O(states · transitions).
  func run(_ reader: ProgramReader) {
    guard !names.states.isEmpty else { return }
    if !names.hasUnknownTarget {
      checkReachability(reader)
      checkWaysOut(reader)
    }
    checkImmediateWays(reader)
    noteTimerEvents(reader)
    checkExits(reader)
  }

  private func targets(of state: Int, where isFitting: (JourneyEdge) -> Bool) -> [Int] {
    names.edges.compactMap { edge in
      guard edge.from == nil || edge.from == state, isFitting(edge) else { return nil }
      if case .state(let target) = edge.target { return target }
      return nil
    }
  }

  private func checkReachability(_ reader: ProgramReader) {
    var reached: Set<Int> = [start]
    var open = [start]
    while let state = open.popLast() {
      for target in targets(of: state, where: { _ in true }) where reached.insert(target).inserted {
        open.append(target)
      }
    }
    for (index, state) in names.states.enumerated() where !reached.contains(index) {
      reader.report(
        state.place,
        "state \"\(state.name)\" cannot be reached from \"\(names.states[start].name)\"",
        mend: "lead a transition to it, or remove it")
    }
  }

  /// An exit with `on` or `fromStart` is a way out of every state.
  private func checkWaysOut(_ reader: ProgramReader) {
    guard !exits.isEmpty else { return }
    let isAlwaysOpen = exits.contains {
      !$0.types.isEmpty || $0.isAskedForAnyInput || $0.fromStartMicroseconds != nil
    }
    if isAlwaysOpen {
      if !exits.contains(where: { $0.fromStartMicroseconds != nil }) {
        reader.note(
          place, "no exit has \"fromStart\", so that a run may never end",
          mend: "add an exit such as expired: {fromStart: 30d}")
      }
      return
    }
    var leading = Set(
      names.states.indices.filter { state in
        names.edges.contains { edge in
          if case .exit = edge.target { return edge.from == nil || edge.from == state }
          return false
        }
      })
    var grew = true
    while grew {
      grew = false
      for state in names.states.indices where !leading.contains(state) {
        if targets(of: state, where: { _ in true }).contains(where: leading.contains) {
          leading.insert(state)
          grew = true
        }
      }
    }
    for (index, state) in names.states.enumerated() where !leading.contains(index) {
      reader.report(
        state.place, "no way leads from state \"\(state.name)\" to an exit",
        mend: "add a transition, or an exit with \"fromStart\"")
    }
  }

  private func noteTimerEvents(_ reader: ProgramReader) {
    for (index, state) in names.states.enumerated() {
      guard let place = names.entryReads[index] else { continue }
      let isByTimer = names.edges.contains { $0.isTimer && $0.target == .state(index) }
      guard isByTimer else { continue }
      reader.note(
        place,
        "the entry of state \"\(state.name)\" reads data of the event, but a timer leads to it",
        mend: "keep what is needed in a variable of the run")
    }
  }

  private func checkImmediateWays(_ reader: ProgramReader) {
    let ways = immediateWays()
    for edge in names.edges where edge.isImmediate {
      switch edge.target {
      case .exit: continue
      case .stay:
        guard !edge.isGuarded else { continue }
        reader.report(
          edge.place, "an \"always\" without \"when\" and \"to\" would be taken for ever",
          mend: "give it a \"when\" that it makes false")
      case .state(let target):
        guard let from = edge.from, target == from || ways[target].contains(from) else { continue }
        let name = names.states[from].name
        reader.report(
          edge.place, "this way leads round from \"\(name)\" to \"\(name)\" without delay",
          mend: "put an \"on\" or a longer \"after\" into it")
      }
    }
  }

  /// For each state the states that can be reached from it without an event and without delay.
  private func immediateWays() -> [Set<Int>] {
    let steps = names.states.indices.map { state in
      Set(targets(of: state, where: { $0.isImmediate }))
    }
    return names.states.indices.map { state in
      var reached: Set<Int> = []
      var open = [state]
      while let next = open.popLast() {
        for target in steps[next] where reached.insert(target).inserted { open.append(target) }
      }
      return reached
    }
  }

  private func checkExits(_ reader: ProgramReader) {
    let taken = Set(
      names.edges.compactMap { edge in
        if case .exit(let exit) = edge.target { exit } else { nil }
      })
    for exit in exits where !taken.contains(exit.index) && names.exits.indices.contains(exit.index)
    {
      let hasCondition =
        !exit.types.isEmpty || exit.isAskedForAnyInput || exit.fromStartMicroseconds != nil
      if hasCondition { continue }
      reader.report(
        names.exits[exit.index].place, "nothing leads to exit \"\(exit.name)\"",
        mend: "give it \"on\" or \"fromStart\", or lead a transition to it")
    }
  }
}
