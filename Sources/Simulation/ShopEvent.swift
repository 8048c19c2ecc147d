package import CBOR

/// Something that happened in the shop or to a message, ready to be ingested.
package struct ShopEvent: Sendable, Equatable {
  /// When it occurred: microseconds since 1970 UTC. Never before the event in front of it.
  package let time: Int64
  /// Whether it reports what became of a delivery or an action; otherwise it is an input.
  package let isOutcome: Bool
  /// The event type, such as `cart.updated` or `delivery.opened`.
  package let type: String
  /// Whom it concerns: a customer (`c-000123`), a product (`P017`) or an IP address.
  package let subject: String
  /// Who says so: `//shop.example/simulation`, `//shop.example/reputation` or, for outcomes,
  /// `recount:outcome`.
  package let source: String
  /// Unique below its source; at most 256 bytes.
  package let id: String
  /// The data as deterministic CBOR: one map with text keys.
  package let payload: [UInt8]

  /// The data in memory. Outcomes carry `deliveryId` (or `actionId`), `channel` (or `action`),
  /// `program`, `run` and `step`, copied from the effect. Cost: decodes `payload` each time.
  package var data: CBORValue {
    do throws(CBORError) {
      return try CBORValue(decoding: payload)
    } catch {
      preconditionFailure("the shop writes deterministic CBOR: \(error)")
    }
  }
}

/// A delivery or action that the product requested, as the shop's customers come to know it.
package struct ShopEffect: Sendable, Equatable {
  /// A delivery, otherwise an account action.
  package var isDelivery: Bool
  /// The `deliveryId` or `actionId`; at most 200 bytes.
  package var id: String
  /// The program that asked for it.
  package var program: String
  /// The key of the run, for a cart its cartId.
  package var run: String
  /// The step of the journey, empty where unknown.
  package var step: String
  /// The delivery's channel (`email`, `sms`, `push`, `in-app`, `phone`, `webhook`) or the action's
  /// name (`lock_account`, `unlock_account`, `revert_changes`, `escalate`, …).
  package var channel: String
  /// The customer concerned.
  package var subject: String
  /// The address, number or token written to; empty for actions.
  package var to: String
  /// The template's variables or the action's parameters. The shop reads `discount` (per cent),
  /// `code`, and `method` (how the owner of a locked account is to prove that he is himself).
  package var variables: CBORValue

  /// Creates an effect. Traps for an id of more than 200 bytes, because outcome ids contain it.
  package init(
    isDelivery: Bool, id: String, program: String, run: String, step: String = "",
    channel: String, subject: String, to: String = "", variables: CBORValue = [:]
  ) {
    precondition(id.utf8.count <= 200, "an effect's id has at most 200 bytes")
    self.isDelivery = isDelivery
    self.id = id
    self.program = program
    self.run = run
    self.step = step
    self.channel = channel
    self.subject = subject
    self.to = to
    self.variables = variables
  }
}
