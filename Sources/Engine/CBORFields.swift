package import CBOR

extension CBORView {
  /// The text under `key`, or the empty text.
  package func text(_ key: borrowing CBORKey) -> String {
    view(forKey: key)?.string ?? ""
  }
}

/// Merging of CBOR maps without decoding their values.
package enum CBORMerge {
  /// `base` with the entries of `changes` put in; an entry that is null removes.
  /// - Parameters:
  ///   - base: One deterministic CBOR map.
  ///   - changes: A deterministic CBOR map with text keys.
  package static func merge(_ base: [UInt8], with changes: CBORView) -> [UInt8] {
    var entries: [(key: [UInt8], value: [UInt8])] = []
    CBORView(storage: base).forEachEntry { key, value in
      entries.append((key.encoded, value.encoded))
    }
    changes.forEachEntry { key, value in
      let encodedKey = key.encoded
      let index = entries.firstIndex { !$0.key.lexicographicallyPrecedes(encodedKey) }
      let isThere = index.map { entries[$0].key == encodedKey } ?? false
      switch (isThere, value.isNull) {
      case (true, true): entries.remove(at: index!)
      case (true, false): entries[index!].value = value.encoded
      case (false, true): break
      case (false, false):
        entries.insert((encodedKey, value.encoded), at: index ?? entries.count)
      }
    }
    var encoder = CBOREncoder(capacity: base.count + 64)
    encoder.mapHeader(entries.count)
    for entry in entries {
      encoder.raw(entry.key)
      encoder.raw(entry.value)
    }
    return encoder.bytes
  }
}
