internal import CivilTime
internal import Expressions

extension ProgramReader {

  /// `timeZone`: the zone of customers without one. Whether its name is known is asked when the
  /// program is activated, by the rules of that ledger.
  func timeZone(_ node: YAMLNode?) -> String {
    guard let node else { return "UTC" }
    usesTimeZones = true
    return zoneName(node, "timeZone")
  }

  /// What may be the name of a zone.
  func zoneName(_ node: YAMLNode, _ what: String) -> String {
    let name = text(node, what)
    let isName = name.utf8.allSatisfy {
      isNameByte($0) || $0 == 0x2F || $0 == 0x2B
    }
    if !isName || name.utf8.count > ProgramLimits.nameBytes {
      report(
        node.place, "\(what) \"\(name)\" is not the name of a zone",
        mend: "use a name of the IANA database, such as Europe/Berlin")
    }
    return name
  }

  /// `quietHours`; `false` where a send is to have none.
  func quietHours(_ node: YAMLNode?, _ what: String, hasMode: Bool = true) -> Program.QuietHours? {
    guard let node, node.scalar?.resolved != .bool(false) else { return nil }
    let mapping = hasMode ? ProgramFormat.quietHours : ProgramFormat.dailyWindow
    guard let fields = fields(node, what, mapping) else { return nil }
    usesTimeZones = true
    let from = localTime(fields["from"], "\"from\" of \(what)")
    let to = localTime(fields["to"], "\"to\" of \(what)")
    if from == to {
      report(node.place, "\(what) begin and end at \(from)", mend: "leave them out, or mend one")
    }
    return Program.QuietHours(
      window: DailyWindow(from: from, to: to),
      mode: choice(fields["mode"], "the mode of \(what)", default: .delay))
  }

  /// The quiet hours of a send: its own, else the program's, which security messages pass.
  func quietHours(
    of fields: Fields?, _ messageClass: Program.MessageClass, _ what: String
  ) -> Program.QuietHours? {
    guard let node = fields?["quietHours"] else {
      return messageClass == .security ? nil : programQuietHours
    }
    return quietHours(node, "the quiet hours of \(what)")
  }

  /// A time of day such as `"10:00"`.
  func localTime(_ node: YAMLNode?, _ what: String) -> LocalTime {
    let midnight = LocalTime.midnight
    guard let node else { return midnight }
    let text = text(node, what)
    guard let time = LocalTime(parsing: text) else {
      if node.scalar != nil {
        report(
          node.place, "\(what) cannot be \(shown(node))",
          mend: "write a time of day as \"08:00\" or \"21:30:15\", in quotes")
      }
      return midnight
    }
    return time
  }

  /// `local`, `on` and `after` of an `at`.
  func localMoment(_ node: YAMLNode, _ what: String) -> Program.LocalMoment {
    usesTimeZones = true
    var days: [Int] = []
    if let on = node["on"] {
      for element in on.elements ?? [on] {
        let name = text(element, "a day of \(what)")
        guard let day = Weekdays.names.firstIndex(of: name) else {
          report(
            element.place, "\(what) names the unknown day \(shown(element))",
            mend: NearestName.mend(for: name, among: Weekdays.names))
          continue
        }
        if days.contains(day) { report(element.place, "\(what) names \(name) twice") }
        days.append(day)
      }
      if (on.elements ?? [on]).isEmpty {
        report(on.place, "\(what) names no day", mend: "leave \"on\" out, or name one")
      }
    }
    return Program.LocalMoment(
      time: localTime(node["local"], "\"local\" of \(what)"),
      days: node["on"] == nil ? .all : Weekdays(days),
      afterMicroseconds: node["after"].map {
        duration($0, "\"after\" of \(what)", allowsZero: true)
      } ?? 0)
  }
}
