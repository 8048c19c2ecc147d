import CMaxMindDB

/// What a database knows of an address.
package struct PlaceRecord: Equatable, Sendable {
  /// ISO 3166-1 code of the country, such as `DE`.
  package var country: String?
  /// Code of the largest part of the country that the file names, without the country's, as in
  /// ISO 3166-2.
  package var subdivision: String?
  /// The city's name in English.
  package var city: String?
  /// Degrees, north and east; both or neither.
  package var latitude: Double?
  package var longitude: Double?
  /// How far from there the address may be, in kilometres.
  package var accuracyKilometres: UInt64?
  /// A name of the IANA database of time zones.
  package var timeZone: String?
  /// Number and name of the network that routes the address (RFC 6793).
  package var system: UInt64?
  package var organisation: String?

  /// Reads what is there; a field of another kind, or out of its range, is left out.
  @unsafe init(_ fields: borrowing PlaceFields) {
    country = unsafe fields.text("country", "iso_code")
    subdivision = unsafe fields.text("subdivisions", "0", "iso_code")
    city = unsafe fields.text("city", "names", "en")
    if let north = unsafe fields.real("location", "latitude"), abs(north) <= 90,
      let east = unsafe fields.real("location", "longitude"), abs(east) <= 180
    {
      latitude = north
      longitude = east
      accuracyKilometres = unsafe fields.whole("location", "accuracy_radius")
    }
    timeZone = unsafe fields.text("location", "time_zone")
    system = unsafe fields.whole("autonomous_system_number")
    organisation = unsafe fields.text("autonomous_system_organization")
  }

  /// Whether it tells where the address is.
  var hasPlace: Bool { country != nil || city != nil || latitude != nil }

  /// Whether it tells whose the address is.
  var hasNetwork: Bool { system != nil }
}

/// The fields of a record, read in place. The first failure stays in ``code``.
@unsafe struct PlaceFields: ~Copyable {
  private let entry: MMDB_entry_s
  private let failure = Failure()

  private final class Failure {
    var code = MMDB_SUCCESS
  }

  /// - Parameter entry: Of a database that stays open longer than this.
  init(_ entry: MMDB_entry_s) {
    unsafe self.entry = unsafe entry
  }

  /// The library's code of the first failure.
  var code: Int32 { unsafe failure.code }

  /// A text that is not empty; at most 128 bytes of it.
  func text(_ first: String, _ second: String? = nil, _ third: String? = nil) -> String? {
    let value = unsafe value(first, second, third)
    guard unsafe value.type == MMDB_DATA_TYPE_UTF8_STRING, let start = unsafe value.text,
      unsafe value.text_size > 0
    else { return nil }
    // SAFETY: the library has checked that so many bytes lie in the mapped file. What is no UTF-8
    // is repaired.
    let bytes = unsafe UnsafeRawBufferPointer(
      start: start, count: min(value.text_size, PlaceText.limitBytes + 4))
    return PlaceText.cut(unsafe String(decoding: bytes, as: UTF8.self))
  }

  /// A finite number.
  func real(_ first: String, _ second: String? = nil) -> Double? {
    let value = unsafe value(first, second, nil)
    switch unsafe Int32(bitPattern: value.type) {
    case MMDB_DATA_TYPE_DOUBLE, MMDB_DATA_TYPE_FLOAT:
      return unsafe value.real.isFinite ? value.real : nil
    default: return nil
    }
  }

  /// A whole number from 0 on.
  func whole(_ first: String, _ second: String? = nil) -> UInt64? {
    let value = unsafe value(first, second, nil)
    switch unsafe Int32(bitPattern: value.type) {
    case MMDB_DATA_TYPE_UINT16, MMDB_DATA_TYPE_UINT32, MMDB_DATA_TYPE_UINT64:
      return unsafe value.whole
    default: return nil
    }
  }

  private func value(_ first: String, _ second: String?, _ third: String?) -> cmaxminddb_value {
    var value = unsafe cmaxminddb_value()
    // SAFETY: the texts are read during the call. What the value points to lies in the mapping.
    let code = unsafe cmaxminddb_read(entry, first, second, third, &value)
    if unsafe code != MMDB_SUCCESS && failure.code == MMDB_SUCCESS { unsafe failure.code = code }
    return unsafe value
  }
}

/// Texts out of a database.
enum PlaceText {
  /// The most bytes that are taken of one.
  static let limitBytes = 128

  /// The beginning of `text`, cut between characters.
  static func cut(_ text: String) -> String {
    guard text.utf8.count > limitBytes else { return text }
    var kept = ""
    for character in text {
      guard kept.utf8.count + character.utf8.count <= limitBytes else { break }
      kept.append(character)
    }
    return kept
  }
}
