import Binding
import Expressions
import Ledger
import Programs

/// A model of items with its expressions bound to events.
struct BoundItemModel {
  let model: ItemModel
  private let each: EventExpression?
  private let filter: EventExpression?
  private let item: EventExpression

  init(_ model: ItemModel) {
    self.model = model
    each = model.each.map { EventExpression($0) }
    filter = model.filter.map { EventExpression($0, elementName: model.elementName) }
    item = EventExpression(model.item, elementName: model.elementName)
  }

  /// The items that the subject of `event` meets by it. What fails is left out.
  func items(of event: Event, names: Names) -> [String] {
    guard let each else { return item(of: event, nil, names).map { [$0] } ?? [] }
    guard case .list(let elements)? = each.value(event, names: names) else { return [] }
    return elements.compactMap { item(of: event, $0, names) }
  }

  private func item(of event: Event, _ element: Value?, _ names: Names) -> String? {
    if let filter, filter.value(event, element: element, names: names) != .bool(true) {
      return nil
    }
    let value = item.value(event, element: element, names: names)
    return value.flatMap(EventExpression.key).map { String(decoding: $0, as: UTF8.self) }
  }
}
