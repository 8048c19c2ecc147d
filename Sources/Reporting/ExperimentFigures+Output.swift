import Explaining
import JSON

extension ExperimentFigures {
  /// Writes arms, lifts and the check of their ratio; see `recount metrics --help`.
  /// - Parameter costs: As of ``ProgramFigures/costs``.
  func write(_ costs: [String: Int64], to writer: inout JSONWriter) {
    writer.object { object in
      object.key("variants")
      object.object { names in
        for arm in arms {
          names.key(arm.variant)
          names.object { fields in
            fields.field("started", arm.started)
            fields.field("converted", arm.converted)
            fields.field("revenue", arm.revenue)
            ProgramFigures.write("percent", arm.conversion.share.map { $0 * 100 }, to: &fields)
            guard !arm.channels.isEmpty else { return }
            fields.key("deliveries")
            arm.channels.write(costs, to: &fields)
          }
        }
      }
      object.key("lift")
      object.array { array in
        for lift in lifts {
          array.object { fields in
            fields.field("variant", lift.variant)
            fields.field("control", lift.control)
            fields.field("points", lift.difference * 100)
            fields.field("low", lift.interval.lowerBound * 100)
            fields.field("high", lift.interval.upperBound * 100)
            ProgramFigures.write("relativePercent", lift.relative.map { $0 * 100 }, to: &fields)
          }
        }
      }
      object.key("ratioCheck")
      guard let check = ratioCheck else { return object.null() }
      object.object { fields in
        fields.field("chiSquared", check.chiSquared)
        fields.field("probability", check.probability)
        fields.field("fits", check.fits)
      }
    }
  }

  /// Writes the experiment as a table with what it comes to.
  func write(to page: inout TextPage) {
    page.line()
    page.table(
      [
        .init(name == "holdout" ? "holdout" : "experiment \(Printable.text(name))"),
        .init("runs", .right), .init("converted", .right), .init("of runs", .right),
        .init("95 % interval"), .init("revenue", .right),
      ],
      arms.map { arm in
        [
          Printable.text(arm.variant), String(arm.started), String(arm.converted),
          arm.conversion.share.map { ProgramFigures.text($0 * 100) } ?? "",
          arm.conversion.interval.map { Self.range($0) } ?? "", ProgramFigures.grouped(arm.revenue),
        ]
      })
    var pairs: [(String, String)] = lifts.map { lift in
      let relative = lift.relative.map { " (\(Self.signed($0 * 100)) %)" } ?? ""
      return (
        "lift of \(Printable.text(lift.variant))",
        "\(Self.signed(lift.difference * 100)) points\(relative) over \(lift.control), "
          + "95 % interval \(Self.range(lift.interval))"
      )
    }
    if let check = ratioCheck {
      let probability = Printable.number(check.probability, digits: 4)
      pairs.append(
        (
          "ratio check",
          check.fits
            ? "the variants have as many runs as they should (p \(probability))"
            : "the variants do NOT have as many runs as they should (p \(probability)): trust no lift"
        ))
    }
    page.pairs(pairs)
  }

  private static func signed(_ number: Double) -> String {
    (number >= 0 ? "+" : "") + Printable.number(number, digits: 1)
  }

  private static func range(_ interval: ClosedRange<Double>) -> String {
    Printable.number(interval.lowerBound * 100, digits: 1) + " to "
      + Printable.number(interval.upperBound * 100, digits: 1) + " %"
  }
}
