internal import CivilTime

extension ProgramFormat {
  private static let set = FormatKey(
    "set", .table(.identifier, .expression(.kept), limit: ProgramLimits.runVariables),
    default: [:], example: ["value": "event.cartValue"],
    "Variables of the run and what they become; expressions read run.NAME.")
  private static let act = FormatKey(
    "act", .either([.mapping(actMapping), .list(.mapping(actMapping), limit: limit)]),
    example: ["action": "lock_account"], "An action, or a list of them.")
  private static let send = FormatKey(
    "send", .either([.mapping(sendMapping), .list(.mapping(sendMapping), limit: limit)]),
    example: ["channel": "email", "template": "hello"], "A message, or a list of them.")
  private static let limit = ProgramLimits.effects

  static let journey = FormatMapping(
    "journey", "What happens in a run: a statechart.",
    [
      set,
      FormatKey(
        "start", .text, required: true, example: "waiting", "The state that is entered first."),
      FormatKey(
        "exits", .table(.name, .either([.mapping(exit), .nothing]), limit: ProgramLimits.exits),
        required: true, example: ["expired": ["fromStart": "7d"]],
        "The ways out, asked in this order at every event of the run."),
      FormatKey(
        "on", .table(.handler, transitions(transition), limit: ProgramLimits.eventTypes),
        default: [:], example: ["order.placed": "bought"],
        "What events do in every state, after the state's own on."),
      FormatKey(
        "states", .table(.name, .either([.mapping(state), .nothing]), limit: ProgramLimits.states),
        required: true, example: ["waiting": ["after": ["1h": "email"]]], "The states."),
      FormatKey(
        "watch", .table(.identifier, .expression(.keys), limit: ProgramLimits.entities),
        default: [:], example: ["product": "run.productId"],
        "Entities whose events concern the run, each with a key or a list of keys."),
    ])

  static let exit = FormatMapping(
    "exit", "A way out of the journey; without on and fromStart only a target of transitions.",
    [
      FormatKey(
        "on", .eventTypesOrAny, example: "order.placed", "The types of events that lead out."),
      FormatKey(
        "when", .expression(.guardian), example: "event.cartId == run.key",
        "Whether such an event does; without it always."),
      FormatKey(
        "fromStart", .duration, example: "7d", "How long after the run's start it is taken."),
      FormatKey(
        "revenue", .expression(.number), example: "event.total",
        "Minor units that the exit brought in."), set, act, send,
    ], rules: ["dependentRequired": ["when": ["on"]]])

  static let state = FormatMapping(
    "state", "A state; entering it does set, act and send, starts the timers, then asks always.",
    [
      set, act, send,
      FormatKey(
        "always", transitions(transition), example: [["when": "run.count > 2", "to": "done"]],
        "Asked on entry and after each event that was handled in the state."),
      FormatKey(
        "on", .table(.handler, transitions(transition), limit: ProgramLimits.eventTypes),
        default: [:], example: ["order.placed": "bought"],
        "What events do: by type, joined for another trigger, or \"*\" for inputs."),
      FormatKey(
        "after", .table(.duration, transitions(timerTransition), limit: ProgramLimits.timers),
        default: [:], example: ["1h": "email"],
        "What happens so long after the state was entered."),
      FormatKey(
        "fromStart", .table(.duration, transitions(timerTransition), limit: ProgramLimits.timers),
        default: [:], example: ["3d": "reminded"], "What happens so long after the run's start."),
      FormatKey(
        "at",
        .list(
          .either([.mapping(momentTransition), .mapping(localTransition)]),
          limit: ProgramLimits.timers),
        default: [], example: [["local": "10:00", "to": "mailed"]],
        "What happens at a moment that an expression gives, or at a local time."),
    ])

  /// The name of a state or exit, a transition, or a list of them.
  private static func transitions(_ one: FormatMapping) -> FormatType {
    let single = FormatType.either([.text, .mapping(one)])
    return .either([.text, .mapping(one), .list(single, limit: ProgramLimits.transitions)])
  }

  private static let transitionKeys = [
    FormatKey(
      "to", .text, example: "reminded",
      "The state or exit that it leads to; without it the state is not left."),
    FormatKey(
      "when", .expression(.guardian), example: "run.sent.email == 0",
      "Whether it is taken; without it always."),
    set, act, send,
    FormatKey(
      "reason", .text, example: "returned", "Why, in the log; without it the event or timer."),
  ]
  private static let late = FormatKey(
    "late", .duration, example: "2h",
    "How late it may be carried out; later it is skipped. Without it however late.")

  static let transition = FormatMapping(
    "transition", "A way that an event, or entering a state, leads.", transitionKeys)

  static let timerTransition = FormatMapping(
    "timerTransition", "A way that a timer leads.", transitionKeys + [late])

  static let momentTransition = FormatMapping(
    "momentTransition", "A way that leads on at a moment.",
    transitionKeys + [
      late,
      FormatKey(
        "moment", .expression(.timestamp), required: true,
        example: "timestamp(run.appointmentAt) - duration(\"24h\")", "The moment; null: none."),
      FormatKey(
        "past", .words(Program.PastMoment.self), default: "skip", example: "now",
        "What becomes of a moment that is past."),
    ])

  static let localTransition = FormatMapping(
    "localTransition", "A way that leads on at a local time.",
    transitionKeys + [
      late,
      FormatKey(
        "local", .localTime, required: true, example: "10:00",
        "What clocks show where the customer is."),
      FormatKey(
        "on", .either([weekday, .list(weekday, limit: 7)]), example: ["monday", "tuesday"],
        "On which days of the week; without it on all."),
      FormatKey(
        "after", .duration, default: "0s", example: "3d",
        "How long after the state was entered it counts from."),
    ])

  private static let weekday = FormatType.choice(Weekdays.names)

  static let sendMapping = FormatMapping(
    "send", "A message.",
    [
      FormatKey("channel", channel, required: true, example: "email", "How it goes out."),
      FormatKey(
        "template", .name, required: true, example: "cart-email",
        "The file below templates/ that holds its text."),
      FormatKey(
        "to", .expression(.address), example: "customer.email",
        """
        The address: without it customer.email, customer.phone, customer.pushToken or customer.id, \
        as the channel needs.
        """),
      FormatKey(
        "variables", .table(.identifier, .expression(.any), limit: ProgramLimits.parameters),
        default: [:], example: ["discount": "offer.discount"],
        "What the template's variables are."),
      FormatKey(
        "when", .expression(.guardian), example: "run.sent.email == 0",
        "Whether it is sent; without it always."),
      FormatKey(
        "class", .words(Program.MessageClass.self), example: "transactional",
        "Its class, in place of the program's."),
      FormatKey(
        "step", .name, example: "first-touch",
        "The step that it belongs to, in place of the name of its place."),
      FormatKey(
        "topic", topicOrName, example: "offers", "Its topic, in place of the program's."),
      FormatKey(
        "quietHours", .either([.mapping(quietHours), .off]), example: false,
        "Its quiet hours, in place of the program's."),
    ])

  static let actMapping = FormatMapping(
    "act", "An action on the customer's account or another system.",
    [
      FormatKey("action", .name, required: true, example: "issue_credit", "The action's name."),
      FormatKey(
        "with", .tree, default: [:], example: ["amount": "offer.credit"], "Its parameters."),
      FormatKey(
        "when", .expression(.guardian), example: "score.value > 0.9",
        "Whether it is done; without it always."),
      FormatKey(
        "step", .name, example: "credit",
        "The step that it belongs to, in place of the name of its place."),
    ])
}
