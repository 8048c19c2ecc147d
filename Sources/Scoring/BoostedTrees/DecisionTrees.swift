/// Trees laid out for walking: all nodes in one array, siblings side by side.
struct DecisionTrees: Equatable, Sendable {
  /// One node, 16 bytes.
  struct Node: Equatable, Sendable {
    /// A threshold, or the number of a category set.
    var condition: Float
    /// The feature's index and what else the flags say.
    var test: UInt32
    /// The index of the left child, the right one's being one more; of the node itself in a leaf.
    var left: UInt32
    /// A leaf's value.
    var value: Float

    static let missingGoesLeft: UInt32 = 1 << 31
    static let isSplit: UInt32 = 1 << 30
    static let isCategorical: UInt32 = 1 << 29
    static let feature: UInt32 = 1 << 29 - 1

    /// A leaf; `index` is the node's own.
    static func leaf(_ value: Float, index: Int) -> Node {
      Node(condition: 0, test: 0, left: UInt32(index), value: value)
    }

    var isLeaf: Bool { test & Self.isSplit == 0 }
  }

  /// A tree: where its root lies, and how many splits there are at most between it and a leaf.
  struct Tree: Equatable, Sendable {
    var root: Int
    var depth: Int
  }

  /// A category set: so many words from an index on.
  struct CategorySet: Equatable, Sendable {
    var start: Int
    var count: Int
  }

  /// All nodes, each tree's in the order root, children of the root, children of the left child …
  var nodes: [Node] = []
  /// The mean margin below each node: of a leaf its value, of a split its children's means by
  /// weight of training rows.
  var means: [Double] = []
  /// The trees in order of summation.
  var trees: [Tree] = []
  var sets: [CategorySet] = []
  /// The bits of the category sets, the lowest category first.
  var words: [UInt32] = []

  /// The sum of `start` and every tree's leaf, in single precision and in the order of the trees,
  /// as libxgboost adds.
  ///
  /// - Parameter values: One for each feature; NaN is missing.
  func margin(_ values: [Float], from start: Float) -> Float {
    guard sets.isEmpty else { return categoricalMargin(values, from: start) }
    let values = values.span
    let nodes = nodes.span
    var sum = start
    var index = 0
    // Each step of a walk waits for memory; four walks at once wait together. A walk that has
    // reached its leaf stays there, so that the number of steps needs no test.
    while index + 4 <= trees.count {
      var (first, second) = (trees[index].root, trees[index + 1].root)
      var (third, fourth) = (trees[index + 2].root, trees[index + 3].root)
      let depth = max(
        max(trees[index].depth, trees[index + 1].depth),
        max(trees[index + 2].depth, trees[index + 3].depth))
      for _ in 0..<depth {
        first = Self.next(nodes[first], values)
        second = Self.next(nodes[second], values)
        third = Self.next(nodes[third], values)
        fourth = Self.next(nodes[fourth], values)
      }
      sum += nodes[first].value
      sum += nodes[second].value
      sum += nodes[third].value
      sum += nodes[fourth].value
      index += 4
    }
    while index < trees.count {
      var node = trees[index].root
      for _ in 0..<trees[index].depth { node = Self.next(nodes[node], values) }
      sum += nodes[node].value
      index += 1
    }
    return sum
  }

  /// The margin as ``margin(_:from:)`` gives it, and each feature's part in the sum of the leaves
  /// added to `parts`: the change of the mean margin at every split on the way that asks for the
  /// feature.
  func margin(_ values: [Float], from start: Float, parts: inout [Double]) -> Float {
    let values = values.span
    let nodes = nodes.span
    let means = means.span
    var sum = start
    for tree in trees {
      var index = tree.root
      var mean = means[index]
      while !nodes[index].isLeaf {
        let feature = Int(nodes[index].test & Node.feature)
        index = child(of: nodes[index], values)
        let next = means[index]
        parts[feature] += next - mean
        mean = next
      }
      sum += nodes[index].value
    }
    return sum
  }

  private func categoricalMargin(_ values: [Float], from start: Float) -> Float {
    let values = values.span
    var sum = start
    for tree in trees {
      var index = tree.root
      while !nodes[index].isLeaf { index = child(of: nodes[index], values) }
      sum += nodes[index].value
    }
    return sum
  }

  /// The child that a number leads to, without a jump: left when it is below the threshold, a
  /// missing one where the node says. A leaf leads to itself.
  @inline(__always)
  private static func next(_ node: Node, _ values: Span<Float>) -> Int {
    let value = values[Int(node.test & Node.feature)]
    let isBelow: UInt32 = value < node.condition ? 1 : 0
    let isMissing: UInt32 = value != value ? 1 : 0
    let goesLeft = isBelow | isMissing & (node.test >> 31)
    return Int(node.left &+ (~goesLeft & (node.test >> 30) & 1))
  }

  /// The child that the values lead to, also at a category set: a category goes left when it is
  /// not in the set.
  @inline(__always)
  private func child(of node: Node, _ values: Span<Float>) -> Int {
    let value = values[Int(node.test & Node.feature)]
    let goesLeft: Bool
    if value.isNaN {
      goesLeft = node.test & Node.missingGoesLeft != 0
    } else if node.test & Node.isCategorical == 0 {
      goesLeft = value < node.condition
    } else {
      goesLeft = !contains(value, in: sets[Int(node.condition.bitPattern)])
    }
    return Int(node.left) + (goesLeft ? 0 : 1)
  }

  /// Whether a category is in a set. Negative ones and those from 2^24 on, which single precision
  /// cannot tell apart, are in none; a fraction is cut off.
  private func contains(_ value: Float, in set: CategorySet) -> Bool {
    guard value >= 0 && value < 0x1p24 else { return false }
    let category = Int(value)
    guard category >> 5 < set.count else { return false }
    return words[set.start + (category >> 5)] >> UInt32(category & 31) & 1 == 1
  }
}
