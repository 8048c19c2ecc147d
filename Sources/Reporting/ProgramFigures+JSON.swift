package import JSON

extension ProgramFigures {
  /// What is told of each step's messages, in this order.
  private static let stages = [
    "requested", "sent", "delivered", "opened", "clicked", "failed", "bounced", "complained",
  ]

  /// Writes the figures as one JSON object; see `recount metrics --help`.
  /// - Parameter days: The figures day by day, as a field of the same object; nil: no such field.
  package func write(
    to writer: inout JSONWriter, days: [(day: Int64, figures: ProgramFigures)]? = nil
  ) {
    writer.object { object in
      writeFields(to: &object)
      guard let days else { return }
      object.key("days")
      object.array { array in
        for day in days {
          array.object { fields in
            fields.field("day", Self.text(day: day.day))
            day.figures.writeFields(to: &fields)
          }
        }
      }
    }
  }

  private func writeFields(to object: inout JSONWriter) {
    object.field("triggered", triggered)
    outcomes.write("outcomes", to: &object)
    rejected.write("rejected", to: &object)
    object.key("runs")
    object.object { runs in
      runs.field("started", started)
      runs.field("active", active)
      exited.write("exited", to: &runs)
    }
    object.key("deliveries")
    object.object { steps in
      for step in stepNames {
        steps.key(step)
        steps.object { writeChannels(ofStep: step, to: &$0) }
      }
    }
    object.key("converted")
    object.object { touches in
      for conversion in conversions {
        touches.key(conversion.touch)
        touches.object { write(conversion, to: &$0) }
      }
    }
    object.field("conversions", converted)
    object.field("revenue", revenue)
    Self.write("percent", treated.share.map { $0 * 100 }, to: &object)
    actions.write("actions", to: &object)
    object.field("cost", Double(cost) / 1_000)
    Self.write(
      "costPerConversion",
      converted == 0 ? nil : Double(cost) / 1_000 / Double(converted), to: &object)
    writeGroups(to: &object)
  }

  private func writeGroups(to object: inout JSONWriter) {
    object.key("segments")
    object.object { names in
      for segment in segments {
        names.key(segment.name)
        names.object { fields in
          segment.outcomes.write("outcomes", to: &fields)
          fields.field("started", segment.started)
          fields.field("converted", segment.converted)
          fields.field("revenue", segment.revenue)
          Self.write(
            "percent", Self.percent(segment.converted, of: segment.started), to: &fields)
        }
      }
    }
    object.key("experiments")
    object.object { names in
      for experiment in experiments where experiment.arms.count > 1 {
        names.key(experiment.name)
        experiment.write(to: &names)
      }
    }
  }

  /// Steps in the order in which they first counted.
  private var stepNames: [String] {
    var names: [String] = []
    for channel in channels where !names.contains(channel.step) { names.append(channel.step) }
    return names
  }

  private func writeChannels(ofStep step: String, to object: inout JSONWriter) {
    for channel in channels where channel.step == step {
      object.key(channel.channel)
      object.object { fields in
        for stage in Self.stages { fields.field(stage, channel.counts[stage]) }
        channel.withheld.write("withheld", to: &fields)
      }
    }
  }

  private func write(_ conversion: Conversion, to object: inout JSONWriter) {
    let sent = sent(inStep: conversion.touch)
    object.field("count", conversion.count)
    object.field("revenue", conversion.revenue)
    object.field("sent", sent)
    Self.write("percent", Self.percent(conversion.count, of: sent), to: &object)
  }

  static func write(_ name: String, _ value: Double?, to object: inout JSONWriter) {
    object.key(name)
    if let value { object.double(value) } else { object.null() }
  }
}
