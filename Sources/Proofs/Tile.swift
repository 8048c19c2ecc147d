/// A tile of the tree: up to 256 consecutive hashes of one level (C2SP tlog-tiles, "Merkle Tree").
///
/// The tile `index` of `level` l holds, for i from 0, the roots of the complete subtrees over the
/// leaves [(256·index + i)·256^l, (256·index + i + 1)·256^l). Level 0 are the leaf hashes; each
/// hash of a higher level is the root of one full tile below it. The last tile of a level may be
/// partial; nothing stands above a partial tile yet.
package struct Tile: Hashable, Sendable {
  /// How many hashes a full tile has.
  package static let fullWidth = 256
  /// How many levels of the tree one tile spans.
  package static let height = 8

  /// The level of the tile, 0 for leaf hashes. A tree of at most 2^64 leaves has levels 0 to 7;
  /// the format knows 0 to 63.
  package let level: Int
  /// The tile's place in its level, from 0.
  package let index: UInt64
  /// How many hashes it has: 1 to 256.
  package let width: Int

  /// - Precondition: `0 <= level <= 63` and `1 <= width <= 256`.
  package init(level: Int, index: UInt64, width: Int = Tile.fullWidth) {
    precondition(0...63 ~= level && 1...Tile.fullWidth ~= width, "no such tile")
    self.level = level
    self.index = index
    self.width = width
  }

  /// The tile `index` of `level` as it is in a tree of `size` leaves, or nil where that tree has
  /// no hash in it.
  package init?(level: Int, index: UInt64, size: UInt64) {
    guard 0...63 ~= level else { return nil }
    let hashes = level < 8 ? size >> UInt64(level * Tile.height) : 0
    let (first, overflow) = index.multipliedReportingOverflow(by: UInt64(Tile.fullWidth))
    guard !overflow, first < hashes else { return nil }
    self.init(
      level: level, index: index, width: Int(min(hashes - first, UInt64(Tile.fullWidth))))
  }

  /// All 256 hashes are there.
  package var isFull: Bool { width == Tile.fullWidth }
}

extension Tile {
  /// Where a log serves the tile: `tile/0/x001/067`, with `.p/<width>` behind it where partial.
  package var path: String { "tile/\(level)/\(numberAndWidth)" }

  /// Where a log serves the records of a tile of level 0: `tile/entries/x001/067`.
  package var entriesPath: String { "tile/entries/\(numberAndWidth)" }

  /// The tile that `path` names, or nil where it names none in the one allowed spelling.
  package init?(path: some StringProtocol) {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)[...]
    guard parts.count >= 3, parts.first == "tile" else { return nil }
    guard let level = Self.decimal(parts.dropFirst().first ?? ""), level <= 63 else { return nil }
    var elements = parts.dropFirst(2)
    var width = UInt64(Tile.fullWidth)
    if elements.count >= 2, elements.dropLast().last?.hasSuffix(".p") == true {
      guard let partial = Self.decimal(elements.removeLast()), 1...255 ~= partial else {
        return nil
      }
      width = partial
      elements[elements.endIndex - 1] = elements[elements.endIndex - 1].dropLast(2)
    }
    guard let index = Self.index(elements) else { return nil }
    self.init(level: Int(level), index: index, width: Int(width))
  }

  private var numberAndWidth: String {
    var number = Self.threeDigits(index % 1000)
    var rest = index / 1000
    while rest > 0 {
      number = "x\(Self.threeDigits(rest % 1000))/\(number)"
      rest /= 1000
    }
    return isFull ? number : "\(number).p/\(width)"
  }

  private static func threeDigits(_ number: UInt64) -> String {
    let digits = String(number)
    return String(repeating: "0", count: 3 - digits.utf8.count) + digits
  }

  /// The number that the path elements spell: three digits each, all but the last behind an `x`,
  /// no leading element of zeros.
  private static func index(_ elements: some BidirectionalCollection<some StringProtocol>)
    -> UInt64?
  {
    guard let last = elements.last else { return nil }
    var digits: [UInt8] = []
    for element in elements.dropLast() {
      guard element.utf8.first == UInt8(ascii: "x") else { return nil }
      guard element.utf8.count == 4 else { return nil }
      digits += element.utf8.dropFirst()
    }
    guard last.utf8.count == 3 else { return nil }
    digits += last.utf8
    if digits.count > 3, digits.prefix(3).allSatisfy({ $0 == UInt8(ascii: "0") }) { return nil }
    var index: UInt64 = 0
    for digit in digits {
      guard let next = index.appending(decimalDigit: digit) else { return nil }
      index = next
    }
    return index
  }

  private static func decimal(_ text: some StringProtocol) -> UInt64? {
    UInt64(canonicalDecimal: text.utf8)
  }
}
