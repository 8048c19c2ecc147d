/// The arrays of one tree as the file holds them, of one length.
struct XGBoostTree {
  private let path: String
  private let left: [Int64]
  private let right: [Int64]
  private let features: [Int64]
  private let conditions: [Float]
  private let missingGoesLeft: [Int64]
  private let weights: [Float]
  /// For each node that is a categorical split, its categories.
  private let categories: [Int: ArraySlice<Int64>]

  /// Reads the arrays and checks their lengths.
  init(_ tree: XGBoostField) throws(BoostedTreesError) {
    path = tree.path
    if let parameters = try tree.optional("tree_param"),
      let size = try parameters.optional("size_leaf_vector"),
      try size.count(upTo: .max) > 1
    {
      throw BoostedTreesError(
        .severalOutputs, size.path, "the leaves are vectors", mend: "train one model per target")
    }
    left = try tree.field("left_children").integers()
    right = try Self.integers(tree, "right_children", count: left.count)
    features = try Self.integers(tree, "split_indices", count: left.count)
    missingGoesLeft = try Self.integers(tree, "default_left", count: left.count)
    conditions = try Self.floats(tree, "split_conditions", count: left.count)
    weights = try Self.floats(tree, "sum_hessian", count: left.count)
    categories = try Self.categories(tree, count: left.count)
  }

  /// Lays the nodes that the root reaches out behind those of earlier trees.
  ///
  /// The nodes that pruning left behind, which no other names, are dropped.
  func append(
    to trees: inout DecisionTrees, featureCount: Int
  ) throws(BoostedTreesError) {
    guard !left.isEmpty else { throw fault("left_children", "there is no node") }
    let start = trees.nodes.count
    var isPlaced = [Bool](repeating: false, count: left.count)
    // `origins[i]` is the number in the file of the node at `start + i`, `depths[i]` its depth.
    var origins = [0]
    var depths = [0]
    var pending = [start]
    isPlaced[0] = true
    trees.nodes.append(.leaf(0, index: start))
    while let index = pending.popLast() {
      let origin = origins[index - start]
      guard left[origin] != -1 else {
        trees.nodes[index] = .leaf(try leaf(origin), index: index)
        continue
      }
      let children = try children(of: origin, &isPlaced)
      let first = trees.nodes.count
      trees.nodes[index] = try split(origin, featureCount, left: UInt32(first), &trees)
      trees.nodes += [.leaf(0, index: first), .leaf(0, index: first + 1)]
      origins += [children, children + 1]
      depths += repeatElement(depths[index - start] + 1, count: 2)
      pending += [first + 1, first]
    }
    trees.trees.append(.init(root: start, depth: depths.max() ?? 0))
    try appendMeans(to: &trees, start: start, origins)
  }

  /// The number of the left child, whose right sibling follows it.
  private func children(
    of origin: Int, _ isPlaced: inout [Bool]
  ) throws(BoostedTreesError) -> Int {
    guard let child = Int(exactly: left[origin]), child > 0, child < isPlaced.count - 1,
      right[origin] == child + 1
    else {
      throw fault(
        "left_children[\(origin)]",
        "the children \(left[origin]) and \(right[origin]) are no two neighbouring nodes")
    }
    guard !isPlaced[child] && !isPlaced[child + 1] else {
      throw fault("left_children[\(origin)]", "node \(child) is the child of two nodes")
    }
    isPlaced[child] = true
    isPlaced[child + 1] = true
    return child
  }

  /// Children come behind their parents, so that a walk from the end finds them done.
  private func appendMeans(
    to trees: inout DecisionTrees, start: Int, _ origins: [Int]
  ) throws(BoostedTreesError) {
    trees.means += repeatElement(0, count: origins.count)
    for index in (start..<trees.nodes.count).reversed() {
      let node = trees.nodes[index]
      guard !node.isLeaf else {
        trees.means[index] = Double(node.value)
        continue
      }
      let child = Int(node.left)
      let left = try weight(origins[child - start])
      let right = try weight(origins[child + 1 - start])
      let total = left + right
      let share = total > 0 ? left / total : 0.5
      trees.means[index] = trees.means[child] * share + trees.means[child + 1] * (1 - share)
    }
  }

  private func weight(_ origin: Int) throws(BoostedTreesError) -> Double {
    let weight = weights[origin]
    guard weight >= 0 && weight.isFinite else {
      throw BoostedTreesError(
        .invalidNumber, "\(path).sum_hessian[\(origin)]",
        "\(weight) is no finite number from 0 on", mend: "save the model anew")
    }
    return Double(weight)
  }

  private func leaf(_ origin: Int) throws(BoostedTreesError) -> Float {
    guard right[origin] == -1 else {
      throw fault("right_children[\(origin)]", "a leaf has the right child \(right[origin])")
    }
    guard conditions[origin].isFinite else {
      throw BoostedTreesError(
        .invalidNumber, "\(path).split_conditions[\(origin)]",
        "the leaf's value is \(conditions[origin])", mend: "train the model anew")
    }
    return conditions[origin]
  }

  private func split(
    _ origin: Int, _ featureCount: Int, left: UInt32, _ trees: inout DecisionTrees
  ) throws(BoostedTreesError) -> DecisionTrees.Node {
    guard let feature = Int(exactly: features[origin]), feature >= 0, feature < featureCount else {
      throw BoostedTreesError(
        .invalidFeatures, "\(path).split_indices[\(origin)]",
        "there is no feature \(features[origin])", mend: "the model has \(featureCount)")
    }
    var node = DecisionTrees.Node(
      condition: conditions[origin], test: UInt32(feature) | DecisionTrees.Node.isSplit,
      left: left, value: 0)
    switch missingGoesLeft[origin] {
    case 0: break
    case 1: node.test |= DecisionTrees.Node.missingGoesLeft
    case let direction:
      throw fault("default_left[\(origin)]", "\(direction) is neither 0 nor 1")
    }
    if let categories = categories[origin] {
      node.test |= DecisionTrees.Node.isCategorical
      node.condition = Float(bitPattern: UInt32(trees.sets.count))
      try append(categories, to: &trees)
    } else if node.condition.isNaN {
      throw BoostedTreesError(
        .invalidNumber, "\(path).split_conditions[\(origin)]", "the threshold is NaN",
        mend: "train the model anew")
    }
    return node
  }

  /// Adds a category set.
  private func append(
    _ categories: ArraySlice<Int64>, to trees: inout DecisionTrees
  ) throws(BoostedTreesError) {
    let start = trees.words.count
    var words: [UInt32] = []
    for index in categories.indices {
      let category = categories[index]
      guard category >= 0 && category < 1 << 24 else {
        throw BoostedTreesError(
          .invalidCategories, "\(path).categories[\(index)]",
          "\(category) is no category from 0 to 16777215", mend: "save the model anew")
      }
      let word = Int(category >> 5)
      if word >= words.count { words += repeatElement(0, count: word + 1 - words.count) }
      words[word] |= 1 << UInt32(category & 31)
      guard start + words.count <= BoostedTreesLimits.categoryBits / 32 else {
        throw BoostedTreesError(
          .tooLarge, "\(path).categories[\(index)]",
          "the category sets have more than \(BoostedTreesLimits.categoryBits) bits",
          mend: "number the categories from 0 without gaps")
      }
    }
    trees.sets.append(.init(start: start, count: words.count))
    trees.words += words
  }

  private func fault(_ field: String, _ message: String) -> BoostedTreesError {
    BoostedTreesError(
      .invalidTree, "\(path).\(field)", message, mend: "save the model with XGBoost's save_model")
  }

  // MARK: - Reading

  private static func integers(
    _ tree: XGBoostField, _ name: String, count: Int
  ) throws(BoostedTreesError) -> [Int64] {
    let field = try tree.field(name)
    let integers = try field.integers()
    try check(integers.count, count, field)
    return integers
  }

  private static func floats(
    _ tree: XGBoostField, _ name: String, count: Int
  ) throws(BoostedTreesError) -> [Float] {
    let field = try tree.field(name)
    let floats = try field.floats()
    try check(floats.count, count, field)
    return floats
  }

  private static func check(
    _ found: Int, _ expected: Int, _ field: XGBoostField
  ) throws(BoostedTreesError) {
    guard found == expected else {
      throw BoostedTreesError(
        .invalidTree, field.path, "there are \(found) values for \(expected) nodes",
        mend: "save the model anew")
    }
  }

  /// The categories by node: `categories_nodes` names the nodes, segments and sizes say where in
  /// `categories` their sets lie. Versions before 1.3 had none of these fields.
  private static func categories(
    _ tree: XGBoostField, count: Int
  ) throws(BoostedTreesError) -> [Int: ArraySlice<Int64>] {
    guard let types = try tree.optional("split_type") else { return [:] }
    let type = try types.integers()
    try check(type.count, count, types)
    let all = try tree.field("categories").integers()
    let nodes = try tree.field("categories_nodes").integers()
    let segments = try integers(tree, "categories_segments", count: nodes.count)
    let sizes = try integers(tree, "categories_sizes", count: nodes.count)
    var categories: [Int: ArraySlice<Int64>] = [:]
    for index in nodes.indices {
      let place = "\(tree.path).categories_nodes[\(index)]"
      guard let node = Int(exactly: nodes[index]), node >= 0, node < count, type[node] == 1 else {
        throw BoostedTreesError(
          .invalidCategories, place, "node \(nodes[index]) is no categorical split",
          mend: "save the model anew")
      }
      guard let start = Int(exactly: segments[index]), let size = Int(exactly: sizes[index]),
        start >= 0, start <= all.count, size >= 0, size <= all.count - start
      else {
        throw BoostedTreesError(
          .invalidCategories, place,
          "\(sizes[index]) categories from \(segments[index]) on are not there",
          mend: "save the model anew")
      }
      guard categories.updateValue(all[start..<start + size], forKey: node) == nil else {
        throw BoostedTreesError(
          .invalidCategories, place, "node \(node) has two sets", mend: "save the model anew")
      }
    }
    for node in type.indices where type[node] != 0 && categories[node] == nil {
      throw BoostedTreesError(
        .invalidCategories, "\(types.path)[\(node)]",
        "the type \(type[node]) is neither 0 nor 1 with categories", mend: "save the model anew")
    }
    return categories
  }
}
