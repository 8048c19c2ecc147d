extension UInt64 {
  /// The number that ASCII digits spell without leading zeros, or nil where they are anything
  /// else or the number does not fit.
  init?(canonicalDecimal digits: some Collection<UInt8>) {
    guard let first = digits.first, first != UInt8(ascii: "0") || digits.count == 1 else {
      return nil
    }
    self = 0
    for digit in digits {
      guard let next = appending(decimalDigit: digit) else { return nil }
      self = next
    }
  }

  /// This number with one more ASCII digit behind it, or nil where that is none or too large.
  func appending(decimalDigit digit: UInt8) -> UInt64? {
    guard UInt8(ascii: "0")...UInt8(ascii: "9") ~= digit else { return nil }
    let (shifted, tooLarge) = multipliedReportingOverflow(by: 10)
    let (sum, carries) = shifted.addingReportingOverflow(UInt64(digit - UInt8(ascii: "0")))
    return tooLarge || carries ? nil : sum
  }
}
