/// A value of the Common Expression Language.
///
/// Strings are sequences of code points: they compare by their UTF-8 bytes, never by Swift's
/// canonical equivalence. `==` is exact identity of kind and content for tests and hosts (maps
/// without order, NaN unlike NaN); CEL's own equality, which crosses the numeric kinds, is
/// `isEqual(to:)`. Copying a value never copies its elements.
package enum Value: Sendable {
  case null
  case bool(Bool)
  case int(Int64)
  case uint(UInt64)
  case double(Double)
  case string(String)
  case bytes([UInt8])
  case list([Value])
  case map(MapValue)
  /// Seconds since 1970 UTC in years 1…9999, and nanoseconds 0…999,999,999 counting forward.
  case timestamp(seconds: Int64, nanos: Int32)
  /// A length of time within `Int64` nanoseconds; `seconds` and `nanos` have the same sign.
  case duration(seconds: Int64, nanos: Int32)
  /// A type as a value: what `type(x)` gives.
  case type(TypeValue)
  /// An optional: nil is `optional.none()`.
  indirect case optional(Value?)
  /// A value of an extension type.
  case abstract(AbstractValue)
}

/// A type seen at run time: its name, without parameters (`list`, not `list(int)`).
package struct TypeValue: Hashable, Sendable {
  /// The name as CEL writes it: `int`, `null_type`, `google.protobuf.Timestamp`, `net.IP`, …
  package let name: String

  /// The type with this name.
  package init(_ name: String) {
    self.name = name
  }
}

/// A value of an extension type.
package indirect enum AbstractValue: Hashable, Sendable {
  /// `net.IP`: an address of version 4 or 6.
  case address(NetworkAddress)
  /// `net.CIDR`: an address and the length of its network prefix.
  case network(NetworkPrefix)
}

extension Value {
  /// The value's type.
  package var type: TypeValue {
    switch self {
    case .null: TypeValue("null_type")
    case .bool: TypeValue("bool")
    case .int: TypeValue("int")
    case .uint: TypeValue("uint")
    case .double: TypeValue("double")
    case .string: TypeValue("string")
    case .bytes: TypeValue("bytes")
    case .list: TypeValue("list")
    case .map: TypeValue("map")
    case .timestamp: TypeValue("google.protobuf.Timestamp")
    case .duration: TypeValue("google.protobuf.Duration")
    case .type: TypeValue("type")
    case .optional: TypeValue("optional_type")
    case .abstract(.address): TypeValue("net.IP")
    case .abstract(.network): TypeValue("net.CIDR")
    }
  }

  /// Whether this is the zero of its type: what `optional.ofNonZeroValue` turns into none.
  var isZero: Bool {
    switch self {
    case .null: true
    case .bool(let value): !value
    case .int(let value): value == 0
    case .uint(let value): value == 0
    case .double(let value): value == 0
    case .string(let value): value.isEmpty
    case .bytes(let value): value.isEmpty
    case .list(let value): value.isEmpty
    case .map(let value): value.isEmpty
    case .timestamp(let seconds, let nanos): seconds == 0 && nanos == 0
    case .duration(let seconds, let nanos): seconds == 0 && nanos == 0
    case .optional(let value): value == nil
    case .type, .abstract: false
    }
  }

  /// The value that plain selection of `fields` on maps reaches: nil where a map has no such key
  /// or a step is not a map. For hosts that bind an attribute from a whole value.
  package func selecting(_ fields: some Sequence<String>) -> Value? {
    var current = self
    for field in fields {
      guard case .map(let map) = current, let next = map[string: field] else { return nil }
      current = next
    }
    return current
  }
}

/// CEL's equality of two strings, which is never Swift's canonical equivalence: the same UTF-8
/// bytes. Cost: O(length), no allocation.
func sameText(_ left: String, _ right: String) -> Bool {
  guard left.utf8.count == right.utf8.count else { return false }
  // The buffers are only read, within their own count, and do not outlive the closures.
  let isSame = unsafe left.utf8.withContiguousStorageIfAvailable { first in
    unsafe right.utf8.withContiguousStorageIfAvailable { second in
      // Both have the same count, checked above. A plain loop is a tenth of `elementsEqual`.
      var index = 0
      while index < first.count, unsafe first[index] == second[index] { index += 1 }
      return index == first.count
    }
  }
  // Texts that do not lie in one piece are compared byte by byte.
  if case .some(.some(let isSame)) = isSame { return isSame }
  return left.utf8.elementsEqual(right.utf8)
}

/// Negative, zero or positive as `left` comes before, equals or comes after `right` in the order
/// of their UTF-8 bytes, which is the order of their code points.
func textOrder(_ left: String, _ right: String) -> Int {
  let first = left.utf8.span
  let second = right.utf8.span
  let common = min(first.count, second.count)
  for index in 0..<common where first[index] != second[index] {
    return first[index] < second[index] ? -1 : 1
  }
  return first.count - second.count
}
