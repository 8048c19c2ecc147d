/// A sum with its rounding errors carried along (Neumaier, ZAMM 54, 1974), so that a long sum does
/// not drown small differences between two of its kind.
struct CompensatedSum {
  private var sum = 0.0
  private var errors = 0.0

  mutating func add(_ term: Double) {
    let next = sum + term
    errors +=
      sum.magnitude >= term.magnitude ? (sum - next) + term : (term - next) + sum
    sum = next
  }

  var value: Double { sum + errors }
}
