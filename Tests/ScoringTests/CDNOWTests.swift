import Scoring
import Testing

@Suite("CDNOW", .enabled(if: CDNOW.isPresent, Comment(rawValue: CDNOW.skipping)))
struct CDNOWTests {
  @Test("BG/NBD's greatest likelihood is the published one")
  func basic() throws {
    let histories = try CDNOW.histories()
    #expect(histories.count == 2_357)
    let fit = try BuyTillYouDie.fit(.bgNBD, to: histories, unitsPerPeriod: 100)
    let found = fit.model.parameters
    #expect(fit.isConverged)
    #expect((found.r - 0.2426).magnitude < 5e-5)
    #expect((found.alpha - 4.4135).magnitude < 5e-5)
    #expect((found.a - 0.7929).magnitude < 5e-5)
    #expect((found.b - 2.4258).magnitude < 5e-5)
    #expect((fit.logLikelihood + 9582.425560567).magnitude < 1e-8)
  }

  @Test("MBG/NBD's greatest likelihood is what SciPy finds")
  func modified() throws {
    let fit = try BuyTillYouDie.fit(.mbgNBD, to: CDNOW.histories(), unitsPerPeriod: 100)
    let found = fit.model.parameters
    #expect(fit.isConverged)
    #expect((found.r - 0.524838).magnitude < 1e-6)
    #expect((found.alpha - 6.182991).magnitude < 1e-5)
    #expect((found.a - 0.891356).magnitude < 1e-5)
    #expect((found.b - 1.614000).magnitude < 1e-5)
    #expect((fit.logLikelihood + 9582.132684900).magnitude < 1e-8)
  }

  @Test("Gamma-Gamma's greatest likelihood is what SciPy finds")
  func spends() throws {
    let fit = try GammaGamma.fit(to: CDNOW.spends(), minorPerUnit: 100)
    #expect(fit.isConverged)
    #expect((fit.model.p - 6.24880).magnitude < 1e-4)
    #expect((fit.model.q - 3.74459).magnitude < 1e-4)
    #expect((fit.model.gamma - 15.44775).magnitude < 1e-3)
    #expect((fit.logLikelihood + 4055.923243503).magnitude < 1e-8)
  }
}
