/// Points computed by mpmath 1.3.0 with 220 and more bits: the arguments' bits, the bits of the
/// correctly rounded result, and how far the true value lies from it in thousandths of an ulp.
/// Together these give an implementation's error to a thousandth of an ulp.
///
/// Each function's list opens with hand-picked extremes; the rest is random over the ranges
/// that its method treats differently.
enum References {
  struct Point: Sendable {
    let arguments: [Double]
    let rounded: Double
    let residual: Double

    /// The distance of `value` from the true result in ulp of the rounded one.
    func error(of value: Double) -> Double {
      ((value - rounded) / rounded.ulp - residual).magnitude
    }
  }

  static func points(_ text: String) -> [Point] {
    text.split(whereSeparator: { $0 == "\n" || $0 == ";" }).map { row in
      let words = row.split(separator: " ")
      let values = words.dropLast().map { Double(bitPattern: UInt64($0, radix: 16)!) }
      return Point(
        arguments: values.dropLast(), rounded: values.last!,
        residual: Double(Int(words.last!)!) / 1_000)
    }
  }
}
