/// The worst cost of an expression, in small steps: each node is one, a comprehension costs its
/// body for every element that its range may have, a host function what it declares.
///
/// Lists and maps from the host are assumed to have `Declarations.assumedSize` elements; literals
/// have as many as are written. Evaluation counts what really happens and stops at the same limit,
/// so the estimate only has to be honest, not safe.
struct CostEstimate {
  let checked: CheckedSyntax
  let declarations: Declarations

  /// Saturates at `Int64.max`.
  func cost(of tree: Syntax) -> Int64 {
    var total: Int64 = 1
    if case .comprehension(let comprehension) = tree.kind {
      let bodies = [comprehension.condition, comprehension.result].compactMap { $0 }
      let round = bodies.reduce(Int64(1)) { sum($0, cost(of: $1)) }
      return sum(
        cost(of: comprehension.range), product(size(of: comprehension.range), round))
    }
    for child in tree.children { total = sum(total, cost(of: child)) }
    switch checked.resolutions[tree.id] {
    case .host(let position, _): total = sum(total, declarations.functions[position].cost)
    // Text and list functions look at every part of what they are given.
    case .builtin(let name, _) where !name.hasPrefix("_"): total = sum(total, 10)
    default: break
    }
    return total
  }

  private func size(of tree: Syntax) -> Int64 {
    switch tree.kind {
    case .list(let elements): Int64(elements.count)
    case .map(let entries): Int64(entries.count)
    case .comprehension(let comprehension): size(of: comprehension.range)
    case .binding(_, _, let body): size(of: body)
    case .conditional(_, let first, let second): max(size(of: first), size(of: second))
    default: declarations.assumedSize
    }
  }

  private func sum(_ first: Int64, _ second: Int64) -> Int64 {
    let (sum, overflow) = first.addingReportingOverflow(second)
    return overflow ? .max : sum
  }

  private func product(_ first: Int64, _ second: Int64) -> Int64 {
    let (product, overflow) = first.multipliedReportingOverflow(by: second)
    return overflow ? .max : product
  }
}
