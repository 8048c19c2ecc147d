import Expressions
import Programs
import Testing

@Suite("Abandoned cart")
struct CartTests {
  @Test("plans e-mail, SMS and push at 1 h, 24 h and 72 h, one after the other")
  func plansTouches() throws {
    let program = try Shipped.program("abandoned-cart")
    let states = program.journey.states
    var state = states[program.journey.start]
    var elapsed: Int64 = 0
    var touches: [String] = []
    while let timer = state.timers.first {
      guard case .after(let delay) = timer.moment,
        case .state(let target) = timer.transitions[0].target
      else { break }
      elapsed += delay
      state = states[target]
      #expect(timer.planned.map(\.send.channel) == state.sends.map(\.channel))
      for send in state.sends {
        touches.append("\(send.channel) \(elapsed / 3_600_000_000) \(program.steps[send.step])")
      }
    }
    #expect(touches == ["email 1 email", "sms 24 sms", "push 72 push"])
  }

  @Test("goes on with what was not sent when the cart is abandoned again")
  func resumes() throws {
    let program = try Shipped.program("abandoned-cart")
    let watching = program.journey.states[
      try #require(program.journey.stateIndex(named: "watching"))]
    func next(_ email: Int64, _ sms: Int64, _ push: Int64) throws -> String? {
      let sent = map(["email": .int(email), "sms": .int(sms), "push": .int(push)])
      let world = World(variables: ["run": map(["sent": sent])])
      let transition = try watching.handlers.joined.first { transition in
        guard let when = transition.when else { return true }
        return try world.value(when) == true
      }
      guard case .state(let index)? = transition?.target else { return nil }
      return program.journey.states[index].name
    }
    #expect(try next(0, 0, 0) == "waiting")
    #expect(try next(0, 1, 0) == "waiting")
    #expect(try next(1, 0, 0) == "waiting-sms")
    #expect(try next(1, 1, 0) == "waiting-push")
    #expect(try next(1, 1, 1) == "finished")
  }

  @Test("ends by an order, an opt-out or after seven days")
  func ends() throws {
    let program = try Shipped.program("abandoned-cart")
    let exits = program.journey.exits
    #expect(exits.map(\.name) == ["converted", "opted-out", "expired"])
    #expect(exits.map(\.types) == [["order.placed"], ["customer.updated"], []])
    let sevenDays: Int64 = 604_800_000_000
    #expect(exits[2].fromStartMicroseconds == sevenDays)
    let world = World(variables: [
      "event": map(["cartId": "c1", "total": 5_000]), "run": map(["key": "c1"]),
    ])
    #expect(try world.value(try #require(exits[0].when)) == true)
    #expect(try world.value(try #require(exits[0].revenue)) == 5_000)
  }

  @Test("knows its features by owner, and shares equal ones by identity")
  func features() throws {
    let program = try Shipped.program("abandoned-cart")
    let items = try #require(program.features.first { $0.name == "items" })
    #expect(items.owner == .entity(0) && items.kind == .last && items.includesCurrent)
    #expect(items.types == ["cart.abandoned", "cart.updated"])
    #expect(items.defaultValue == .list([]))
    #expect(Set(program.features.map(\.identity)).count == program.features.count)
    let again = try Shipped.program(
      "abandoned-cart", [ProgramOverride(path: "title", value: "x")])
    #expect(again.features.map(\.identity) == program.features.map(\.identity))
  }

  @Test("concerns the events that it names, and any input that breaks a silence")
  func concerns() throws {
    let program = try Shipped.program("abandoned-cart")
    #expect(program.concernsEveryInput)
    #expect(program.eventTypes.contains("product.updated"))
    #expect(program.eventTypes == program.eventTypes.sorted())
    #expect(try Shipped.program("account-takeover").concernsEveryInput == false)
  }

  @Test("may be cheaper in a marketplace, never unknown")
  func marketplaces() throws {
    let parameters = try Shipped.program("abandoned-cart").parameters
    #expect(
      parameters.marketplaces.keys.sorted() == ["AU", "BR", "DE", "FR", "IN", "JP", "UK", "US"])
    #expect(parameters.values(marketplace: "XX")["minCartValue"] == 5_000)
    #expect(parameters.values(marketplace: "JP")["maximumDiscount"] == 20)
  }
}
