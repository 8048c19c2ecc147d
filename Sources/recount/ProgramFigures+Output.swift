import Explaining
import JSON

extension ProgramFigures {
  /// What is told of each step's messages, in this order.
  private static let stages = [
    "requested", "sent", "delivered", "opened", "clicked", "failed", "bounced", "complained",
  ]

  /// Writes the figures as one JSON object; see `recount metrics --help`.
  func write(to writer: inout JSONWriter) {
    writer.object { object in
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
      Self.write("percent", percent, to: &object)
      actions.write("actions", to: &object)
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

  private static func write(_ name: String, _ value: Double?, to object: inout JSONWriter) {
    object.key(name)
    if let value { object.double(value) } else { object.null() }
  }

  // MARK: - Text

  /// Writes the figures as a funnel.
  func write(_ id: String, to page: inout TextPage) {
    page.heading(id)
    var pairs = [("triggered", String(triggered)), ("outcomes", outcomes.text)]
    if !rejected.isEmpty { pairs.append(("rejected by", rejected.text)) }
    if started > 0 {
      let ended = exited.isEmpty ? "" : "; ended: \(exited.text)"
      pairs.append(("runs", "\(started) started, \(active) active\(ended)"))
    }
    if !actions.isEmpty { pairs.append(("actions", actions.text)) }
    if converted > 0 {
      let share = percent.map { " (\(Self.text($0)) of the runs not held out)" } ?? ""
      pairs.append(
        ("converted", "\(converted)\(share), revenue \(Self.grouped(revenue)) minor units"))
    }
    page.pairs(pairs)
    writeFunnel(to: &page)
  }

  private func writeFunnel(to page: inout TextPage) {
    guard !channels.isEmpty || !conversions.isEmpty else { return }
    page.line()
    let titles = ["requested", "sent", "delivered", "opened", "clicked", "failed", "bounced"]
    let columns =
      [TextPage.Column("touch")] + titles.map { .init($0, .right) }
      + [.init("converted", .right), .init("of sent", .right), .init("revenue", .right)]
    var rows: [[String]] = []
    var told: Set<String> = []
    for channel in channels {
      let counts = titles.map { channel.counts[$0] }.map { $0 == 0 ? "" : String($0) }
      // A conversion belongs to a step: it stands in the line of the step's first channel.
      let conversion =
        told.insert(channel.step).inserted
        ? conversions.first { $0.touch == channel.step } : nil
      rows.append([Self.name(channel)] + counts + cells(conversion))
    }
    for conversion in conversions where !told.contains(conversion.touch) {
      rows.append([conversion.touch] + titles.map { _ in "" } + cells(conversion))
    }
    page.table(columns, rows)
    let withheld = channels.filter { !$0.withheld.isEmpty }
    guard !withheld.isEmpty else { return }
    page.line()
    page.pairs(
      withheld.map {
        ("\(Self.name($0)) withheld", "\($0.withheld.total): \($0.withheld.text)")
      })
  }

  private func cells(_ conversion: Conversion?) -> [String] {
    guard let conversion else { return ["", "", ""] }
    let share = Self.percent(conversion.count, of: sent(inStep: conversion.touch))
    return [
      String(conversion.count), share.map(Self.text) ?? "", Self.grouped(conversion.revenue),
    ]
  }

  private static func name(_ channel: Channel) -> String {
    channel.step == channel.channel ? channel.step : "\(channel.step) \(channel.channel)"
  }

  private static func text(_ percent: Double) -> String {
    Printable.number(percent, digits: 1) + " %"
  }

  /// `1,907,673`.
  private static func grouped(_ amount: Int64) -> String {
    var text = String(amount.magnitude)
    var place = text.count - 3
    while place > 0 {
      text.insert(",", at: text.index(text.startIndex, offsetBy: place))
      place -= 3
    }
    return (amount < 0 ? "-" : "") + text
  }
}
