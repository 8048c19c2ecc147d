import Foundation

/// Turns a model's JSON into UBJSON without types and counts of arrays, the format's plainest form,
/// which XGBoost itself does not write.
enum UBJSONWriter {
  static func bytes(ofJSON json: [UInt8]) throws -> [UInt8] {
    var bytes: [UInt8] = []
    write(try JSONSerialization.jsonObject(with: Data(json)), to: &bytes)
    return bytes
  }

  private static func write(_ value: Any, to bytes: inout [UInt8]) {
    switch value {
    case let text as String:
      bytes.append(UInt8(ascii: "S"))
      write(text, to: &bytes)
    case let number as NSNumber:
      // A fraction as D, a whole number as l: both are read into what JSON's digits are read into.
      if let whole = Int32(exactly: number.doubleValue) {
        bytes.append(UInt8(ascii: "l"))
        withUnsafeBytes(of: whole.bigEndian) { bytes += $0 }
      } else {
        bytes.append(UInt8(ascii: "D"))
        withUnsafeBytes(of: number.doubleValue.bitPattern.bigEndian) { bytes += $0 }
      }
    case let array as [Any]:
      bytes.append(UInt8(ascii: "["))
      for element in array { write(element, to: &bytes) }
      bytes.append(UInt8(ascii: "]"))
    case let object as [String: Any]:
      bytes.append(UInt8(ascii: "{"))
      for (key, value) in object.sorted(by: { $0.key < $1.key }) {
        write(key, to: &bytes)
        write(value, to: &bytes)
      }
      bytes.append(UInt8(ascii: "}"))
    default: bytes.append(UInt8(ascii: "Z"))
    }
  }

  private static func write(_ text: String, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "N"))
    bytes.append(UInt8(ascii: "I"))
    withUnsafeBytes(of: Int16(text.utf8.count).bigEndian) { bytes += $0 }
    bytes += Array(text.utf8)
  }
}
