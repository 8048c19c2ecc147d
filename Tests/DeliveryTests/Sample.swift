import CBOR
import Delivery
import Engine
import Foundation
import Ledger
import Programs

/// Effects as programs ask for them.
enum Sample {
  /// 2024-01-04T11:45:38.25Z.
  static let moment: Int64 = 1_704_368_738_250_000

  static func delivery(
    _ id: String, channel: String = "email", template: String = "cart-email", at: Int64 = moment,
    variables: CBORValue = ["discount": 20, "hours": 48, "code": "BACK20", "items": []]
  ) -> Effect {
    effect(
      EventType.deliveryRequested, at: at,
      [
        "deliveryId": .text(id), "run": "cart-1", "program": "abandoned-cart",
        "step": .text(template), "channel": .text(channel), "to": "a@example.com",
        "template": .text(template), "version": "v1", "variables": variables,
        "idempotencyKey": .text(id),
      ])
  }

  static func action(_ id: String) -> Effect {
    effect(
      EventType.actionRequested, at: moment,
      [
        "actionId": .text(id), "run": "r", "program": "account-takeover", "step": "lock",
        "action": "lock_account", "parameters": ["hours": 2], "idempotencyKey": .text(id),
      ])
  }

  static func effect(_ type: String, at: Int64, _ data: CBORValue) -> Effect {
    Effect(event(at: at, data, kind: .effect), type: type)!
  }

  static func event(at: Int64, _ data: CBORValue, kind: EventKind, type: UInt32 = 2) -> Event {
    Event(
      position: 17,
      header: EventHeader(
        kind: kind, type: type, recordedAt: at, occurredAt: at, cause: 16, root: 1,
        id: EventID(high: 1, low: 2), program: 1),
      subject: Array("user_1".utf8), payload: data.encoded())
  }

  /// The templates of the shipped cart program, under the version "v1".
  static let templates: @Sendable (String, String, String) -> Program.Template? = {
    program, version, template in
    guard program == "abandoned-cart", version == "v1" else { return nil }
    return cart.templates.first { $0.id == template }
  }

  private static let cart: Program = {
    let path = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
      .appending(path: "../../Projections/Programs/abandoned-cart").standardizedFileURL
      .path(percentEncoded: false)
    return try! Program(body: ProgramFolder(path: path).body(), folder: "abandoned-cart")
  }()
}

/// A directory that a test may fill, removed at the end.
final class ScratchDirectory {
  let path: String

  init() {
    path = FileManager.default.temporaryDirectory
      .appending(path: "recount-\(UUID().uuidString)").path(percentEncoded: false)
    try! FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The names in a directory below, sorted, with what the files hold.
  func files(in folder: String) throws -> [(name: String, text: String)] {
    try FileManager.default.contentsOfDirectory(atPath: "\(path)/\(folder)").sorted().map {
      ($0, try String(contentsOfFile: "\(path)/\(folder)/\($0)", encoding: .utf8))
    }
  }
}

extension Input {
  /// All that makes an outcome, as text.
  var summary: String {
    [
      kind.name, type, String(decoding: subject, as: UTF8.self),
      String(decoding: source, as: UTF8.self), String(decoding: externalID, as: UTF8.self),
      "\(occurredAt ?? -1)", program, CBORView(storage: payload).description,
    ].joined(separator: " ")
  }
}
