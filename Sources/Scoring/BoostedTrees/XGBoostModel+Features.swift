/// A feature of a model: its name, and how texts and numbers become category codes.
struct ModelFeature: Equatable, Sendable {
  /// The codes behind the categories.
  enum Categories: Equatable, Sendable {
    /// Numbers are codes themselves, or the feature is numeric.
    case none
    case texts([TextKey: Int])
    case numbers([Int64: Int])
    /// So many texts that the file does not tell: XGBoost to 3.2 counts characters where it means
    /// bytes, so that texts outside of ASCII run into each other.
    case untold(Int)
  }

  var name: String
  var isCategorical: Bool
  var categories: Categories

  /// The number that the trees see. NaN where the value is missing, or of a kind or category that
  /// the model does not know.
  func number(for value: FeatureValue) -> Float {
    switch (value, categories) {
    case (.missing, _): .nan
    case (.number(let number), .none): Float(number)
    case (.number(let number), .numbers(let codes)): code(of: number, in: codes)
    case (.flag(let flag), .none): flag ? 1 : 0
    case (.flag(let flag), .numbers(let codes)): code(of: flag ? 1 : 0, in: codes)
    case (.flag(let flag), .texts(let codes)): code(of: flag ? "true" : "false", in: codes)
    case (.text(let text), .texts(let codes)): code(of: text, in: codes)
    case (.text, .none), (.text, .numbers), (.number, .texts), (_, .untold): .nan
    }
  }

  private func code(of text: String, in codes: [TextKey: Int]) -> Float {
    codes[TextKey(text)].map(Float.init) ?? .nan
  }

  /// Beyond 2^53 a Double does not tell which whole number it stands for.
  private func code(of number: Double, in codes: [Int64: Int]) -> Float {
    guard number.magnitude < 0x1p53, Double(Int64(number)) == number else { return .nan }
    return codes[Int64(number)].map(Float.init) ?? .nan
  }

  /// Names the categories that the file does not tell.
  mutating func name(_ texts: [String]) throws(BoostedTreesError) {
    func fault(_ message: String, _ mend: String) -> BoostedTreesError {
      BoostedTreesError(.invalidCategories, "categories.\(name)", message, mend: mend)
    }
    guard isCategorical else { throw fault("the feature is numeric", "leave the texts out") }
    switch categories {
    case .none: break
    case .texts, .numbers: throw fault("the categories are known", "leave the texts out")
    case .untold(let count):
      guard texts.count == count else {
        throw fault("there are \(texts.count) texts for \(count) codes", "give one for each")
      }
    }
    guard let codes = Self.codes(texts.map(TextKey.init)) else {
      throw fault("a text comes twice", "keep one")
    }
    categories = .texts(codes)
  }

  /// The places of the categories in their list; nil where one comes twice.
  static func codes<Category: Hashable>(_ categories: [Category]) -> [Category: Int]? {
    var codes: [Category: Int] = [:]
    for (code, category) in categories.enumerated() {
      guard codes.updateValue(code, forKey: category) == nil else { return nil }
    }
    return codes
  }
}

extension XGBoostModel {
  /// The features: names from the file, else f0, f1, … as XGBoost calls them; categories from
  /// `cats`, which XGBoost writes since 3.1 for data frames.
  static func features(
    _ learner: XGBoostField, _ parameters: XGBoostField, _ model: XGBoostField
  ) throws(BoostedTreesError) -> [ModelFeature] {
    let field = try parameters.field("num_feature")
    let count = try field.count(upTo: BoostedTreesLimits.features)
    let names = try names(learner, count: count)
    let types = try optionalTexts(learner, "feature_types", count: count)
    let categories = try categories(model, count: count)
    return (0..<count).map { index in
      ModelFeature(
        name: names[index], isCategorical: types.map { $0[index] == "c" } ?? false,
        categories: categories[index])
    }
  }

  private static func names(
    _ learner: XGBoostField, count: Int
  ) throws(BoostedTreesError) -> [String] {
    guard let names = try optionalTexts(learner, "feature_names", count: count) else {
      return (0..<count).map { "f\($0)" }
    }
    var seen: Set<[UInt8]> = []
    for (index, name) in names.enumerated() {
      guard !name.isEmpty && seen.insert(Array(name.utf8)).inserted else {
        throw BoostedTreesError(
          .invalidFeatures, "learner.feature_names[\(index)]",
          name.isEmpty ? "the name is empty" : "the name \(name) comes twice",
          mend: "give each feature a name of its own")
      }
    }
    return names
  }

  /// One text for each feature; nil where the field is absent or empty.
  private static func optionalTexts(
    _ learner: XGBoostField, _ name: String, count: Int
  ) throws(BoostedTreesError) -> [String]? {
    guard let field = try learner.optional(name) else { return nil }
    var texts: [String] = []
    for element in try field.elements() { texts.append(try element.text()) }
    guard !texts.isEmpty else { return nil }
    guard texts.count == count else {
      throw BoostedTreesError(
        .invalidFeatures, field.path, "there are \(texts.count) for \(count) features",
        mend: "save the model anew")
    }
    return texts
  }

  private static func categories(
    _ model: XGBoostField, count: Int
  ) throws(BoostedTreesError) -> [ModelFeature.Categories] {
    let none = [ModelFeature.Categories](repeating: .none, count: count)
    guard let encodings = try model.optional("cats")?.field("enc") else { return none }
    let elements = try encodings.elements()
    guard !elements.isEmpty else { return none }
    guard elements.count == count else {
      throw BoostedTreesError(
        .invalidCategories, encodings.path, "there are \(elements.count) for \(count) features",
        mend: "save the model anew")
    }
    var categories: [ModelFeature.Categories] = []
    for element in elements { categories.append(try self.categories(element)) }
    return categories
  }

  private static func categories(
    _ encoding: XGBoostField
  ) throws(BoostedTreesError) -> ModelFeature.Categories {
    let values = try encoding.field("values")
    let numbers = try values.integers()
    guard let offsets = try encoding.optional("offsets") else {
      // The types 9 to 16 are the integers of 8 to 64 bits; 7 and 8 are floating point.
      let type = try encoding.field("type").count(upTo: .max)
      guard (9...16).contains(type) else {
        throw BoostedTreesError(
          .invalidCategories, encoding.path, "the categories are of type \(type)",
          mend: "train with categories that are texts or integers")
      }
      return numbers.isEmpty ? .none : .numbers(try codes(numbers, encoding))
    }
    let ends = try offsets.integers()
    guard !ends.isEmpty else { return .none }
    guard numbers.allSatisfy({ $0 >= 0 && $0 < 0x80 }) else { return .untold(ends.count - 1) }
    var texts: [TextKey] = []
    for index in ends.indices.dropLast() {
      let place = "\(offsets.path)[\(index)]"
      guard ends[index] >= 0 && ends[index] <= ends[index + 1] && ends[index + 1] <= numbers.count
      else {
        throw BoostedTreesError(
          .invalidCategories, place, "the offsets do not ascend within the texts",
          mend: "save the model anew")
      }
      let bytes = numbers[Int(ends[index])..<Int(ends[index + 1])].map(UInt8.init)
      texts.append(TextKey(String(decoding: bytes, as: UTF8.self)))
    }
    return texts.isEmpty ? .none : .texts(try codes(texts, encoding))
  }

  private static func codes<Category: Hashable>(
    _ categories: [Category], _ encoding: XGBoostField
  ) throws(BoostedTreesError) -> [Category: Int] {
    guard let codes = ModelFeature.codes(categories) else {
      throw BoostedTreesError(
        .invalidCategories, encoding.path, "a category comes twice", mend: "save the model anew")
    }
    return codes
  }
}
