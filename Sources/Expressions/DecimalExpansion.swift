/// All decimal digits of a finite double, for exact rounding (half to even) to any precision.
struct DecimalExpansion {
  private let isNegative: Bool
  /// The digits, the highest first, without zeros in front (empty for zero).
  private let digits: [UInt8]
  /// How many digits stand before the point; negative for zeros right after it.
  private let point: Int

  init(_ number: Double) {
    isNegative = number.sign == .minus
    // number = significand * 2^exponent with a whole significand.
    let significand =
      number.isNormal ? number.significandBitPattern | 1 << 52 : number.significandBitPattern
    let exponent = max(Int(number.exponentBitPattern), 1) - 1_075
    var natural = Natural(significand)
    // A negative power of two is a power of five with the point moved: 2^-k = 5^k / 10^k.
    for _ in 0..<exponent.magnitude { natural.multiply(by: exponent < 0 ? 5 : 2) }
    digits = natural.decimalDigits()
    point = digits.isEmpty ? 0 : digits.count - (exponent < 0 ? -exponent : 0)
  }

  /// Like C's `%.<precision>f`.
  func fixed(_ precision: Int) -> String {
    let (rounded, point) = rounded(toDigits: point + precision)
    let whole = point > 0 ? rounded.prefix(point) : []
    let missing = max(0, point - rounded.count)
    var fraction: [UInt8] = Array(repeating: 0x30, count: min(precision, max(0, -point)))
    fraction += rounded.dropFirst(max(0, point))
    fraction += Array(repeating: 0x30, count: max(0, precision - fraction.count))
    let wholeText = whole.isEmpty && missing == 0 ? [0x30] : whole + zeros(missing)
    let text = precision > 0 ? wholeText + [0x2E] + fraction : Array(wholeText)
    return (isNegative ? "-" : "") + String(decoding: text, as: UTF8.self)
  }

  /// Like C's `%.<precision>e`.
  func scientific(_ precision: Int) -> String {
    var (rounded, point) = rounded(toDigits: precision + 1)
    if rounded.isEmpty {
      rounded = [0x30]
      point = 1
    }
    rounded += zeros(precision + 1 - rounded.count)
    // A carry may have added a digit.
    rounded = Array(rounded.prefix(precision + 1))
    let exponent = point - 1
    var text = String(decoding: rounded.prefix(1), as: UTF8.self)
    if precision > 0 { text += "." + String(decoding: rounded.dropFirst(), as: UTF8.self) }
    let power = exponent.magnitude < 10 ? "0\(exponent.magnitude)" : "\(exponent.magnitude)"
    return (isNegative ? "-" : "") + text + "e" + (exponent < 0 ? "-" : "+") + power
  }

  private func zeros(_ count: Int) -> [UInt8] { Array(repeating: 0x30, count: max(0, count)) }

  /// The first `count` digits, rounded; the point moves if a carry adds a digit.
  private func rounded(toDigits count: Int) -> (digits: [UInt8], point: Int) {
    guard count < digits.count else { return (digits, point) }
    guard count >= 0 else { return ([], point) }
    var kept = Array(digits.prefix(count))
    let next = digits[count]
    let isTie = next == 0x35 && digits[(count + 1)...].allSatisfy { $0 == 0x30 }
    let isOdd = (kept.last ?? 0x30) & 1 == 1
    guard next > 0x35 || (next == 0x35 && (!isTie || isOdd)) else { return (kept, point) }
    for position in kept.indices.reversed() {
      if kept[position] < 0x39 {
        kept[position] += 1
        return (kept, point)
      }
      kept[position] = 0x30
    }
    return ([0x31] + kept, point + 1)
  }
}

/// A natural number of any size, in 32-bit limbs, the lowest first.
private struct Natural {
  private var limbs: [UInt32]

  init(_ number: UInt64) {
    limbs = [UInt32(truncatingIfNeeded: number), UInt32(truncatingIfNeeded: number >> 32)]
  }

  mutating func multiply(by factor: UInt64) {
    var carry: UInt64 = 0
    for index in limbs.indices {
      carry += UInt64(limbs[index]) * factor
      limbs[index] = UInt32(truncatingIfNeeded: carry)
      carry >>= 32
    }
    if carry > 0 { limbs.append(UInt32(carry)) }
  }

  func decimalDigits() -> [UInt8] {
    var rest = limbs
    var reversed: [UInt8] = []
    while rest.contains(where: { $0 != 0 }) {
      var remainder: UInt64 = 0
      for index in rest.indices.reversed() {
        let current = remainder << 32 | UInt64(rest[index])
        rest[index] = UInt32(current / 1_000_000_000)
        remainder = current % 1_000_000_000
      }
      while rest.last == 0 { rest.removeLast() }
      for _ in 0..<9 {
        reversed.append(0x30 + UInt8(remainder % 10))
        remainder /= 10
      }
    }
    while reversed.last == 0x30 { reversed.removeLast() }
    return reversed.reversed()
  }
}
