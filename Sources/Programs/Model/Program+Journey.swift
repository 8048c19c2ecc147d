package import Expressions

extension Program {
  /// The statechart of a run. States and exits are numbered in the order of the file.
  package struct Journey: Sendable {
    /// Assigned once, when the run starts, before the first state is entered.
    package let set: [Assignment]
    /// The index of the first state.
    package let start: Int
    /// Entities whose events concern the run as its subject's do.
    package let watches: [Watch]
    /// The states, at their own indexes.
    package let states: [State]
    /// The exits, at their own indexes, in the order in which they are asked.
    package let exits: [Exit]
    /// What is asked in every state after the state's own handlers.
    package let handlers: Handlers

    /// The index of the state with this name; nil: there is none.
    package func stateIndex(named name: String) -> Int? {
      states.firstIndex { $0.name == name }
    }
  }

  /// An entity that runs watch. Its key is asked when the run starts, and after each event that moved
  /// the run or changed its variables.
  package struct Watch: Sendable {
    /// An index in `Program.entities`.
    package let entity: Int
    /// The key, or a list of keys; an error, null and "" mean none.
    package let key: CompiledExpression
  }

  /// A state. Entering it does `set`, `acts`, `sends` in this order, then starts the timers, then
  /// asks `always`.
  package struct State: Sendable {
    /// Its index in `Journey.states`.
    package let index: Int
    /// Its name, unique among states and exits.
    package let name: String
    /// Assigned on entry.
    package let set: [Assignment]
    /// Done on entry.
    package let acts: [Act]
    /// Sent on entry.
    package let sends: [Send]
    /// Asked after entry, and after each event that was handled in the state.
    package let always: [Transition]
    /// What events do in this state.
    package let handlers: Handlers
    /// Set on entry, each at its own index.
    package let timers: [Timer]
  }

  /// Transitions by the event that they answer to. Of the lists that fit an event, the exact type's
  /// comes before the one for any input; within a list the first whose guard is true is taken.
  package struct Handlers: Sendable {
    /// Sorted by type.
    package let byType: [TypeHandler]
    /// For another trigger that joined the run.
    package let joined: [Transition]
    /// `"*"`: for inputs of any type.
    package let anyInput: [Transition]

    /// The transitions for an event type; empty if there are none.
    package func transitions(for type: String) -> [Transition] {
      byType.first { $0.type == type }?.transitions ?? []
    }
  }

  /// The transitions that answer to one event type.
  package struct TypeHandler: Sendable {
    /// The event type.
    package let type: String
    /// In the order in which they are asked; never empty.
    package let transitions: [Transition]
  }

  /// Where a transition leads.
  package enum Target: Hashable, Sendable {
    /// An index in `Journey.states`; the same state is entered anew.
    case state(Int)
    /// An index in `Journey.exits`.
    case exit(Int)
    /// Nowhere: the state is not left and its timers go on.
    case stay
  }

  /// A transition: its `set`, `acts` and `sends` are done in this order before the target is
  /// entered.
  package struct Transition: Sendable {
    /// Where it leads.
    package let target: Target
    /// nil: always. An error counts as false.
    package let when: CompiledExpression?
    /// Assigned when it is taken.
    package let set: [Assignment]
    /// Done when it is taken.
    package let acts: [Act]
    /// Sent when it is taken.
    package let sends: [Send]
    /// Why the run moved; nil: the type of the event that moved it.
    package let reason: String?
    /// Timers only: later than this the step is skipped with the reason `late`; nil: never.
    package let lateMicroseconds: Int64?
  }

  /// When a timer of a state is due.
  package enum TimerMoment: Sendable {
    /// Microseconds after entering the state.
    case after(Int64)
    /// Microseconds after the run's start; in the past when the state is entered: due at once.
    case fromStart(Int64)
    /// The timestamp that the expression gives on entry; null sets no timer.
    case at(CompiledExpression, past: PastMoment)
    /// A local time in the customer's zone.
    case local(LocalMoment)
  }

  /// What becomes of a timer whose moment is past when it is set.
  package enum PastMoment: String, Sendable, CaseIterable {
    /// It is not set, and its planned sends are withheld with the reason `past`.
    case skip
    /// It is due at once.
    case now
  }

  /// A timer that entering a state sets and leaving it clears.
  package struct Timer: Sendable {
    /// Its index in `State.timers`.
    package let index: Int
    /// When it is due.
    package let moment: TimerMoment
    /// The first whose guard is true when it fires is taken.
    package let transitions: [Transition]
    /// The reason of a move by this timer: `after 1h`, `from start 7d`, `at moment`, `at 10:00 local`.
    package let reason: String
    /// The sends that its firing would make: what is dropped if it is cleared before.
    package let planned: [PlannedSend]
  }

  /// A send that a timer will make if its transition is taken.
  package struct PlannedSend: Sendable {
    /// The transition's index in the timer's `transitions`.
    package let transition: Int
    /// What would be sent; its own `when` is not asked yet.
    package let send: Send
  }

  /// A way out of the journey. Its conditions are asked before the states' handlers.
  package struct Exit: Sendable {
    /// Its index in `Journey.exits`.
    package let index: Int
    /// Its name, unique among states and exits.
    package let name: String
    /// The types of events that lead out, sorted; empty: none do.
    package let types: [String]
    /// Whether inputs of every type do.
    package let isAskedForAnyInput: Bool
    /// nil: always. An error counts as false.
    package let when: CompiledExpression?
    /// Microseconds after the run's start; nil: no time limit.
    package let fromStartMicroseconds: Int64?
    /// Minor units that the exit brought in.
    package let revenue: CompiledExpression?
    /// Assigned when it is taken.
    package let set: [Assignment]
    /// Done when it is taken.
    package let acts: [Act]
    /// Sent when it is taken.
    package let sends: [Send]
  }

  /// Gives a variable of the run a value; in a list, each sees what those before it did.
  package struct Assignment: Sendable {
    /// The variable.
    package let name: String
    /// The variable's index in `Program.runVariables`.
    package let slot: Int
    /// What it becomes.
    package let value: CompiledExpression
  }

  /// A message. An address that is null or "" withholds it with the reason `no-address`.
  package struct Send: Sendable {
    /// Its index in `Program.sends`.
    package let index: Int
    /// An index in `Program.steps`. No two sends on one channel have the same step.
    package let step: Int
    /// How it goes out.
    package let channel: Channel
    /// An index in `Program.templates`.
    package let template: Int
    /// The address: a text; null or "" for none.
    package let to: CompiledExpression
    /// In the order of the file.
    package let variables: [NamedExpression]
    /// false, or an error: it is left out in silence.
    package let when: CompiledExpression?
    /// What opt-out and quiet hours do with it.
    package let messageClass: MessageClass
    /// What the customer may have opted out of; nil: only all marketing.
    package let topic: Topic?
    /// When it is not to go out; nil: it may always.
    package let quietHours: QuietHours?
    /// Whether these are the program's, which a marketplace may override.
    package let takesProgramQuietHours: Bool
  }

  /// An action on the customer's account or another system.
  package struct Act: Sendable {
    /// An index in `Program.steps`. No two acts with one action have the same step.
    package let step: Int
    /// The action's name, such as `lock_account`.
    package let action: String
    /// A `.map`, perhaps an empty one.
    package let parameters: ExpressionTree
    /// false, or an error: it is left out in silence.
    package let when: CompiledExpression?
  }

  /// A message's text, as mustache.
  package struct Template: Sendable {
    /// The name of its file, without `.yaml`.
    package let id: String
    /// E-mail only.
    package let subject: MustacheText?
    /// The message.
    package let text: MustacheText
  }
}
