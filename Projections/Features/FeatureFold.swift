import Programs

/// How a feature folds, without its expressions: a few words that are copied for nothing.
package struct FeatureFold: Sendable {
  let kind: Program.FeatureKind
  let windowMicroseconds: Int64?
  let settleMicroseconds: Int64?
  let limit: Int
  let order: Program.FeatureOrder

  init(_ feature: Program.Feature) {
    kind = feature.kind
    windowMicroseconds = feature.windowMicroseconds
    settleMicroseconds = feature.settleMicroseconds
    limit = feature.limit
    order = feature.order
  }
}
