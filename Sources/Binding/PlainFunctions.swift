package import Expressions
import Mathematics

/// The host functions that need nothing but their arguments.
package enum PlainFunctions {
  /// The result of `name`; nil where there is no such function.
  package static func call(
    _ name: String, _ arguments: [Value]
  ) throws(EvaluationError) -> Value? {
    switch name {
    case "distanceMiles":
      let (from, to) = try coordinates(name, arguments)
      return .double(GreatCircle.miles(from: from, to: to))
    case "distanceKm":
      let (from, to) = try coordinates(name, arguments)
      return .double(GreatCircle.kilometres(from: from, to: to))
    case "clamp": return try clamp(arguments)
    case "hourShare": return try hourShare(arguments)
    default: return nil
    }
  }

  private static func coordinates(
    _ name: String, _ arguments: [Value]
  ) throws(EvaluationError) -> (Coordinate, Coordinate) {
    guard arguments.count == 2, let from = coordinate(arguments[0]),
      let to = coordinate(arguments[1])
    else { throw EvaluationError(.invalidArgument, "\(name) takes two maps with lat and lon") }
    return (from, to)
  }

  private static func coordinate(_ value: Value) -> Coordinate? {
    guard case .map(let map) = value, let latitude = map[string: "lat"]?.number,
      let longitude = map[string: "lon"]?.number
    else { return nil }
    let coordinate = Coordinate(latitude: latitude, longitude: longitude)
    return coordinate.isValid ? coordinate : nil
  }

  /// The share of a day's pattern (24 counts by hour, in UTC) that lies within an hour of a moment:
  /// in its hour and the two beside it.
  private static func hourShare(_ arguments: [Value]) throws(EvaluationError) -> Value {
    guard case .list(let hours) = arguments[0], hours.count == 24,
      let moment = arguments[1].microseconds
    else { throw EvaluationError(.invalidArgument, "hourShare takes 24 counts and a time") }
    var counts: [Int64] = []
    for hour in hours {
      guard case .int(let count) = hour, count >= 0, count < 1 << 56 else {
        throw EvaluationError(.invalidArgument, "hourShare takes 24 counts, not \(hour.text)")
      }
      counts.append(count)
    }
    let total = counts.reduce(0, +)
    guard total > 0 else { throw EvaluationError(.invalidArgument, "no hour has a count yet") }
    let seconds = moment / 1_000_000 - (moment % 1_000_000 < 0 ? 1 : 0)
    let hour = Int(((seconds % 86_400) + 86_400) % 86_400 / 3_600)
    let near = counts[(hour + 23) % 24] + counts[hour] + counts[(hour + 1) % 24]
    return .double(Double(near) / Double(total))
  }

  private static func clamp(_ arguments: [Value]) throws(EvaluationError) -> Value {
    if case .int(let value) = arguments[0], case .int(let low) = arguments[1],
      case .int(let high) = arguments[2]
    {
      return .int(value < low ? low : value > high ? high : value)
    }
    guard let value = arguments[0].number, let low = arguments[1].number,
      let high = arguments[2].number
    else { throw EvaluationError(.noSuchOverload, "clamp") }
    return .double(value < low ? low : value > high ? high : value)
  }
}

extension Value {
  /// A number of any kind as a double; nil for other values.
  package var number: Double? {
    switch self {
    case .int(let value): Double(value)
    case .uint(let value): Double(value)
    case .double(let value): value
    default: nil
    }
  }
}
