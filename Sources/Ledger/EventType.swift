/// The event types of the product's own. Other programs read them: extend, rename nothing.
package enum EventType {
  package static let programActivated = "program.activated"
  package static let programDeactivated = "program.deactivated"
  package static let modelRegistered = "model.registered"
  package static let referenceLoaded = "reference.loaded"
  package static let scoreRequested = "score.requested"
  package static let scoreAnswered = "score.answered"
  package static let nameInterned = Names.internedName
  package static let timerFired = "timer.fired"
  package static let decisionMade = "decision.made"
  package static let runStarted = "run.started"
  package static let runMoved = "run.moved"
  package static let runExited = "run.exited"
  package static let runsTransferred = "runs.transferred"
  package static let runsNotified = "runs.notified"
  package static let candidateCreated = "candidate.created"
  package static let candidateUpdated = "candidate.updated"
  package static let candidateRemoved = "candidate.removed"
  package static let batchStarted = "batch.started"
  package static let batchSliced = "batch.sliced"
  package static let batchCompleted = "batch.completed"
  /// A batch that was due and did not begin, with the reason.
  package static let batchSkipped = "batch.skipped"
  /// A report is finished, with its rows; a part of one; one that was due and was not made.
  package static let reportMade = "report.made"
  package static let reportSliced = "report.sliced"
  package static let reportSkipped = "report.skipped"
  package static let deliveryRequested = "delivery.requested"
  package static let deliveryWithheld = "delivery.withheld"
  package static let actionRequested = "action.requested"
  package static let deliverySent = "delivery.sent"
  package static let deliveryDelivered = "delivery.delivered"
  package static let deliveryFailed = "delivery.failed"
  package static let deliveryBounced = "delivery.bounced"
  package static let deliveryComplained = "delivery.complained"
  package static let deliveryOpened = "delivery.opened"
  package static let deliveryClicked = "delivery.clicked"
  package static let actionCompleted = "action.completed"
  package static let actionFailed = "action.failed"
  /// A producer's merge of traits into a customer's profile.
  package static let customerUpdated = "customer.updated"
  /// A customer opts in to a topic, or out of it: on a channel, or on all.
  package static let consentChanged = "consent.changed"
  /// An address that bounced or complained may be written to again.
  package static let suppressionLifted = "suppression.lifted"

  /// Types that only the product may append, and those it takes as outcomes.
  package static let outcomes: Set<String> = [
    deliverySent, deliveryDelivered, deliveryFailed, deliveryBounced, deliveryComplained,
    deliveryOpened, deliveryClicked, actionCompleted, actionFailed, scoreAnswered,
  ]

  /// Types that a producer may not send: they would pass for the engine's own.
  package static let reserved: Set<String> = [
    programActivated, programDeactivated, modelRegistered, referenceLoaded, nameInterned,
    timerFired, decisionMade, runStarted, runMoved, runExited, runsTransferred, runsNotified,
    candidateCreated,
    candidateUpdated, candidateRemoved, batchStarted, batchSliced, batchCompleted, batchSkipped,
    deliveryRequested, deliveryWithheld, actionRequested, scoreRequested, reportMade,
    reportSliced, reportSkipped,
  ]
}

/// Sources of the product's own events that carry an external id.
package enum OwnSource {
  package static let timer = "recount:timer"
  package static let outcome = "recount:outcome"
  package static let control = "recount:control"
}
