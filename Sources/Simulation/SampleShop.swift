/// The small shop of the quick start: ten days, a few hundred events.
///
/// With the shipped programs it shows a cart recovered after the e-mail, one after the SMS,
/// products that sell out, a customer who opts out, an account whose attacker gets past a blocked
/// login, takes it over and is locked out, and that is given back, and an owner who is locked out
/// by mistake. The seed was searched for; the tests hold it to that.
package func sampleShop() -> ShopConfiguration {
  var configuration = ShopConfiguration(seed: 3_040, customers: 12, days: 10)
  configuration.joiningDays = 2
  configuration.products = 40
  configuration.shoppingPercent = 60
  configuration.optOutsPerTenThousandSessions = 100
  configuration.attackersPerThousand = 100
  configuration.daysBetweenAccountChanges = 20
  configuration.travellingChangesPerThousand = 400
  // The attacker has a stolen session too, so that both security programs are seen at work.
  configuration.evadingPercent = 100
  return configuration
}
