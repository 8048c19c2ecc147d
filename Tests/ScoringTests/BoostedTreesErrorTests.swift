import Foundation
import Scoring
import TestSupport
import Testing

/// A change to a correct model file that makes it faulty, and what the error must say.
struct TreeFault: Sendable, CustomTestStringConvertible {
  let name: String
  let code: BoostedTreesError.Code
  let place: String
  let from: String
  let to: String

  var testDescription: String { name }

  init(
    _ name: String, _ code: BoostedTreesError.Code, at place: String, _ from: String, _ to: String
  ) {
    (self.name, self.code, self.place, self.from, self.to) = (name, code, place, from, to)
  }
}

/// A tree of one split and two leaves on the first of two features, as a file would hold it.
private let tree = """
  {"base_weights": [0.0, 0.25, -0.5], "categories": [], "categories_nodes": [], \
  "categories_segments": [], "categories_sizes": [], "default_left": [1, 0, 0], "id": 0, \
  "left_children": [1, -1, -1], "loss_changes": [1.5, 0.0, 0.0], "parents": [2147483647, 0, 0], \
  "right_children": [2, -1, -1], "split_conditions": [0.75, 0.25, -0.5], \
  "split_indices": [0, 0, 0], "split_type": [0, 0, 0], "sum_hessian": [4.0, 1.0, 3.0], \
  "tree_param": {"num_deleted": "0", "num_feature": "2", "num_nodes": "3", \
  "size_leaf_vector": "1"}}
  """

private let file = """
  {"learner": {"attributes": {}, "feature_names": ["a", "b"], "feature_types": ["float", "c"], \
  "gradient_booster": {"model": {"cats": {"enc": [], "feature_segments": [], "sorted_idx": []}, \
  "gbtree_model_param": {"num_parallel_tree": "1", "num_trees": "1"}, "iteration_indptr": [0, 1], \
  "tree_info": [0], "trees": [\(tree)]}, "name": "gbtree"}, \
  "learner_model_param": {"base_score": "[5E-1]", "boost_from_average": "1", "num_class": "0", \
  "num_feature": "2", "num_target": "1"}, "objective": {"name": "binary:logistic", \
  "reg_loss_param": {"scale_pos_weight": "1"}}}, "version": [3, 2, 0]}
  """

private let first = "learner.gradient_booster.model.trees[0]"

private let shapeFaults: [TreeFault] = [
  .init("no learner", .missingField, at: "the model", "\"learner\"", "\"lerner\""),
  .init(
    "no trees", .missingField, at: "learner.gradient_booster.model", "\"trees\"", "\"forest\""),
  .init("no conditions", .missingField, at: first, "\"split_conditions\"", "\"conditions\""),
  .init(
    "trees as an object", .wrongType, at: "learner.gradient_booster.model.trees",
    "[\(tree)]", "{}"),
  .init(
    "a text among children", .wrongType, at: "\(first).left_children", "[1, -1, -1]",
    "[1, \"x\", -1]"),
  .init(
    "a list for the objective", .wrongType, at: "learner.objective",
    "{\"name\": \"binary:logistic\", \"reg_loss_param\": {\"scale_pos_weight\": \"1\"}}", "[]"),
  .init(
    "DART", .unsupportedBooster, at: "learner.gradient_booster.name", "\"gbtree\"", "\"dart\""),
  .init(
    "weights of trees", .unsupportedBooster, at: "learner.gradient_booster.weight_drop",
    "\"name\": \"gbtree\"", "\"name\": \"gbtree\", \"weight_drop\": [0.5]"),
  .init(
    "an objective unknown here", .unsupportedObjective, at: "learner.objective.name",
    "binary:logistic", "survival:aft"),
  .init(
    "three classes", .severalOutputs, at: "learner.learner_model_param.num_class",
    "\"num_class\": \"0\"", "\"num_class\": \"3\""),
  .init(
    "two targets", .severalOutputs, at: "learner.learner_model_param.num_target",
    "\"num_target\": \"1\"", "\"num_target\": \"2\""),
  .init(
    "two base scores", .severalOutputs, at: "learner.learner_model_param.base_score", "[5E-1]",
    "[5E-1,4E-1]"),
  .init(
    "vectors in leaves", .severalOutputs, at: "\(first).tree_param.size_leaf_vector",
    "\"size_leaf_vector\": \"1\"", "\"size_leaf_vector\": \"2\""),
  .init(
    "a tree of another output", .severalOutputs,
    at: "learner.gradient_booster.model.tree_info[0]", "\"tree_info\": [0]", "\"tree_info\": [1]"),
  .init(
    "too many features", .tooLarge, at: "learner.learner_model_param.num_feature",
    "\"num_feature\": \"2\", \"num_target\"", "\"num_feature\": \"70000\", \"num_target\""),
  .init(
    "deep nesting", .tooLarge, at: "byte 57", "\"attributes\": {}",
    "\"attributes\": " + String(repeating: "[", count: 40)),
]

private let numberFaults: [TreeFault] = [
  .init(
    "no number of features", .wrongType, at: "learner.learner_model_param.num_feature",
    "\"num_feature\": \"2\", \"num_target\"", "\"num_feature\": \"two\", \"num_target\""),
  .init(
    "minus two features", .invalidNumber, at: "learner.learner_model_param.num_feature",
    "\"num_feature\": \"2\", \"num_target\"", "\"num_feature\": \"-2\", \"num_target\""),
  .init(
    "no base score", .invalidNumber, at: "learner.learner_model_param.base_score", "[5E-1]", "[]"),
  .init(
    "a base score beyond chance", .invalidNumber,
    at: "learner.learner_model_param.base_score", "[5E-1]", "[1.5E0]"),
  .init(
    "an infinite leaf", .invalidNumber, at: "\(first).split_conditions[2]",
    "[0.75, 0.25, -0.5]", "[0.75, 0.25, -Infinity]"),
  .init(
    "a threshold that is none", .invalidNumber, at: "\(first).split_conditions[0]",
    "[0.75, 0.25, -0.5]", "[NaN, 0.25, -0.5]"),
  .init(
    "negative weights", .invalidNumber, at: "\(first).sum_hessian[1]", "[4.0, 1.0, 3.0]",
    "[4.0, -1.0, 3.0]"),
  .init(
    "names too few", .invalidFeatures, at: "learner.feature_names", "[\"a\", \"b\"]", "[\"a\"]"),
  .init(
    "a name twice", .invalidFeatures, at: "learner.feature_names[1]", "[\"a\", \"b\"]",
    "[\"a\", \"a\"]"),
  .init(
    "an empty name", .invalidFeatures, at: "learner.feature_names[1]", "[\"a\", \"b\"]",
    "[\"a\", \"\"]"),
  .init(
    "a feature beyond the last", .invalidFeatures, at: "\(first).split_indices[0]",
    "\"split_indices\": [0, 0, 0]", "\"split_indices\": [2, 0, 0]"),
]

private let treeFaults: [TreeFault] = [
  .init(
    "no node", .invalidTree, at: "\(first).right_children", "\"left_children\": [1, -1, -1]",
    "\"left_children\": []"),
  .init(
    "a child is its parent", .invalidTree, at: "\(first).left_children[0]", "[1, -1, -1]",
    "[0, -1, -1]"),
  .init(
    "a child beyond the last", .invalidTree, at: "\(first).left_children[0]", "[1, -1, -1]",
    "[9223372036854775807, -1, -1]"),
  .init(
    "a negative child", .invalidTree, at: "\(first).left_children[0]", "[1, -1, -1]",
    "[-9223372036854775808, -1, -1]"),
  .init(
    "children apart", .invalidTree, at: "\(first).left_children[0]", "[2, -1, -1]", "[0, -1, -1]"),
  .init(
    "a node of two parents", .invalidTree, at: "\(first).left_children[1]",
    "[1, -1, -1], \"loss_changes\": [1.5, 0.0, 0.0], \"parents\": [2147483647, 0, 0], "
      + "\"right_children\": [2, -1, -1]",
    "[1, 1, -1], \"right_children\": [2, 2, -1]"),
  .init(
    "a leaf with a child", .invalidTree, at: "\(first).right_children[1]", "[2, -1, -1]",
    "[2, 2, -1]"),
  .init(
    "a third direction", .invalidTree, at: "\(first).default_left[0]", "[1, 0, 0]", "[2, 0, 0]"),
  .init(
    "a set for a leaf's type", .invalidCategories, at: "\(first).categories_nodes[0]",
    "\"categories_nodes\": [], \"categories_segments\": [], \"categories_sizes\": []",
    "\"categories_nodes\": [0], \"categories_segments\": [0], \"categories_sizes\": [0]"),
  .init(
    "a type without a set", .invalidCategories, at: "\(first).split_type[0]",
    "\"split_type\": [0, 0, 0]", "\"split_type\": [1, 0, 0]"),
]

@Suite("Boosted trees: errors")
struct BoostedTreesErrorTests {
  @Test("The file that the faults start from is correct")
  func correct() throws {
    let model = try BoostedTrees(xgboost: Array(file.utf8), id: "m")
    #expect(model.margin(for: [0.5, .nan]) == 0.25)
    #expect(model.margin(for: [0.75, .nan]) == -0.5)
    #expect(model.margin(for: [.nan, .nan]) == 0.25)
    #expect(model.expectedMargin == 0.25 * 0.25 - 0.75 * 0.5)
  }

  @Test("Older versions' files, with true and false and without categories, read the same")
  func older() throws {
    var text = file
    for (from, to) in [
      ("\"default_left\": [1, 0, 0]", "\"default_left\": [true, false, false]"),
      ("\"split_type\": [0, 0, 0], ", ""),
      ("\"size_leaf_vector\": \"1\"", "\"size_leaf_vector\": \"0\""),
      (
        "\"categories\": [], \"categories_nodes\": [], \"categories_segments\": [], "
          + "\"categories_sizes\": [], ", ""
      ),
      ("\"[5E-1]\"", "\"5E-1\""), (", \"num_target\": \"1\"", ""),
      ("\"feature_names\": [\"a\", \"b\"], \"feature_types\": [\"float\", \"c\"], ", ""),
      ("\"cats\": {\"enc\": [], \"feature_segments\": [], \"sorted_idx\": []}, ", ""),
    ] {
      #expect(text.contains(from))
      text = text.replacingOccurrences(of: from, with: to)
    }
    let model = try BoostedTrees(xgboost: Array(text.utf8), id: "m")
    #expect(model.featureNames == ["f0", "f1"])
    for value in [0.5, 0.75, Float.nan] {
      let now = try BoostedTrees(xgboost: Array(file.utf8), id: "m")
      #expect(model.margin(for: [value, 0]) == now.margin(for: [value, 0]))
    }
  }

  @Test(
    "A fault is refused with its place and its mend",
    arguments: shapeFaults + numberFaults + treeFaults)
  func refused(_ fault: TreeFault) throws {
    #expect(file.contains(fault.from))
    let text = file.replacingOccurrences(of: fault.from, with: fault.to)
    let error = try #require(throws: BoostedTreesError.self) {
      try BoostedTrees(xgboost: Array(text.utf8), id: "m")
    }
    #expect(error.code == fault.code, "\(error)")
    #expect(error.place == fault.place, "\(error)")
    #expect(!error.message.isEmpty && !error.mend.isEmpty)
  }

  @Test(
    "Sets that contradict the tree are refused",
    arguments: [
      ("[3]", "[0]", "[2]"), ("[3]", "[2]", "[0]"), ("[3]", "[-1]", "[1]"),
      ("[3]", "[0]", "[-1]"), ("[-3]", "[0]", "[1]"), ("[16777216]", "[0]", "[1]"),
      ("[3]", "[0, 0]", "[1]"),
    ])
  func sets(categories: String, segments: String, sizes: String) throws {
    let text =
      file.replacingOccurrences(of: "\"split_type\": [0, 0, 0]", with: "\"split_type\": [1, 0, 0]")
      .replacingOccurrences(
        of: "\"categories\": [], \"categories_nodes\": [], \"categories_segments\": [], "
          + "\"categories_sizes\": []",
        with: "\"categories\": \(categories), \"categories_nodes\": [0], "
          + "\"categories_segments\": \(segments), \"categories_sizes\": \(sizes)")
    let error = try #require(throws: BoostedTreesError.self) {
      try BoostedTrees(xgboost: Array(text.utf8), id: "m")
    }
    #expect([.invalidCategories, .invalidTree].contains(error.code))
  }

  @Test(
    "Bytes that are no model are refused",
    arguments: [
      "", " ", "{", "[]", "null", "{}", "{\"a\":1,}", "{\"a\":1}x", "{\"a\":1,\"a\":2}",
      "{\"a\":01}", "{\"a\":1.}", "{\"a\":-}", "{\"a\":1e}", "{\"a\":tru}", "{\"a\":\"\\x\"}",
      "{\"a\":\"\\ud800\"}", "{\"a\":\"\\ud800\\u0041\"}", "{\"a\":\"\\udc00\"}",
      "{\"a\":\"\\u12\"}", "{\"a\":\"b", "{\"a\" 1}", "{\"a\":[1 2]}", "{\"a\":\"\u{1}\"}",
      "{L", "{L\0\0\0\0\0\0\0\u{1}a", "{i\u{1}aQ}", "{i\u{1}a[$T#i\u{8}}",
      "{i\u{1}a[$l#l\u{7f}\u{7f}\u{7f}\u{7f}}", "{i\u{1}a[$l]}", "{i\u{1}ai\u{1}i\u{1}ai\u{1}}",
      "{i\u{1}aNNNN", "{i\u{1}a[#i\u{1}", "{i\u{5}a}",
    ])
  func noModel(text: String) throws {
    let error = try #require(throws: BoostedTreesError.self) {
      try BoostedTrees(xgboost: Array(text.utf8), id: "m")
    }
    #expect(!error.description.isEmpty)
  }

  @Test("A file above the limit is refused before it is read")
  func tooLarge() throws {
    let bytes = [UInt8](repeating: 0x20, count: BoostedTreesLimits.bytes + 1)
    let error = try #require(throws: BoostedTreesError.self) {
      try BoostedTrees(xgboost: bytes, id: "m")
    }
    #expect(error.code == .tooLarge)
  }

  @Test("Damaged files give a model or an error, never a trap", arguments: 0..<24 as Range<UInt64>)
  func damaged(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let fixtures = ["raw", "codes", "frame", "frame-binary"].map(TreeFixture.named)
    let original = try fixtures[Int(seed % 4)].bytes()
    for _ in 0..<25 {
      var bytes = original
      for _ in 0...random.next() % 3 { damage(&bytes, using: &random) }
      if let model = try? BoostedTrees(xgboost: bytes, id: "m") {
        let values = model.featureNames.map { _ in FeatureValue.random(using: &random) }
        #expect(model.output(for: values).margin.isFinite)
      }
    }
  }

  /// Cuts, changes a byte, or copies one stretch over another, so that lengths and markers meet
  /// what they were not meant for.
  private func damage(_ bytes: inout [UInt8], using random: inout SplitMix64) {
    guard bytes.count > 64 else { return }
    let index = Int(random.next() % UInt64(bytes.count - 32))
    switch random.next() % 5 {
    case 0: bytes.removeLast(Int(random.next() % 64))
    case 1: bytes.removeSubrange(index..<index + Int(random.next() % 16))
    case 2: bytes[index] = UInt8(truncatingIfNeeded: random.next())
    case 3:
      let other = Int(random.next() % UInt64(bytes.count - 32))
      bytes.replaceSubrange(index..<index + 16, with: bytes[other..<other + 16])
    default: bytes[index] ^= 1 << UInt8(random.next() % 8)
    }
  }
}
