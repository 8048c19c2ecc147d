import CBOR

/// An error that keeps coming, and what would get the customer over it.
struct Trouble {
  let errorType: String
  /// 0 to 99: below the shares of the configuration, one after the other.
  let draw: Int
  /// When, after what helps.
  let delay: Int64
}

extension Shop {
  /// An error came for the third time in a session. What would help is settled now, whether or not
  /// anybody writes.
  mutating func trouble(_ number: Int, _ errorType: String) {
    var random = random(.trouble, of: number, Int(customers[number].sessions))
    let trouble = Trouble(
      errorType: errorType, draw: random.below(100),
      delay: Duration.minute + random.shortDuration(below: 30 * Duration.minute))
    truth.issues.count += 1
    troubles[number] = trouble
    guard trouble.draw < configuration.selfHelpPercent else { return }
    truth.issues.selfHelp += 1
    say(number, after: random.duration(2 * Duration.minute, 50 * Duration.minute), Self.update)
  }

  /// The customer reads advice about an error, and it helps or makes him ask for a call.
  mutating func tryAdvice(_ effect: ShopEffect, _ number: Int) {
    guard effect.variables["topic"] != nil, let trouble = troubles[number],
      trouble.errorType == effect.run
    else { return }
    let sms = configuration.selfHelpPercent + configuration.smsHelpPercent
    let email = sms + configuration.emailHelpPercent
    let errorType: CBORValue = ["errorType": .text(trouble.errorType)]
    switch (effect.channel, trouble.draw) {
    case ("sms", configuration.selfHelpPercent..<sms):
      truth.issues.bySMS += 1
      say(number, after: trouble.delay / 4, Self.update)
    case ("email", sms..<email):
      truth.issues.byEmail += 1
      say(number, after: trouble.delay, .said(type: "issue.resolved", data: errorType))
    case ("email", email..<(email + configuration.callbackPercent)):
      truth.issues.callbacks += 1
      say(number, after: trouble.delay, .said(type: "callback.requested", data: errorType))
    default: return
    }
    troubles[number] = nil
  }

  /// An agent takes a ticket up, and closes nine in ten within the hour.
  mutating func takeUp(_ effect: ShopEffect, _ number: Int) {
    var random = random(.trouble, of: number, 1 << 32 | Int(customers[number].sessions))
    let ticket: CBORValue = ["ticketId": .text("t-" + effect.id)]
    let isQuick = random.chance(9, of: 10)
    let rest =
      isQuick
      ? random.duration(10 * Duration.minute, 50 * Duration.minute)
      : random.duration(2 * Duration.hour, 6 * Duration.hour)
    plan(
      Script(
        customer: number, endsWithLock: false,
        [
          (Duration.minute, .said(type: "ticket.opened", data: ticket)),
          (rest, .said(type: "ticket.closed", data: ticket)),
        ]))
  }

  /// Support or a manager looks after an error, and mends seven in ten on the same day.
  mutating func resolve(_ effect: ShopEffect, _ number: Int) {
    guard let errorType = effect.variables["errorType"] else { return }
    var random = random(.trouble, of: number, 2 << 32 | Int(customers[number].sessions))
    guard random.chance(7, of: 10) else { return }
    say(
      number, after: random.duration(Duration.hour, 12 * Duration.hour),
      .said(type: "issue.resolved", data: ["errorType": errorType]))
  }

  private static let update = Script.Action.said(
    type: "app.updated", data: ["appVersion": "2.6.0"])

  /// Plans one thing that the customer does.
  private mutating func say(_ number: Int, after gap: Int64, _ action: Script.Action) {
    plan(Script(customer: number, endsWithLock: false, [(gap, action)]))
  }
}
