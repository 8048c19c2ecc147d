import CBOR
import CivilTime
import Engine
import Explaining
import FoundationEssentials
import Ledger
import Policies
import Programs
import ShippedPrograms
import Testing

/// A store in a temporary directory, with one small program, fed by hand under the event clock.
final class TestLedger {
  let directory: String
  let store: Store
  private var count = 0

  init(_ source: String = TestLedger.program) throws {
    directory =
      FileManager.default.temporaryDirectory.path + "/recount-explaining-\(UUID().uuidString)"
    try FileManager.default.createDirectory(
      atPath: directory, withIntermediateDirectories: true)
    store = try Store(directory: directory)
    let body = try ProgramBody(files: [
      "program.yaml": Array(source.utf8), "models/liking.yaml": Array(Self.model.utf8),
      "templates/hello.yaml": Array(Self.template.utf8),
    ])
    let program = try Program(body: body, folder: "sample")
    store.engine.holdForFirstTurn(program.activation(count: 0))
  }

  /// The same with a shipped program that holds nobody out.
  init(shipped id: String) throws {
    directory =
      FileManager.default.temporaryDirectory.path + "/recount-explaining-\(UUID().uuidString)"
    try FileManager.default.createDirectory(
      atPath: directory, withIntermediateDirectories: true)
    store = try Store(directory: directory)
    let body = try #require(ShippedPrograms.body(id))
    let program = try Program(
      body: body, folder: id, overrides: [ProgramOverride(path: "holdout", value: "0")])
    store.engine.holdForFirstTurn(program.activation(count: 0))
  }

  /// The index as another process sees it: this one may not open the same files twice.
  func index() throws -> StoredSubjectIndex {
    try store.engine.flush()
    let copy = directory + "/copy-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: copy, withIntermediateDirectories: false)
    for file in ["data.mdb", "mark"] {
      try FileManager.default.copyItem(
        atPath: "\(directory)/views/\(file)", toPath: "\(copy)/\(file)")
    }
    return try #require(try StoredSubjectIndex(directory: copy))
  }

  deinit {
    try? store.close()
    try? FileManager.default.removeItem(atPath: directory)
  }

  /// Takes in an event at `time` ("10:00:00" on 4 March 2024, UTC) and returns its position.
  @discardableResult
  func send(
    _ time: String, _ type: String, _ data: CBORValue, subject: String = "c-1",
    kind: EventKind = .input
  ) throws -> UInt64 {
    count += 1
    let input = Input(
      kind: kind, type: type, subject: Array(subject.utf8), source: Array("//shop".utf8),
      externalID: Array("e\(count)".utf8),
      occurredAt: try RFC3339.microseconds(parsing: "2024-03-04T\(time)Z"),
      payload: data.encoded())
    guard case .appended(let position, _) = try store.engine.turn([input], clock: .event)[0] else {
      throw TestFailure(description: "event \(count) was not appended")
    }
    return position
  }

  func advance(_ day: Int, _ time: String) throws {
    let moment = try RFC3339.microseconds(parsing: "2024-03-\(day < 10 ? "0" : "")\(day)T\(time)Z")
    _ = try store.engine.advance(to: moment)
  }

  func explainer() throws -> Explainer { try Explainer(store.ledger) }

  /// Positions of the events of a type, in order.
  func positions(_ type: String) throws -> [UInt64] {
    var positions: [UInt64] = []
    try store.ledger.forEachEvent(from: 1) { (event) -> Bool in
      if self.store.context.names.name(.type, event.type) == type {
        positions.append(event.position)
      }
      return true
    }
    return positions
  }

  /// The data of the event at `position`.
  func data(_ position: UInt64) throws -> CBORValue {
    try #require(try store.ledger.event(at: position)).payload.value
  }

  static let program = """
    id: sample
    title: A sample
    class: marketing
    params: {limit: 100}
    traits: {}
    entities:
      cart: {key: event.cartId}
    features:
      customer:
        orders: {count: order.placed}
      cart:
        value: {last: cart.updated, value: event.value, default: 0, including: current}
        ordered: {exists: order.placed, including: current}
    derive:
      - event: cart.abandoned
        silence: {key: event.cartId, entity: cart, for: 30m}
        arm: cart(key).value > 0 && !cart(key).ordered
        when: cart(key).value > 0 && !cart(key).ordered
        data: {cartId: key, value: cart(key).value}
    trigger: {event: cart.abandoned, key: event.cartId}
    dedupe: {within: 7d}
    join: {when: run.state == "email", filters: skip}
    filters:
      - {id: worth, pass: event.value >= params.limit}
      - {id: cap, cap: {channel: email, max: 2, per: 7d}, again: true}
    score:
      model: liking
      features:
        orders: customer.orders
        value: event.value
    offers: [{discount: 10}]
    candidate: {item: run.key, ttl: 7d, channels: [email]}
    journey:
      start: waiting
      exits:
        converted: {on: order.placed, when: event.cartId == run.key, revenue: event.total}
        expired: {fromStart: 7d}
      states:
        waiting:
          after: {1h: email}
        email:
          send: {channel: email, template: hello, variables: {discount: offer.discount}}

    """

  static let model = """
    id: liking
    kind: scorecard
    link: logistic
    intercept: 0
    reasons: 4
    features:
      - name: orders
        missing: 0
        otherwise: 0
        neutral: 0
        bins: [{from: 0, to: 1, points: -0.4}, {from: 1, points: 0.5}]
      - name: value
        missing: 0
        otherwise: 0
        neutral: 0
        bins: [{from: 0, to: 1000, points: 0.1}, {from: 1000, points: 0.3}]

    """

  static let template = """
    subject: "{{discount}}% off"
    text: |
      Hello

    """
}

struct TestFailure: Error, CustomStringConvertible {
  let description: String
}
