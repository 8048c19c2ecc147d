/// The network extension: `ip`, `cidr` and what can be asked of them.
enum NetworkFunctions {
  static let table: [String: Builtin] = {
    var table: [String: Builtin] = [
      "ip/1": .unary { (value, _) throws(EvaluationError) in
        .abstract(.address(try address(value, "ip")))
      },
      "cidr/1": .unary { (value, _) throws(EvaluationError) in
        .abstract(.network(try network(value, "cidr")))
      },
      "isIP/1": .unary { (value, _) throws(EvaluationError) in
        .bool(NetworkAddress(parsing: try TextFunctions.text(value, "isIP")) != nil)
      },
      "isCIDR/1": .unary { (value, _) throws(EvaluationError) in
        .bool(NetworkPrefix(parsing: try TextFunctions.text(value, "isCIDR")) != nil)
      },
      "ip.isCanonical/1": .unary { (value, _) throws(EvaluationError) in
        let text = try TextFunctions.text(value, "ip.isCanonical")
        return .bool(sameText(try address(value, "ip.isCanonical").text, text))
      },
      "cidr.isCanonical/1": .unary { (value, _) throws(EvaluationError) in
        let text = try TextFunctions.text(value, "cidr.isCanonical")
        return .bool(sameText(try network(value, "cidr.isCanonical").masked.text, text))
      },
      ".family/1": .unary { (value, _) throws(EvaluationError) in
        .int(try ownAddress(value, "family").isVersion6 ? 6 : 4)
      },
      ".containsIP/2": .binary { (outer, inner, _) throws(EvaluationError) in
        .bool(try ownNetwork(outer, "containsIP").contains(try address(inner, "containsIP")))
      },
      ".containsCIDR/2": .binary { (outer, inner, _) throws(EvaluationError) in
        let first = try ownNetwork(outer, "containsCIDR")
        let second = try network(inner, "containsCIDR")
        return .bool(second.length >= first.length && first.contains(second.address))
      },
      ".ip/1": .unary { (value, _) throws(EvaluationError) in
        .abstract(.address(try ownNetwork(value, "ip").address))
      },
      ".masked/1": .unary { (value, _) throws(EvaluationError) in
        .abstract(.network(try ownNetwork(value, "masked").masked))
      },
      ".prefixLength/1": .unary { (value, _) throws(EvaluationError) in
        .int(Int64(try ownNetwork(value, "prefixLength").length))
      },
    ]
    let tests: [(String, @Sendable (NetworkAddress) -> Bool)] = [
      ("isUnspecified", { $0.bits == 0 }), ("isLoopback", isLoopback),
      ("isGlobalUnicast", isGlobalUnicast), ("isLinkLocalMulticast", isLinkLocalMulticast),
      ("isLinkLocalUnicast", isLinkLocalUnicast),
    ]
    for (name, test) in tests {
      table[".\(name)/1"] = .unary { (value, _) throws(EvaluationError) in
        .bool(test(try ownAddress(value, name)))
      }
    }
    return table
  }()

  private static func ownAddress(
    _ value: Value, _ name: String
  ) throws(EvaluationError) -> NetworkAddress {
    guard case .abstract(.address(let address)) = value else {
      throw Builtin.refusal(name, value)
    }
    return address
  }

  private static func ownNetwork(
    _ value: Value, _ name: String
  ) throws(EvaluationError) -> NetworkPrefix {
    guard case .abstract(.network(let network)) = value else {
      throw Builtin.refusal(name, value)
    }
    return network
  }

  /// An address, or the one that a text writes.
  private static func address(
    _ value: Value, _ name: String
  ) throws(EvaluationError) -> NetworkAddress {
    guard case .string(let text) = value else { return try ownAddress(value, name) }
    guard let address = NetworkAddress(parsing: text) else {
      throw EvaluationError(
        .conversion, "\(value.shortText) to an IP address (without zone, not IPv4 in IPv6)")
    }
    return address
  }

  private static func network(
    _ value: Value, _ name: String
  ) throws(EvaluationError) -> NetworkPrefix {
    guard case .string(let text) = value else { return try ownNetwork(value, name) }
    guard let network = NetworkPrefix(parsing: text) else {
      throw EvaluationError(
        .conversion, "\(value.shortText) to a network such as 192.168.0.0/24")
    }
    return network
  }

  private static func isLoopback(_ address: NetworkAddress) -> Bool {
    address.isVersion6 ? address.bits == 1 : address.bits >> 24 == 127
  }

  private static func isMulticast(_ address: NetworkAddress) -> Bool {
    address.isVersion6 ? address.bits >> 120 == 0xFF : address.bits >> 28 == 0xE
  }

  private static func isLinkLocalMulticast(_ address: NetworkAddress) -> Bool {
    address.isVersion6
      ? address.bits >> 120 == 0xFF && address.bits >> 112 & 0xF == 2
      : address.bits >> 8 == 0xE0_0000
  }

  private static func isLinkLocalUnicast(_ address: NetworkAddress) -> Bool {
    address.isVersion6 ? address.bits >> 118 == 0x3FA : address.bits >> 16 == 0xA9FE
  }

  private static func isGlobalUnicast(_ address: NetworkAddress) -> Bool {
    address.bits != 0 && !isLoopback(address) && !isMulticast(address)
      && !isLinkLocalUnicast(address)
      && (address.isVersion6 || address.bits != 0xFFFF_FFFF)
  }
}
