import CivilTime
package import Explaining

extension ProgramFigures {
  /// Writes the figures as a funnel.
  package func write(_ id: String, to page: inout TextPage) {
    page.heading(id)
    var pairs = [("triggered", String(triggered)), ("outcomes", outcomes.text)]
    if !rejected.isEmpty { pairs.append(("rejected by", rejected.text)) }
    if started > 0 {
      let ended = exited.isEmpty ? "" : "; ended: \(exited.text)"
      pairs.append(("runs", "\(started) started, \(active) active\(ended)"))
    }
    if !actions.isEmpty { pairs.append(("actions", actions.text)) }
    if converted > 0 {
      let share =
        treated.share.map { " (\(Self.text($0 * 100)) of the runs not held out)" } ?? ""
      pairs.append(
        ("converted", "\(converted)\(share), revenue \(Self.grouped(revenue)) minor units"))
    }
    if unattributed.count > 0 {
      let revenue = Self.grouped(unattributed.revenue)
      pairs.append(
        ("for no touch", "\(unattributedReasons.text); revenue \(revenue) minor units"))
    }
    if cost > 0 {
      let minor = Double(cost) / 1_000
      let each = Printable.number(converted == 0 ? 0 : minor / Double(converted), digits: 1)
      let share = converted == 0 ? "" : "; \(each) a conversion"
      pairs.append(("cost", Printable.number(minor, digits: 1) + " minor units" + share))
    }
    page.pairs(pairs)
    writeFunnel(to: &page)
    writeSegments(to: &page)
    for experiment in experiments where experiment.arms.count > 1 { experiment.write(to: &page) }
  }

  private func writeSegments(to page: inout TextPage) {
    guard !segments.isEmpty else { return }
    page.line()
    page.table(
      [
        .init("segment"), .init("runs", .right), .init("converted", .right),
        .init("of runs", .right),
        .init("revenue", .right), .init("ended"), .init("outcomes"),
      ],
      segments.map { segment in
        [
          Printable.text(segment.name), String(segment.started), String(segment.converted),
          Self.percent(segment.converted, of: segment.started).map(Self.text) ?? "",
          Self.grouped(segment.revenue), segment.exited.text, segment.outcomes.text,
        ]
      })
  }

  private func writeFunnel(to page: inout TextPage) {
    guard !channels.isEmpty else { return }
    page.line()
    let titles = ["requested", "sent", "delivered", "opened", "clicked", "failed", "bounced"]
    let columns =
      [TextPage.Column("touch")] + titles.map { .init($0, .right) }
      + [.init("converted", .right), .init("of sent", .right), .init("revenue", .right)]
    var rows: [[String]] = []
    for channel in channels {
      let counts = titles.map { channel.counts[$0] }.map { $0 == 0 ? "" : String($0) }
      rows.append([Self.name(channel)] + counts + cells(channel))
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

  private func cells(_ channel: Channel) -> [String] {
    guard channel.converted.count > 0 else { return ["", "", ""] }
    let share = Self.percent(channel.converted.count, of: channel.counts["sent"])
    return [
      String(channel.converted.count), share.map(Self.text) ?? "",
      Self.grouped(channel.converted.revenue),
    ]
  }

  private static func name(_ channel: Channel) -> String {
    channel.step == channel.channel ? channel.step : "\(channel.step) \(channel.channel)"
  }

  static func text(_ percent: Double) -> String {
    Printable.number(percent, digits: 1) + " %"
  }

  /// `1,907,673`.
  static func grouped(_ amount: Int64) -> String {
    var text = String(amount.magnitude)
    var place = text.count - 3
    while place > 0 {
      text.insert(",", at: text.index(text.startIndex, offsetBy: place))
      place -= 3
    }
    return (amount < 0 ? "-" : "") + text
  }

  /// `2024-03-04`.
  static func text(day: Int64) -> String {
    let date = CivilTime.date(days: day)
    func padded(_ number: Int64) -> String { (number < 10 ? "0" : "") + String(number) }
    return "\(date.year)-\(padded(date.month))-\(padded(date.day))"
  }

  /// Writes the figures of each day in a line.
  package static func write(
    _ days: [(day: Int64, figures: ProgramFigures)], to page: inout TextPage
  ) {
    page.line()
    let columns = ["triggered", "runs", "held out", "sent", "converted", "revenue", "cost"]
    page.table(
      [.init("day (UTC)")] + columns.map { .init($0, .right) },
      days.map { day, figures in
        let sent = figures.channels.reduce(0) { $0 + $1.counts["sent"] }
        return [
          text(day: day), String(figures.triggered), String(figures.started),
          String(figures.outcomes["held-out"]), String(sent), String(figures.converted),
          grouped(figures.revenue), Printable.number(Double(figures.cost) / 1_000, digits: 1),
        ]
      })
  }
}
