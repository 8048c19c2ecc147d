package import CBOR

/// The numbers of event types and programs, in order of first use.
///
/// Each number is given by a `name.interned` control event, so that a ledger explains itself;
/// `name.interned` itself is type 1 by definition.
package final class Names {
  /// Which of the two lists a name belongs to; the raw value is part of the stored key.
  package enum Space: UInt8, Sendable {
    case type = 1
    case program = 2

    /// As `name.interned` says it.
    package var text: String {
      switch self {
      case .type: "type"
      case .program: "program"
      }
    }
  }

  /// The type number of `name.interned`.
  package static let internedType: UInt32 = 1
  /// The one name that is known from the start.
  package static let internedName = "name.interned"

  private var types: [String] = [Names.internedName]
  private var programs: [String] = []
  private var typeNumbers: [String: UInt32] = [Names.internedName: 1]
  private var programNumbers: [String: UInt32] = [:]

  package init() {}

  /// How many names the space has; the numbers are 1 ... count.
  package func count(_ space: Space) -> Int {
    space == .type ? types.count : programs.count
  }

  /// The number of `name`, or nil if it was never interned.
  package func number(_ space: Space, _ name: String) -> UInt32? {
    space == .type ? typeNumbers[name] : programNumbers[name]
  }

  /// The name with `number`; nil for 0 and for numbers never given.
  package func name(_ space: Space, _ number: UInt32) -> String? {
    let names = space == .type ? types : programs
    return number >= 1 && Int(number) <= names.count ? names[Int(number) - 1] : nil
  }

  /// Takes over the names of `other`.
  package func replace(with other: Names) {
    types = other.types
    programs = other.programs
    typeNumbers = other.typeNumbers
    programNumbers = other.programNumbers
  }

  /// Gives `name` the next number.
  package func add(_ space: Space, _ name: String) -> UInt32 {
    switch space {
    case .type:
      types.append(name)
      typeNumbers[name] = UInt32(types.count)
      return UInt32(types.count)
    case .program:
      programs.append(name)
      programNumbers[name] = UInt32(programs.count)
      return UInt32(programs.count)
    }
  }

  /// The data of the control event that gives `number` to `name`.
  package static func payload(_ space: Space, number: UInt32, name: String) -> CBORValue {
    ["space": .text(space.text), "number": .unsigned(UInt64(number)), "name": .text(name)]
  }
}
