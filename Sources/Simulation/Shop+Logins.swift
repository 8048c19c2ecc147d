import CBOR

extension Shop {
  // MARK: Logins that are unlike the customer

  /// Plans when a stranger tries the customer's password.
  mutating func planIntrusion(_ number: Int, from joined: Int64) {
    var random = random(.login, of: number)
    guard random.chance(configuration.intrudersPerThousand, of: 1_000) else { return }
    let earliest = joined + Duration.day
    if earliest + Duration.hour < end {
      plan(.intrusion, for: number, at: random.duration(earliest, end - Duration.hour))
    }
  }

  /// A stranger tries passwords until one fits, and changes nothing.
  mutating func beginIntrusion(_ number: Int) -> ShopEvent {
    var random = random(.login, of: number, 1)
    let origin = attackOrigin(number, &random)
    var actions: [(gap: Int64, action: Script.Action)] = []
    for index in 0...random.below(6) {
      let gap = random.duration(2 * Duration.second, 40 * Duration.second)
      actions.append((gap, .login(origin, outcome: index == 0 ? "success" : "failure")))
    }
    actions.reverse()
    noteIncident(
      number,
      Incident(
        cause: .login(truth.intrusions.count), emailVersion: customers[number].emailVersion,
        phoneVersion: customers[number].phoneVersion))
    truth.intrusions.append(ShopTruth.Intrusion(customer: Name.customer(number).string))
    plan(Script(customer: number, endsWithLock: true, actions))
    return ratedAddress(origin.ip, (random.chance(1, of: 2) ? 2 : 40) + random.below(20), number)
  }

  /// Where the customer is in this session if he travels: with the device that he always has, or
  /// with a new one.
  func journeyOrigin(_ number: Int) -> Origin? {
    var random = random(.journey, of: number, Int(customers[number].sessions))
    guard random.chance(configuration.travellingSessionsPerThousand, of: 1_000) else { return nil }
    var origin = travelOrigin(number, &random)
    if random.chance(1, of: 2) {
      origin.device = fingerprint(number, 300 + Int(customers[number].sessions))
    }
    return origin
  }

  /// Notes that the last login was a stranger's.
  mutating func noteStranger(_ number: Int) {
    strangers[number, default: []].insert(Int(customers[number].logins))
    if case .login(let intrusion) = incidents[number]?.cause {
      truth.intrusions[intrusion].loginAt = now
    }
  }

  // MARK: Questions

  /// The product asks for a second factor, or blocks the login. It stops a stranger, but for those
  /// who have stolen more than a password; the customer has the factor at hand.
  mutating func questionLogin(_ effect: ShopEffect, _ number: Int) {
    guard let login = login(effect.variables["attemptId"], of: number) else { return }
    guard strangers[number]?.contains(login) == true else {
      truth.ownLoginsQuestioned += 1
      return
    }
    switch incidents[number]?.cause {
    case .login(let intrusion): truth.intrusions[intrusion].questionedAt = now
    case .attack(let attack) where truth.attacks[attack].stoppedAt == nil:
      var random = random(.login, of: number, 2)
      if !random.chance(configuration.evadingPercent, of: 100) {
        truth.attacks[attack].stoppedAt = now
      }
    default: break
    }
  }

  /// Four in five answer a question about a login within the hour, the first that reaches them.
  mutating func answerQuestion(_ effect: ShopEffect, _ number: Int) {
    guard let login = login(effect.variables["attempt"], of: number), asked[number] != login
    else { return }
    asked[number] = login
    var random = random(.login, of: number, 1 << 32 | login)
    guard random.chance(configuration.loginAnswerPercent, of: 100) else { return }
    let delay = Duration.minute + random.shortDuration(below: 50 * Duration.minute)
    let attempt: CBORValue = ["attemptId": .text(Name("login-", number, login).string)]
    var actions: [(gap: Int64, action: Script.Action)] = []
    if strangers[number]?.contains(login) == true {
      actions.append((delay, .said(type: "login.denied", data: attempt)))
    } else {
      customers[number].logins += 1
      let ordinal = Int(customers[number].logins)
      actions.append((delay, .said(type: "login.confirmed", data: attempt)))
      actions.append(
        (
          random.duration(10 * Duration.second, 2 * Duration.minute),
          .completedVerification(ordinal: ordinal, method: "two_factor", outcome: "passed")
        ))
    }
    plan(Script(customer: number, endsWithLock: false, actions))
  }

  /// The security team finds out within hours whose the logins were.
  mutating func review(_ effect: ShopEffect, _ number: Int) {
    guard let attempts = effect.variables["attempts"]?.elements,
      let login = login(attempts.first, of: number)
    else { return }
    var random = random(.login, of: number, 2 << 32 | login)
    guard random.chance(9, of: 10) else { return }
    let verdict = strangers[number]?.contains(login) == true ? "fraud" : "legitimate"
    plan(
      Script(
        customer: number, endsWithLock: false,
        [
          (
            random.duration(Duration.hour, 8 * Duration.hour),
            .said(type: "login.reviewed", data: ["verdict": .text(verdict)])
          )
        ]))
  }

  /// The number of a login of this customer by its attempt.
  private func login(_ attempt: CBORValue?, of number: Int) -> Int? {
    guard let attempt = attempt?.string,
      let name = Name.numbers(in: attempt, after: "login-", hasOrdinal: true),
      name.customer == number
    else { return nil }
    return name.ordinal
  }
}
