package import Ledger

/// What each event type is to a projection: type names resolved to roles once a type.
package struct RoleMap<Role> {
  private let names: Names
  private let resolve: (String) -> Role?
  private var roles: [Role?] = []
  private var isResolved: [Bool] = []

  /// - Parameter resolve: The role of a type name; nil where the type is of no concern.
  package init(names: Names, resolve: @escaping (String) -> Role?) {
    self.names = names
    self.resolve = resolve
  }

  /// The role of the type with this number. Cost: an array access after the first time.
  package mutating func role(ofType number: UInt32) -> Role? {
    let index = Int(number)
    while roles.count <= index {
      roles.append(nil)
      isResolved.append(false)
    }
    if !isResolved[index] {
      isResolved[index] = true
      roles[index] = names.name(.type, number).flatMap(resolve)
    }
    return roles[index]
  }

  /// Forgets what was resolved: the concerns have changed.
  package mutating func removeAll() {
    roles = []
    isResolved = []
  }
}
