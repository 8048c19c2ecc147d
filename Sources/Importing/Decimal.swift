/// A decimal number as written: a sign, digits, a point with digits behind it. No exponent, no
/// separators of thousands, which mean different things in different countries.
struct Decimal: Equatable {
  private let isNegative: Bool
  private let whole: [UInt8]
  private let fraction: [UInt8]

  /// nil where `text` is written otherwise.
  init?(_ text: String) {
    var bytes = Array(text.utf8)[...]
    isNegative = bytes.first == 0x2d
    if bytes.first == 0x2d || bytes.first == 0x2b { bytes = bytes.dropFirst() }
    let parts = bytes.split(separator: 0x2e, omittingEmptySubsequences: false)
    guard parts.count <= 2,
      parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy { $0 &- 0x30 <= 9 } })
    else { return nil }
    whole = Array(parts[0])
    fraction = parts.count == 2 ? Array(parts[1]) : []
  }

  /// The number times 10 to the power of `decimals`; nil where that is not whole, or exceeds 64
  /// bits.
  func scaled(by decimals: Int) -> Int64? {
    guard fraction.dropFirst(decimals).allSatisfy({ $0 == 0x30 }) else { return nil }
    let kept = fraction.prefix(decimals)
    let zeros = [UInt8](repeating: 0x30, count: decimals - kept.count)
    var value: Int64 = 0
    for digit in whole + kept + zeros {
      let (product, isTooLarge) = value.multipliedReportingOverflow(by: 10)
      let step = Int64(digit - 0x30)
      let (sum, overflows) = product.addingReportingOverflow(isNegative ? -step : step)
      if isTooLarge || overflows { return nil }
      value = sum
    }
    return value
  }
}
