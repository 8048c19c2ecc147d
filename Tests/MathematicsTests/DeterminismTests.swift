import Mathematics
import TestSupport
import Testing

/// The bits of one result, recorded once. They may never change: old ledgers hold decisions that
/// were made with them. A better implementation would have to be a new function beside the old.
struct GoldenValue: Sendable, CustomTestStringConvertible {
  let function: String
  let arguments: [Double]
  let bits: UInt64

  init(_ function: String, _ arguments: [Double], _ bits: UInt64) {
    self.function = function
    self.arguments = arguments
    self.bits = bits
  }

  var testDescription: String { "\(function)\(arguments)" }
}

private let goldenValues: [GoldenValue] = [
  .init("exp", [1.0], 0x4005_bf0a_8b14_5769),
  .init("exp", [-1.0], 0x3fd7_8b56_362c_ef38),
  .init("exp", [0.1], 0x3ff1_aec7_b35a_00d4),
  .init("exp", [10.5], 0x40e1_bb70_15e8_4d3b),
  .init("exp", [-30.25], 0x3d34_835b_d010_a41b),
  .init("exp", [-744.5], 0x0000_0000_0000_0001),
  .init("expm1", [1e-09], 0x3e11_2e0b_e84b_bb51),
  .init("expm1", [0.3], 0x3fd6_6416_3230_6a56),
  .init("expm1", [-2.5], 0xbfed_5f8f_47ed_617b),
  .init("log", [2.0], 0x3fe6_2e42_fefa_39ef),
  .init("log", [10.0], 0x4002_6bb1_bbb5_5516),
  .init("log", [0.3], 0xbff3_4378_fcbd_a721),
  .init("log", [1.0001], 0x3f1a_368d_0657_fcd4),
  .init("log", [1e-300], 0xc085_9634_47f8_7fb5),
  .init("log1p", [1e-09], 0x3e11_2e0b_e801_f1d9),
  .init("log1p", [-0.4], 0xbfe0_58ae_fa81_1452),
  .init("log1p", [7.25], 0x4000_e1b7_7558_9bd9),
  .init("sin", [0.5], 0x3fde_aee8_744b_05f0),
  .init("sin", [3.0], 0x3fc2_1038_6db6_d55b),
  .init("sin", [-100.0], 0x3fe0_3425_b78c_4db8),
  .init("sin", [1e+22], 0xbfeb_453a_b76b_f397),
  .init("cos", [0.5], 0x3fec_1528_065b_7d50),
  .init("cos", [3.0], 0xbfef_ae04_be85_e5d2),
  .init("cos", [-100.0], 0x3feb_981d_bf66_5fdf),
  .init("cos", [1e+22], 0x3fe0_be2c_ef01_c8f4),
  .init("asin", [0.3], 0x3fd3_8015_9e14_f6ff),
  .init("asin", [-0.99], 0xbff6_de3c_6f33_d51d),
  .init("atan2", [1.0, 3.0], 0x3fd4_978f_a326_9ee1),
  .init("atan2", [-2.0, -0.7], 0xbffe_8500_76ee_9e8e),
  .init("atan2", [1e-20, -5.0], 0x4009_21fb_5444_2d18),
  .init("pow", [1.07, 30.0], 0x401e_72f2_fc64_2da0),
  .init("pow", [0.3, -12.5], 0x414a_35df_b46e_d73e),
  .init("pow", [-1.5, 7.0], 0xc031_1600_0000_0000),
  .init("logistic", [0.1], 0x3fe0_cca1_2729_afb8),
  .init("logistic", [-4.6], 0x3f84_619c_3c6f_dfaa),
  .init("logistic", [5.25], 0x3fef_d53c_9a5b_af5f),
  .init("logistic", [-300.0], 0x24e2_4563_9c3a_49f7),
  .init("logit", [0.05], 0xc007_8e36_0604_b32c),
  .init("logit", [0.51], 0x3fa4_7b94_47a9_a9f7),
  .init("logit", [0.999], 0x401b_a084_531f_2626),
  .init("logGamma", [0.2426], 0x3ff5_1dd7_5fd4_032d),
  .init("logGamma", [1.0625], 0xbfa0_dfc0_c7dd_2324),
  .init("logGamma", [1.75], 0xbfb5_9b4f_d687_5a6e),
  .init("logGamma", [7.3], 0x401c_9771_2336_d05f),
  .init("logGamma", [4321.5], 0x40df_1b03_98c0_8de3),
]

/// FNV-1a over the results' bits for 50,000 random arguments of each function.
private let goldenDigests: [(function: String, digest: UInt64)] = [
  ("exp", 0x6aae_3271_bd4b_5ff0),
  ("expm1", 0xf569_84d3_0f51_861b),
  ("log", 0xd1c6_13f9_406a_fb1d),
  ("log1p", 0x90f6_3702_3fbc_8406),
  ("sin", 0x3fc3_ca03_7f16_e7f3),
  ("cos", 0x408c_2c0e_8464_5cfd),
  ("asin", 0x56b0_53db_9a14_62cf),
  ("atan2", 0x0608_b77c_b911_3dfc),
  ("pow", 0xbf6b_e2ef_862c_2cd3),
  ("logistic", 0x59c3_6c73_5b37_f424),
  ("logit", 0x1391_1198_9563_ae0a),
  ("logGamma", 0x2646_039a_b2c8_9372),
]

@Suite("Determinism")
struct DeterminismTests {
  @Test("Recorded bits come out again", arguments: goldenValues)
  func goldenBits(_ golden: GoldenValue) {
    let value = TestedFunction.named(golden.function).value(golden.arguments)
    #expect(value.bitPattern == golden.bits, "0x\(String(value.bitPattern, radix: 16))")
  }

  @Test("The digest of many results comes out again", arguments: goldenDigests)
  func goldenDigest(name: String, digest: UInt64) {
    let function = TestedFunction.named(name)
    let (lower, upper) = (function.range.lowerBound, function.range.upperBound)
    var random = SplitMix64(seed: 2_026)
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for _ in 0..<50_000 {
      let arguments = [random.signedUnit(), random.signedUnit()].map {
        lower + (upper - lower) * ($0 * 0.5 + 0.5)
      }
      let value = function.value(arguments)
      var bits = value.isNaN ? Double.nan.bitPattern : value.bitPattern
      for _ in 0..<8 {
        hash = (hash ^ (bits & 0xff)) &* 0x0000_0100_0000_01b3
        bits >>= 8
      }
    }
    #expect(hash == digest, "0x\(String(hash, radix: 16))")
  }
}
