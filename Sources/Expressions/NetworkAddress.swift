/// An internet address of version 4 or 6, as a 128-bit number.
package struct NetworkAddress: Hashable, Sendable {
  /// The address; for version 4 in the low 32 bits.
  package let bits: UInt128
  /// Whether this is an address of version 6.
  package let isVersion6: Bool

  init(bits: UInt128, isVersion6: Bool) {
    self.bits = bits
    self.isVersion6 = isVersion6
  }

  /// Parses `192.168.0.1` (no zeros in front) or `2001:db8::1` (RFC 4291 section 2.2); zones and
  /// addresses of version 4 written as version 6 are refused.
  package init?(parsing text: String) {
    let bytes = Array(text.utf8)
    if bytes.contains(0x3A) {
      guard let bits = NetworkAddress.version6(bytes), bits >> 32 != 0xFFFF else { return nil }
      self.init(bits: bits, isVersion6: true)
    } else {
      guard let bits = NetworkAddress.version4(bytes[...]) else { return nil }
      self.init(bits: UInt128(bits), isVersion6: false)
    }
  }

  /// How many bits an address of this version has.
  var width: Int { isVersion6 ? 128 : 32 }

  /// The canonical text (RFC 5952 section 4).
  package var text: String {
    guard isVersion6 else {
      return [24, 16, 8, 0].map { String(UInt8(truncatingIfNeeded: bits >> $0)) }
        .joined(separator: ".")
    }
    let groups = (0..<8).map { UInt16(truncatingIfNeeded: bits >> (112 - 16 * $0)) }
    var gap = 0..<0
    var start = 0
    while start < 8 {
      var end = start
      while end < 8, groups[end] == 0 { end += 1 }
      // One zero group alone is written out; of two equal gaps the first is closed.
      if end - start >= 2, end - start > gap.count { gap = start..<end }
      start = max(end, start + 1)
    }
    let texts = groups.map { String($0, radix: 16) }
    if gap.isEmpty { return texts.joined(separator: ":") }
    return texts[..<gap.lowerBound].joined(separator: ":") + "::"
      + texts[gap.upperBound...].joined(separator: ":")
  }

  private static func version4(_ bytes: ArraySlice<UInt8>) -> UInt32? {
    let parts = bytes.split(separator: 0x2E, omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    var bits: UInt32 = 0
    for part in parts {
      guard part.allSatisfy(isDigit), part.count == 1 || part.first != 0x30,
        let number = UInt8(String(decoding: part, as: UTF8.self))
      else { return nil }
      bits = bits << 8 | UInt32(number)
    }
    return bits
  }

  private static func version6(_ bytes: [UInt8]) -> UInt128? {
    // At most one "::", which stands for as many zero groups as are missing.
    var halves: [ArraySlice<UInt8>] = [bytes[...]]
    if let gap = bytes.indices.dropLast().first(where: {
      bytes[$0] == 0x3A && bytes[$0 + 1] == 0x3A
    }) {
      halves = [bytes[..<gap], bytes[(gap + 2)...]]
    }
    var groups: [[UInt16]] = []
    for (position, half) in halves.enumerated() {
      guard let part = version6Groups(half, mayEndInVersion4: position == halves.count - 1) else {
        return nil
      }
      groups.append(part)
    }
    let count = groups.reduce(0) { $0 + $1.count }
    guard halves.count == 1 ? count == 8 : count < 8 else { return nil }
    let zeros = [UInt16](repeating: 0, count: 8 - count)
    let all = groups.count == 1 ? groups[0] : groups[0] + zeros + groups[1]
    return all.reduce(UInt128(0)) { $0 << 16 | UInt128($1) }
  }

  private static func version6Groups(
    _ bytes: ArraySlice<UInt8>, mayEndInVersion4: Bool
  ) -> [UInt16]? {
    if bytes.isEmpty { return [] }
    let parts = bytes.split(separator: 0x3A, omittingEmptySubsequences: false)
    var groups: [UInt16] = []
    for (position, part) in parts.enumerated() {
      if mayEndInVersion4, position == parts.count - 1, part.contains(0x2E) {
        guard let bits = version4(part) else { return nil }
        groups += [UInt16(truncatingIfNeeded: bits >> 16), UInt16(truncatingIfNeeded: bits)]
      } else {
        guard (1...4).contains(part.count), part.allSatisfy({ hexValue($0) != nil }) else {
          return nil
        }
        groups.append(part.reduce(0) { $0 << 4 | UInt16(hexValue($1) ?? 0) })
      }
    }
    return groups
  }
}

/// An address with the length of its network prefix: `192.168.0.0/24`.
package struct NetworkPrefix: Hashable, Sendable {
  /// The address, with the bits after the prefix as they were written.
  package let address: NetworkAddress
  /// 0…32 for version 4, 0…128 for version 6.
  package let length: Int

  init(address: NetworkAddress, length: Int) {
    self.address = address
    self.length = length
  }

  /// Parses an address, a slash and a length without zeros in front.
  package init?(parsing text: String) {
    let bytes = Array(text.utf8)
    guard let slash = bytes.lastIndex(of: 0x2F),
      let address = NetworkAddress(
        parsing: String(decoding: bytes[..<slash], as: UTF8.self))
    else { return nil }
    let digits = bytes[(slash + 1)...]
    guard (1...3).contains(digits.count), digits.allSatisfy(isDigit),
      digits.count == 1 || digits.first != 0x30,
      let length = Int(String(decoding: digits, as: UTF8.self)), length <= address.width
    else { return nil }
    self.init(address: address, length: length)
  }

  /// The address with all bits after the prefix set to zero.
  var masked: NetworkPrefix {
    let shift = address.width - length
    let bits = shift >= 128 ? 0 : (address.bits >> shift) << shift
    return NetworkPrefix(
      address: NetworkAddress(bits: bits, isVersion6: address.isVersion6), length: length)
  }

  /// Whether `other` is of the same version and has the same prefix.
  func contains(_ other: NetworkAddress) -> Bool {
    other.isVersion6 == address.isVersion6
      && NetworkPrefix(address: other, length: length).masked == masked
  }

  /// The canonical text; bits after the prefix are kept.
  package var text: String { "\(address.text)/\(length)" }
}
