/// A set of code points, for regular expressions.
struct CharacterSet: Sendable {
  /// In rising order, without overlap.
  private(set) var ranges: [ClosedRange<UInt32>]
  /// General categories of Unicode that belong to the set, or whose complement does.
  var categories: [(prefix: String, isNegated: Bool)] = []
  /// Whether the set holds what is not in `ranges`.
  var isNegated = false
  /// Whether letters count in both cases.
  private(set) var foldsCase = false

  /// Which ASCII characters lie in `ranges`, a bit each.
  private var ascii: UInt128 = 0

  init(_ ranges: [ClosedRange<UInt32>]) {
    var merged: [ClosedRange<UInt32>] = []
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = merged.last, range.lowerBound <= last.upperBound &+ 1 {
        let end = max(last.upperBound, range.upperBound)
        merged[merged.count - 1] = last.lowerBound...end
      } else {
        merged.append(range)
      }
    }
    self.ranges = merged
    for range in merged {
      for value in range.prefix(while: { $0 < 0x80 }) { ascii |= 1 << UInt128(value) }
    }
  }

  /// Every code point that is not in `ranges` of this set, not regarding its flags.
  var complement: [ClosedRange<UInt32>] {
    var gaps: [ClosedRange<UInt32>] = []
    var next: UInt32 = 0
    for range in ranges {
      if range.lowerBound > next { gaps.append(next...(range.lowerBound - 1)) }
      next = range.upperBound + 1
    }
    if next <= 0x10FFFF { gaps.append(next...0x10FFFF) }
    return gaps
  }

  /// The set in which letters count in both cases.
  var foldingCase: CharacterSet {
    var folding = self
    // A letter of the text is looked up in its other cases, which finds all but letters with more
    // than one small form (ς and σ). Few letters are spelt out for them here.
    if ranges.reduce(0, { $0 + $1.count }) <= 256 {
      let scalars = ranges.flatMap { $0 }.compactMap { Unicode.Scalar($0) }
      let others = scalars.flatMap { CharacterSet.variants(of: $0) }
      folding = CharacterSet(ranges + others.map { $0.value...$0.value })
      folding.categories = categories
      folding.isNegated = isNegated
    }
    folding.foldsCase = true
    return folding
  }

  func contains(_ scalar: Unicode.Scalar) -> Bool {
    if holds(scalar) { return !isNegated }
    if foldsCase {
      for variant in CharacterSet.variants(of: scalar) where holds(variant) { return !isNegated }
    }
    return isNegated
  }

  private func holds(_ scalar: Unicode.Scalar) -> Bool {
    if isInRanges(scalar.value) { return true }
    return categories.contains { category in
      let name = CharacterSet.categoryName(scalar.properties.generalCategory)
      return name.hasPrefix(category.prefix) != category.isNegated
    }
  }

  private func isInRanges(_ value: UInt32) -> Bool {
    if value < 0x80 { return (ascii >> UInt128(value)) & 1 == 1 }
    var low = 0
    var high = ranges.count
    while low < high {
      let middle = (low + high) / 2
      if ranges[middle].upperBound < value { low = middle + 1 } else { high = middle }
    }
    return low < ranges.count && ranges[low].lowerBound <= value
  }

  /// The code points that differ from `scalar` in case only, by Unicode's simple mappings.
  private static func variants(of scalar: Unicode.Scalar) -> [Unicode.Scalar] {
    if scalar.isASCII {
      let letter = scalar.value | 0x20
      guard letter &- 0x61 < 26 else { return [] }
      // The Kelvin sign and the long s are the only others that fold to ASCII letters.
      let other: [Unicode.Scalar] =
        letter == 0x6B ? ["\u{212A}"] : letter == 0x73 ? ["\u{17F}"] : []
      return [Unicode.Scalar(UInt8(scalar.value ^ 0x20))] + other
    }
    var found: [Unicode.Scalar] = []
    for text in [scalar.properties.lowercaseMapping, scalar.properties.uppercaseMapping] {
      let scalars = text.unicodeScalars
      guard let first = scalars.first, scalars.count == 1 else { continue }
      found.append(first)
      // Through the capital letter to its other small forms: ς and σ.
      let back = first.properties.lowercaseMapping.unicodeScalars
      if back.count == 1, let small = back.first { found.append(small) }
    }
    return found
  }
}

extension CharacterSet {
  /// The named sets of ASCII: `\d`, `[[:alpha:]]` and so on.
  static let named: [String: [ClosedRange<UInt32>]] = [
    "d": [0x30...0x39], "s": [0x09...0x0A, 0x0C...0x0D, 0x20...0x20],
    "w": [0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A],
    "alnum": [0x30...0x39, 0x41...0x5A, 0x61...0x7A], "alpha": [0x41...0x5A, 0x61...0x7A],
    "ascii": [0x00...0x7F], "blank": [0x09...0x09, 0x20...0x20],
    "cntrl": [0x00...0x1F, 0x7F...0x7F], "digit": [0x30...0x39], "graph": [0x21...0x7E],
    "lower": [0x61...0x7A], "print": [0x20...0x7E],
    "punct": [0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E],
    "space": [0x09...0x0D, 0x20...0x20], "upper": [0x41...0x5A],
    "word": [0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A],
    "xdigit": [0x30...0x39, 0x41...0x46, 0x61...0x66],
  ]

  /// Whether `name` is a general category of Unicode or the first letter of some.
  static func isCategory(_ name: String) -> Bool {
    !name.isEmpty && categoryNames.contains { $0.hasPrefix(name) }
  }

  private static let categoryNames: [String] = [
    "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Pc", "Pd", "Ps", "Pe",
    "Pi", "Pf", "Po", "Sm", "Sc", "Sk", "So", "Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Co", "Cn",
  ]

  private static func categoryName(_ category: Unicode.GeneralCategory) -> String {
    switch category {
    case .uppercaseLetter: "Lu"
    case .lowercaseLetter: "Ll"
    case .titlecaseLetter: "Lt"
    case .modifierLetter: "Lm"
    case .otherLetter: "Lo"
    case .nonspacingMark: "Mn"
    case .spacingMark: "Mc"
    case .enclosingMark: "Me"
    case .decimalNumber: "Nd"
    case .letterNumber: "Nl"
    case .otherNumber: "No"
    case .connectorPunctuation: "Pc"
    case .dashPunctuation: "Pd"
    case .openPunctuation: "Ps"
    case .closePunctuation: "Pe"
    case .initialPunctuation: "Pi"
    case .finalPunctuation: "Pf"
    case .otherPunctuation: "Po"
    case .mathSymbol: "Sm"
    case .currencySymbol: "Sc"
    case .modifierSymbol: "Sk"
    case .otherSymbol: "So"
    case .spaceSeparator: "Zs"
    case .lineSeparator: "Zl"
    case .paragraphSeparator: "Zp"
    case .control: "Cc"
    case .format: "Cf"
    case .surrogate: "Cs"
    case .privateUse: "Co"
    case .unassigned: "Cn"
    @unknown default: "Cn"
    }
  }
}
