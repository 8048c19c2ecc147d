import CBOR

/// Something that the shop sells.
struct Product {
  /// Minor units.
  let price: Int64
  /// The item as it stands in carts and orders: `{id, name, price, category}`, encoded once.
  let item: [UInt8]
  /// Whether it can be bought now.
  var isInStock = true
  /// Events and wakes of this product so far.
  var events = 0
  /// The chance of running out and coming back.
  var random: SplitMix64

  /// Product `number` of the shop with `seed`.
  init(number: Int, seed: UInt64) {
    var draw = SplitMix64(
      seed: seed, owner: UInt64(number), purpose: Purpose.product.rawValue)
    let range = Self.ranges[draw.below(Self.ranges.count)]
    let name =
      Self.qualities[draw.below(Self.qualities.count)] + " "
      + range.nouns[draw.below(range.nouns.count)]
    // From 8.90 to 157.90, the dear ones rarer: the lesser of two draws.
    let step = min(draw.below(150), draw.below(225))
    price = Int64(step + 9) * 100 - 10
    var encoder = CBOREncoder(capacity: 96)
    encoder.mapHeader(4)
    encoder.field(Key.id, Name.product(number))
    encoder.field(Key.name, name)
    encoder.field(Key.price, price)
    encoder.field(Key.category, range.category)
    item = encoder.bytes
    random = SplitMix64(seed: seed, owner: UInt64(number), purpose: Purpose.stock.rawValue)
  }

  private static let qualities = [
    "Alder", "Amber", "Basalt", "Birch", "Cobalt", "Copper", "Fern", "Granite", "Harbour", "Indigo",
    "Juniper", "Linen", "Maple", "Meadow", "Onyx", "Willow",
  ]

  private static let ranges: [(category: String, nouns: [String])] = [
    ("Electronics", ["Headphones", "Speaker", "Charger", "Webcam", "Keyboard"]),
    ("Home", ["Table Lamp", "Rug", "Vase", "Wall Clock", "Blanket"]),
    ("Kitchen", ["Kettle", "Skillet", "Knife Set", "Teapot", "Scales"]),
    ("Fashion", ["Jacket", "Scarf", "Trainers", "Belt", "Rucksack"]),
    ("Sports", ["Yoga Mat", "Running Vest", "Bottle", "Tent", "Dumbbells"]),
    ("Beauty", ["Hand Cream", "Shampoo Bar", "Soap Set", "Hair Brush"]),
    ("Books", ["Atlas", "Cook Book", "Novel", "Field Guide"]),
    ("Toys", ["Puzzle", "Kite", "Building Set", "Board Game"]),
  ]
}
