import Expressions
import Profiles
package import Programs

extension Scope {
  /// What the program overrides for the customer's marketplace, beside params; nil: nothing. Cost:
  /// nothing where the program has no such overrides, else a look-up in the profile.
  package var marketplace: Program.Marketplace? {
    guard let overrides = binding?.program.marketplaces, !overrides.isEmpty,
      case .string(let code)? = marketplaceTrait
    else { return nil }
    return overrides[code]
  }

  /// The code of the customer's marketplace; nil: it has none.
  package var marketplaceCode: String? {
    if case .string(let code)? = marketplaceTrait { code } else { nil }
  }
}
