package import CBOR
import CivilTime
package import Expressions

extension Value {
  /// The value of an item: integers beyond Int64 become `uint`, floats `double`, maps `map`.
  ///
  /// An integer below -2^63 has no CEL type and becomes the nearest double; a tag is dropped.
  package init(_ item: CBORView) {
    let head = item.head
    switch head.kind {
    case .unsigned:
      if let value = head.int64 { self = .int(value) } else { self = .uint(head.uint64 ?? 0) }
    case .negative:
      if let value = head.int64 {
        self = .int(value)
      } else {
        self = .double(-0x1p63)
      }
    case .bytes: self = .bytes(item.byteString ?? [])
    case .text: self = .string(item.string ?? "")
    case .array:
      var elements: [Value] = []
      elements.reserveCapacity(head.count)
      item.forEachElement { elements.append(Value($0)) }
      self = .list(elements)
    case .map:
      var fields: [(name: String, value: Value)] = []
      fields.reserveCapacity(head.count)
      item.forEachEntry { key, value in
        fields.append((key.string ?? key.value.diagnostic, Value(value)))
      }
      self = .map(MapValue(fields: fields))
    case .tag: self = item.tagContent.map { Value($0) } ?? .null
    case .bool: self = .bool(head.bool ?? false)
    case .null, .undefined, .simple: self = .null
    case .float: self = .double(head.double ?? 0)
    }
  }

  /// Writes the value as deterministic CBOR. Timestamps become RFC 3339 text, durations text in
  /// seconds (`1.5s`), types and addresses their names, absent optionals null.
  package func encode(into encoder: inout CBOREncoder) {
    switch self {
    case .null: encoder.null()
    case .bool(let value): encoder.bool(value)
    case .int(let value): encoder.signed(value)
    case .uint(let value): encoder.unsigned(value)
    case .double(let value): encoder.double(value)
    case .string(let value): encoder.text(value)
    case .bytes(let value): encoder.bytes(value)
    case .list(let elements):
      encoder.arrayHeader(elements.count)
      for element in elements { element.encode(into: &encoder) }
    case .map(let map): Self.encode(map, into: &encoder)
    case .optional(let value): (value ?? .null).encode(into: &encoder)
    case .timestamp, .duration, .type, .abstract: encoder.text(text)
    }
  }

  private static func encode(_ map: MapValue, into encoder: inout CBOREncoder) {
    if map.hasOrderedNames {
      encoder.mapHeader(map.count)
      for index in 0..<map.count {
        let (key, value) = map.entry(at: index)
        key.encode(into: &encoder)
        value.encode(into: &encoder)
      }
      return
    }
    var builder = CBORMapBuilder()
    for (key, value) in zip(map.keys, map.values) {
      builder.add(text: key.text) { value.encode(into: &$0) }
    }
    var sorted = encoder
    do throws(CBORError) {
      try builder.finish(into: &sorted)
      encoder = sorted
    } catch {
      // Two keys of different types with the same text: the value cannot be told from its text.
      encoder.text("a map with keys that are alike")
    }
  }

  /// The value as text: strings as they are, numbers in decimal, times as RFC 3339.
  package var text: String {
    switch self {
    case .string(let value): value
    case .int(let value): String(value)
    case .uint(let value): String(value)
    case .bool(let value): value ? "true" : "false"
    case .double(let value): "\(value)"
    case .null: "null"
    case .timestamp(let seconds, let nanos):
      RFC3339.string(microseconds: seconds &* 1_000_000 &+ Int64(nanos / 1_000))
    case .duration(let seconds, let nanos): Self.durationText(seconds, nanos)
    case .type(let type): type.name
    case .abstract(let value): "\(value)"
    case .optional(let value): value?.text ?? "null"
    case .bytes, .list, .map:
      Self.diagnostic(self)
    }
  }

  private static func durationText(_ seconds: Int64, _ nanos: Int32) -> String {
    guard nanos != 0 else { return "\(seconds)s" }
    let sign = seconds < 0 || nanos < 0 ? "-" : ""
    let digits = String(Int64(nanos.magnitude) + 1_000_000_000).dropFirst()
    return "\(sign)\(seconds.magnitude).\(digits)s"
  }

  private static func diagnostic(_ value: Value) -> String {
    var encoder = CBOREncoder()
    value.encode(into: &encoder)
    return CBORView(storage: encoder.bytes).value.diagnostic
  }

  /// The value as it comes back after having been stored as CBOR: times and durations are texts,
  /// unsigned integers within Int64 are `int`, optionals are what they hold.
  ///
  /// What projections and runs keep is this from the start, so that it reads the same before and
  /// after it was written. Cost: nothing for flags, numbers and texts.
  package var stored: Value {
    switch self {
    case .null, .bool, .int, .double, .string, .bytes: self
    case .list(let elements):
      isStored ? self : .list(elements.map(\.stored))
    case .map(let map): isStored ? self : map.stored ?? Value(CBORView(storage: cbor))
    case .uint, .timestamp, .duration, .type, .optional, .abstract:
      Value(CBORView(storage: cbor))
    }
  }

  /// Whether the value is as it would come back: also in the order of the keys of its maps.
  private var isStored: Bool {
    switch self {
    case .null, .bool, .int, .double, .string, .bytes: return true
    case .list(let elements): return elements.allSatisfy(\.isStored)
    case .map(let map):
      return map.hasOrderedNames
        && (0..<map.count).allSatisfy { map.entry(at: $0).value.isStored }
    case .uint, .timestamp, .duration, .type, .optional, .abstract: return false
    }
  }

  /// The value as deterministic CBOR.
  package var cbor: [UInt8] {
    var encoder = CBOREncoder()
    encode(into: &encoder)
    return encoder.bytes
  }

  /// The value as a CBOR value: what ``encode(into:)`` writes.
  package var cborValue: CBORValue {
    switch self {
    case .null: .null
    case .bool(let value): .bool(value)
    case .int(let value): .signed(value)
    case .uint(let value): .unsigned(value)
    case .double(let value): .double(value)
    case .string(let value): .text(value)
    case .bytes(let value): .bytes(value)
    case .list(let elements): .array(elements.map(\.cborValue))
    case .optional(let value): (value ?? .null).cborValue
    case .map(let map): Self.cborValue(map) ?? CBORView(storage: cbor).value
    case .timestamp, .duration, .type, .abstract: .text(text)
    }
  }

  /// A map with text keys as a CBOR value; nil for other keys.
  private static func cborValue(_ map: MapValue) -> CBORValue? {
    var pairs: [(String, CBORValue)] = []
    pairs.reserveCapacity(map.count)
    for (key, value) in zip(map.keys, map.values) {
      guard case .string(let name) = key else { return nil }
      pairs.append((name, value.cborValue))
    }
    do throws(CBORError) {
      return .map(try CBORMap(pairs))
    } catch {
      return nil
    }
  }

  /// A moment, from microseconds since 1970 UTC.
  package static func timestamp(microseconds: Int64) -> Value {
    let seconds = microseconds.flooredQuotient(by: 1_000_000)
    return .timestamp(seconds: seconds, nanos: Int32(microseconds - seconds * 1_000_000) * 1_000)
  }

  /// Microseconds since 1970 UTC of a moment; nil for other values.
  package var microseconds: Int64? {
    guard case .timestamp(let seconds, let nanos) = self else { return nil }
    return seconds * 1_000_000 + Int64(nanos) / 1_000
  }
}

extension MapValue {
  /// The map as it comes back after having been stored; nil where a key is no text.
  fileprivate var stored: Value? {
    var fields: [(name: String, value: Value)] = []
    fields.reserveCapacity(count)
    for index in 0..<count {
      let (key, value) = entry(at: index)
      guard case .string(let name) = key else { return nil }
      fields.append((name, value.stored))
    }
    fields.sort { CBORMap.textPrecedes($0.name, $1.name) }
    return .map(MapValue(fields: fields))
  }

  /// Whether all keys are texts in the order of their encoded forms, as in maps that were stored.
  fileprivate var hasOrderedNames: Bool {
    var last: String?
    for index in 0..<count {
      guard case .string(let key) = entry(at: index).key else { return false }
      if let last, !CBORMap.textPrecedes(last, key) { return false }
      last = key
    }
    return true
  }
}

extension Int64 {
  /// The quotient, rounded towards minus infinity.
  fileprivate func flooredQuotient(by divisor: Int64) -> Int64 {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
  }
}
