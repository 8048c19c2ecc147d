import CBOR

extension Shop {
  /// Tells the shop of a delivery or action that the product requested.
  ///
  /// A message is sent, and its reader may open it, click, order a cart, opt out. An action is
  /// carried out: `lock_account` keeps attacker and owner out, `unlock_account` lets them in
  /// again, `revert_changes` restores the owner's contacts, `escalate` calls the security team;
  /// all are reported as `action.completed`. The owner of a locked account answers once the
  /// program that locked it has also written to him at an address of his own. Effects for anybody
  /// who is no customer are ignored.
  /// - Parameter time: When it was requested. A time before the last event counts as that event's.
  package mutating func observe(_ effect: ShopEffect, at time: Int64) {
    guard let number = Name.numbers(in: effect.subject, after: "c-", hasOrdinal: false)?.customer,
      number < customers.count
    else { return }
    now = max(now, time)
    if effect.isDelivery {
      send(effect, to: number)
      noteAlert(effect, number)
    } else {
      carryOut(effect, number)
    }
    if let method = effect.variables["method"]?.string { incidents[number]?.method = method }
    answerLock(number)
    dropVoidWakes()
  }

  private mutating func carryOut(_ effect: ShopEffect, _ number: Int) {
    switch effect.channel {
    case "lock_account": lock(number, effect.program)
    case "unlock_account": unlock(number)
    case "escalate": escalate(effect, number)
    case "block_login", "challenge": questionLogin(effect, number)
    case "create_ticket": takeUp(effect, number)
    default: break
    }
    var actions: [(gap: Int64, action: Script.Action)] = [
      (200 * Duration.millisecond, .completed(effect))
    ]
    if effect.channel == "revert_changes", let restored = revert(number) {
      actions.append((Duration.second, restored))
    }
    plan(Script(customer: number, endsWithLock: false, actions))
  }

  private mutating func lock(_ number: Int, _ program: String) {
    if incidents[number] == nil {
      noteIncident(
        number,
        Incident(
          cause: .nothing, emailVersion: customers[number].emailVersion,
          phoneVersion: customers[number].phoneVersion))
    }
    customers[number].traits.insert(.isLocked)
    incidents[number]?.lockedBy = program
    switch incidents[number]?.cause {
    case .attack(let attack):
      if truth.attacks[attack].lockedAt == nil { truth.attacks[attack].lockedAt = now }
    case .ownChange(let change):
      if truth.ownChanges[change].lockedAt == nil { truth.ownChanges[change].lockedAt = now }
    case .login, .nothing, nil: break
    }
  }

  private mutating func unlock(_ number: Int) {
    customers[number].traits.remove(.isLocked)
    switch incidents.removeValue(forKey: number)?.cause {
    case .attack(let attack): truth.attacks[attack].unlockedAt = now
    case .ownChange(let change): truth.ownChanges[change].unlockedAt = now
    case .login, .nothing, nil: break
    }
  }

  /// Restores the contacts held before the incident.
  /// - Returns: The traits that follow, nil where there is nothing to restore.
  private mutating func revert(_ number: Int) -> Script.Action? {
    guard let incident = incidents[number] else { return nil }
    if case .attack(let attack) = incident.cause, truth.attacks[attack].revertedAt == nil {
      truth.attacks[attack].revertedAt = now
    }
    customers[number].emailVersion = incident.emailVersion
    customers[number].phoneVersion = incident.phoneVersion
    return .contacts(
      email: email(number).string, phone: phone(number).string, isOwners: false)
  }

  // MARK: The owner of a locked account

  /// A message outside the carts, to somebody whose account something is going on with, alerts him
  /// if it goes to him and not to the attacker.
  private mutating func noteAlert(_ effect: ShopEffect, _ number: Int) {
    guard let incident = incidents[number], !effect.run.hasPrefix("cart-") else { return }
    let isAttackers =
      !effect.to.isEmpty
      && (effect.to == incident.attackerEmail || effect.to == incident.attackerPhone)
    if !isAttackers {
      incidents[number]?.alertedBy.append(effect.program)
    } else if case .attack(let attack) = incident.cause {
      truth.attacks[attack].alertsToAttacker += 1
    }
  }

  /// Settles what the owner does, once a program has both locked him out and alerted him.
  private mutating func answerLock(_ number: Int) {
    guard let incident = incidents[number], !incident.isAnswered,
      let program = incident.lockedBy, incident.alertedBy.contains(program)
    else { return }
    incidents[number]?.isAnswered = true
    var random = random(.owner, of: number, Int(customers[number].changes))
    let percent = random.below(100)
    let delay = random.duration(3 * Duration.minute, 50 * Duration.minute)
    switch incident.cause {
    case .ownChange where percent < 70:
      plan(
        Script(
          customer: number, endsWithLock: false,
          [
            (delay, .confirmed(method: incident.method ?? "sms_code"))
          ]))
    case .ownChange, .nothing, .attack, .login:
      // Of the attacked, 65 in a hundred succeed, 15 are denied at first, 20 never answer.
      if percent < (incident.cause == .nothing ? 85 : 65) {
        planVerification(number, after: delay, isDenied: false, &random)
      } else if percent < 85 {
        planVerification(
          number, after: delay, isDenied: incident.cause != .nothing, &random)
      }
    }
  }

  /// The owner proves that he is himself, or fails to; after a failure half try again.
  private mutating func planVerification(
    _ number: Int, after delay: Int64, isDenied: Bool, _ random: inout SplitMix64
  ) {
    let method = incidents[number]?.method ?? Self.method(&random)
    var actions = verificationActions(
      number, after: delay, method, isDenied ? "denied" : "passed", &random)
    if isDenied, random.chance(1, of: 2) {
      let pause = random.duration(10 * Duration.minute, 40 * Duration.minute)
      actions += verificationActions(number, after: pause, method, "passed", &random)
    }
    plan(Script(customer: number, endsWithLock: false, actions))
  }

  private mutating func verificationActions(
    _ number: Int, after delay: Int64, _ method: String, _ outcome: String,
    _ random: inout SplitMix64
  ) -> [(gap: Int64, action: Script.Action)] {
    customers[number].logins += 1
    let ordinal = Int(customers[number].logins)
    return [
      (delay, .startedVerification(ordinal: ordinal, method: method)),
      (
        random.duration(Duration.minute, 6 * Duration.minute),
        .completedVerification(ordinal: ordinal, method: method, outcome: outcome)
      ),
    ]
  }

  private static func method(_ random: inout SplitMix64) -> String {
    let percent = random.below(100)
    return percent < 70 ? "sms_code" : percent < 90 ? "security_questions" : "photo_id"
  }

  /// Support mends errors and looks into tickets. The security team looks into logins, and
  /// reaches six owners of locked accounts in ten within hours, who then show a photo id.
  private mutating func escalate(_ effect: ShopEffect, _ number: Int) {
    guard effect.variables["team"]?.string ?? "security" == "security" else {
      return resolve(effect, number)
    }
    review(effect, number)
    if case .attack(let attack) = incidents[number]?.cause,
      truth.attacks[attack].escalatedAt == nil
    {
      truth.attacks[attack].escalatedAt = now
    }
    guard customers[number].traits.contains(.isLocked) else { return }
    var random = random(.owner, of: number, 1 << 32 | Int(customers[number].changes))
    guard random.chance(6, of: 10) else { return }
    let delay = random.duration(4 * Duration.hour, 30 * Duration.hour)
    let actions = verificationActions(number, after: delay, "photo_id", "passed", &random)
    plan(Script(customer: number, endsWithLock: false, actions))
  }
}
