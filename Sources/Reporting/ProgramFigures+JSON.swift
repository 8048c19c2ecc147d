package import JSON

extension ProgramFigures {
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
    channels.write(costs, to: &object)
    object.key("converted")
    object.object { steps in
      for step in channels.stepNames {
        let own = channels.filter { $0.step == step }
        let conversions = own.reduce(into: Conversions()) { $0.add($1.converted) }
        guard conversions.count > 0 else { continue }
        steps.key(step)
        steps.object { fields in
          let sent = own.reduce(0) { $0 + $1.counts["sent"] }
          fields.field("count", conversions.count)
          fields.field("revenue", conversions.revenue)
          fields.field("sent", sent)
          Self.write("percent", Self.percent(conversions.count, of: sent), to: &fields)
        }
      }
    }
    object.key("unattributed")
    object.object { fields in
      fields.field("count", unattributed.count)
      fields.field("revenue", unattributed.revenue)
      unattributedReasons.write("reasons", to: &fields)
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
          segment.exited.write("exited", to: &fields)
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
        experiment.write(costs, to: &names)
      }
    }
  }

  static func write(_ name: String, _ value: Double?, to object: inout JSONWriter) {
    object.key(name)
    if let value { object.double(value) } else { object.null() }
  }
}

extension [ProgramFigures.Channel] {
  /// What is told of each step's messages, in this order.
  private static let stages = [
    "requested", "sent", "delivered", "opened", "clicked", "failed", "bounced", "complained",
  ]

  /// Writes an object of steps, with their channels.
  func write(_ costs: [String: Int64], to writer: inout JSONWriter) {
    writer.object { steps in
      for step in stepNames {
        steps.key(step)
        steps.object { fields in
          for channel in self where channel.step == step {
            fields.key(channel.channel)
            fields.object { Self.write(channel, costs, to: &$0) }
          }
        }
      }
    }
  }

  private static func write(
    _ channel: ProgramFigures.Channel, _ costs: [String: Int64], to fields: inout JSONWriter
  ) {
    for stage in stages { fields.field(stage, channel.counts[stage]) }
    channel.withheld.write("withheld", to: &fields)
    fields.field("converted", channel.converted.count)
    fields.field("revenue", channel.converted.revenue)
    ProgramFigures.write(
      "percent", ProgramFigures.percent(channel.converted.count, of: channel.counts["sent"]),
      to: &fields)
    fields.field("cost", Double(channel.cost(costs)) / 1_000)
  }
}
