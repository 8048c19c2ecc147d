import CBOR
import Ledger

/// Texts by dense number and the other way round: an arena, and open addressing over it.
struct Interner {
  private var arena: [UInt8] = []
  /// Where each text ends in the arena.
  private var ends: [Int] = []
  /// By hash: number + 1, or 0 for a free slot. A power of two, at most half full.
  private var slots: [UInt32]

  /// - Parameter capacity: How many texts there is room for at first.
  init(capacity: Int = 0) {
    var slotCount = 64
    while slotCount < 2 * capacity { slotCount *= 2 }
    slots = [UInt32](repeating: 0, count: slotCount)
    ends.reserveCapacity(capacity)
  }

  /// How many texts have a number; the numbers are 0 ..< count.
  var count: Int { ends.count }

  /// The number of the text in `range` of `bytes`; nil if it never appeared.
  func number(of bytes: [UInt8], in range: Range<Int>) -> UInt32? {
    let slot = slots[slotIndex(of: bytes.rawSpan.extracting(range))]
    return slot == 0 ? nil : slot - 1
  }

  /// The number of the text in `range` of `bytes`, a new one if it never appeared.
  mutating func intern(_ bytes: [UInt8], in range: Range<Int>) -> UInt32 {
    let index = slotIndex(of: bytes.rawSpan.extracting(range))
    if slots[index] != 0 { return slots[index] - 1 }
    let number = UInt32(ends.count)
    arena += bytes[range]
    ends.append(arena.count)
    slots[index] = number + 1
    if ends.count * 2 > slots.count { grow() }
    return number
  }

  /// Gives the next number to a text that has none. Cost: less than ``intern(_:in:)``, as nothing is
  /// compared.
  mutating func appendNew(_ text: RawSpan) {
    let mask = slots.count - 1
    var index = Int(truncatingIfNeeded: Hashing.hash(text)) & mask
    while slots[index] != 0 { index = (index + 1) & mask }
    arena.append(text)
    ends.append(arena.count)
    slots[index] = UInt32(ends.count)
    if ends.count * 2 > slots.count { grow() }
  }

  /// The bytes that have `number`.
  func bytes(of number: UInt32) -> [UInt8] {
    Array(arena[range(of: number)])
  }

  /// The text that has `number`.
  func text(of number: UInt32) -> String {
    arena.rawSpan.string(range(of: number))
  }

  private func range(of number: UInt32) -> Range<Int> {
    let index = Int(number)
    return (index == 0 ? 0 : ends[index - 1])..<ends[index]
  }

  private func slotIndex(of text: RawSpan) -> Int {
    let mask = slots.count - 1
    let stored = arena.rawSpan
    var index = Int(truncatingIfNeeded: Hashing.hash(text)) & mask
    while slots[index] != 0 {
      if stored.matches(range(of: slots[index] - 1), text) { return index }
      index = (index + 1) & mask
    }
    return index
  }

  private mutating func grow() {
    var larger = [UInt32](repeating: 0, count: slots.count * 2)
    let mask = larger.count - 1
    for number in 0..<ends.count {
      let text = arena.rawSpan.extracting(range(of: UInt32(number)))
      var index = Int(truncatingIfNeeded: Hashing.hash(text)) & mask
      while larger[index] != 0 { index = (index + 1) & mask }
      larger[index] = UInt32(number) + 1
    }
    slots = larger
  }
}

/// A 64-bit hash with fixed constants: the same on every run and machine.
enum Hashing {
  /// Multiplies and folds eight bytes a step, after the manner of wyhash.
  static func hash(_ bytes: RawSpan) -> UInt64 {
    let count = bytes.byteCount
    var state: UInt64 = 0x9e37_79b9_7f4a_7c15 ^ UInt64(truncatingIfNeeded: count)
    var offset = 0
    while count &- offset >= 8 {
      state = mix(state ^ bytes.littleEndian(at: offset, as: UInt64.self))
      offset &+= 8
    }
    var tail: UInt64 = 0
    while offset < count {
      tail = tail << 8 | UInt64(bytes.byte(at: offset))
      offset &+= 1
    }
    return mix(state ^ tail)
  }

  /// The two halves of a 128-bit product, folded.
  static func mix(_ word: UInt64) -> UInt64 {
    let product = word.multipliedFullWidth(by: 0xa076_1d64_78bd_642f)
    return product.high ^ product.low
  }
}
