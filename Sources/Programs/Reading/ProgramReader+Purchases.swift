internal import Scoring

extension ProgramReader {
  /// BG/NBD or MBG/NBD with fitted parameters, with Gamma-Gamma where `spend` is given.
  func purchases(
    _ root: YAMLNode, id: String, _ variant: BuyTillYouDie.Variant
  ) -> PurchaseModel? {
    let before = problems.count
    guard let fields = modelFields(root, id: id, ProgramFormat.purchases) else { return nil }
    let parameters = self.fields(
      fields["parameters"], "the model's parameters", ProgramFormat.purchaseParameters)
    func parameter(_ name: String) -> Double {
      number(parameters?[name], "\"\(name)\" of the model's parameters")
    }
    let fitted = BuyTillYouDie.Parameters(
      r: parameter("r"), alpha: parameter("alpha"), a: parameter("a"), b: parameter("b"))
    let units = integer(
      fields["unitsPerPeriod"], "the model's unitsPerPeriod", in: 1...1_000_000_000)
    let horizon = number(fields["horizon"], "the model's horizon")
    let spend = self.fields(fields["spend"], "the model's spend", ProgramFormat.spend)
    let outcome = choice(
      fields["outcome"], "the model's outcome", default: PurchaseModel.Outcome.expectedPurchases)
    let table = calibration(fields["calibration"])
    let reasons = modelReasons(fields)
    let spendNumbers = ["p", "q", "gamma"].map { number(spend?[$0], "\"\($0)\" of the spend") }
    let minor =
      spend?["minorPerUnit"].map {
        integer($0, "\"minorPerUnit\" of the spend", in: 1...1_000_000)
      } ?? 100
    guard problems.count == before else { return nil }
    do {
      let purchases = try BuyTillYouDie(variant, fitted, unitsPerPeriod: Int64(units))
      let worth = try spend.map { (_) throws(BuyTillYouDieError) in
        try GammaGamma(
          p: spendNumbers[0], q: spendNumbers[1], gamma: spendNumbers[2],
          minorPerUnit: Int64(minor))
      }
      return try PurchaseModel(
        id: id, purchases: purchases, spend: worth, horizon: horizon, outcome: outcome,
        reasons: reasons, calibration: table)
    } catch {
      let name = error.place.hasPrefix("spend.") ? String(error.place.dropFirst(6)) : error.place
      let node = parameters?[name] ?? spend?[name] ?? fields[name]
      report(
        node?.place ?? fields.place, "\"\(error.place)\" of the model: \(error.message)",
        mend: error.mend)
      return nil
    }
  }
}
