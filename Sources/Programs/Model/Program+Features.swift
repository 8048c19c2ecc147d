package import Expressions

extension Program {
  /// A customer's trait, as the profile keeps it.
  package struct Trait: Sendable {
    /// The field of `customer`.
    package let name: String
    /// What its values are.
    package let type: TraitType
    /// The value where the profile has none.
    package let defaultValue: Value
    /// Whether every program has it, declared or not.
    package let isStandard: Bool
  }

  /// The type of a trait; a stored value of another type reads as the default.
  package enum TraitType: String, Sendable, CaseIterable {
    case string, bool, int, double

    /// The type in expressions.
    package var valueType: ValueType {
      switch self {
      case .string: .string
      case .bool: .bool
      case .int: .int
      case .double: .double
      }
    }
  }

  /// An event that writes a trait of its subject, before the policies see the event.
  package struct TraitUpdate: Sendable {
    /// The types of events, sorted by their bytes.
    package let types: [String]
    /// The list whose elements are looked at one by one; nil: the event itself, once.
    package let each: CompiledExpression?
    /// The variable that holds the element; empty without `each`.
    package let elementName: String
    /// Whether it applies; nil: always. An error counts as false.
    package let when: CompiledExpression?
    /// The trait's index in `Program.traits`.
    package let trait: Int
    /// The new value; null removes the trait, an error leaves it as it is.
    package let value: CompiledExpression
    /// Equal for equal definitions, also in another program: they need to be applied only once.
    package let identity: String
  }

  /// Something other than a customer that features are kept for.
  package struct Entity: Sendable {
    /// Its name, which is also the function that expressions read it with.
    package let name: String
    /// Its key in an event (string or integer; an integer is taken in decimal). An error for an
    /// absent field, null and "" mean that the event does not concern it.
    package let key: CompiledExpression
    /// The key's source: entities of two programs with equal names and key sources are the same.
    package let keySource: String
  }

  /// How a feature folds events.
  package enum FeatureKind: String, Sendable, CaseIterable {
    case count, sum, avg, min, max, first, last, distinct, exists, collect, hours
  }

  /// Whom a feature is kept for.
  package enum FeatureOwner: Hashable, Sendable {
    case customer
    /// An index in `Program.entities`.
    case entity(Int)
  }

  /// By which of an event's times `first`, `last` and windows go.
  package enum FeatureOrder: String, Sendable, CaseIterable {
    case recorded, occurred
  }

  /// A declared feature. An event of one of its types is folded in if `where` is true and `value`
  /// has a value; an evaluation error in either leaves the event (or element) out.
  package struct Feature: Sendable {
    /// Whom it is kept for.
    package let owner: FeatureOwner
    /// The field of `customer` or of the entity, unique for its owner.
    package let name: String
    /// How it folds.
    package let kind: FeatureKind
    /// The types of events, sorted by their bytes.
    package let types: [String]
    /// The list whose elements are folded one by one; nil: the event itself, once.
    package let each: CompiledExpression?
    /// The variable that holds the element; empty without `each`.
    package let elementName: String
    /// Which events or elements count; nil: all.
    package let filter: CompiledExpression?
    /// What is folded; nil for `count`, `exists` and `hours`.
    package let value: CompiledExpression?
    /// Events in (now - window, now]; nil: all time.
    package let windowMicroseconds: Int64?
    /// `distinct` only: a value is there when it was first seen at least this long before now.
    package let settleMicroseconds: Int64?
    /// `distinct` and `collect`: how many values are kept; the oldest goes.
    package let limit: Int
    /// `collect` only: what tells its values apart, so that a later one takes the place of an earlier
    /// one; nil: nothing does. An error, null and "" leave the event out.
    package let key: CompiledExpression?
    /// `collect` with a key: the types of events that take the value with their key away, sorted.
    package let removeTypes: [String]
    /// Whether the event that is being handled counts already.
    package let includesCurrent: Bool
    /// Which of an event's times it goes by.
    package let order: FeatureOrder
    /// The value before any event; nil: unset, so that `has()` is false and reading an error.
    package let defaultValue: Value?
    /// The type in expressions.
    package let valueType: ValueType
    /// Equal for equal definitions, also in another program: they can share their state.
    package let identity: String
  }

  /// An event that silence brings about. Per key, one silence at a time.
  package struct Derive: Sendable {
    /// The type of the event; an event of this type from outside disarms.
    package let eventType: String
    /// The key that must stay silent; an error, null or "" means that the event has none.
    package let key: CompiledExpression
    /// The entity whose key it is, an index in `Program.entities`; nil: none.
    package let entity: Int?
    /// The types of events that break the silence, sorted; nil: every input that has the key.
    package let types: [String]?
    /// How long the silence lasts, in microseconds of ledger time after the last event.
    package let silenceMicroseconds: Int64
    /// Asked after each event with the key (features include it): true arms anew, false disarms;
    /// nil: true.
    package let arm: CompiledExpression?
    /// Asked again when due; nil: true.
    package let when: CompiledExpression?
    /// The data of the event: a `.map`.
    package let data: ExpressionTree
  }
}
