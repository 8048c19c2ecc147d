internal import Expressions

extension ProgramReader {
  private enum FileFormat: String, CaseIterable {
    case csv, ndjson
  }

  private enum FieldKind: String, CaseIterable {
    case text, int, number, money, bool, time, list
  }

  /// A mapping; nil if its file is no YAML mapping. Good only if there are no problems.
  func mapping(_ name: String, _ bytes: [UInt8]) -> ImportMapping? {
    guard let root = parse(name, bytes),
      let top = fields(root, "the mapping", ProgramFormat.importMapping)
    else { return nil }
    let kind = choice(top["format"], "format", default: FileFormat.csv)
    let source = text(top["source"], "source")
    let fields = mappedFields(top["fields"], kind)
    var types: [String: ValueType] = ["line": .int]
    for field in fields { types[field.name] = field.type.valueType }
    declarations.row = types
    return ImportMapping(
      format: format(kind, top["delimiter"]), source: source, fields: fields,
      events: mappedEvents(top["events"]))
  }

  private func format(_ kind: FileFormat, _ delimiter: YAMLNode?) -> ImportMapping.Format {
    guard kind == .csv else {
      if let delimiter {
        report(delimiter.place, "NDJSON has no delimiter", mend: "leave it out")
      }
      return .ndjson
    }
    guard let delimiter else { return .csv(delimiter: UInt8(ascii: ",")) }
    let bytes = Array(text(delimiter, "the delimiter").utf8)
    let taken: [UInt8] = [0x0a, 0x0d, 0x22]
    guard bytes.count == 1, bytes[0] < 0x80, !taken.contains(bytes[0]) else {
      report(
        delimiter.place, "the delimiter must be one character",
        mend: #"write it as ",", ";", "|" or "\t", in double quotes"#)
      return .csv(delimiter: UInt8(ascii: ","))
    }
    return .csv(delimiter: bytes[0])
  }

  // MARK: - Fields

  private func mappedFields(_ node: YAMLNode?, _ format: FileFormat) -> [ImportMapping.Field] {
    entries(node, "fields", limit: ProgramLimits.columns).map { entry in
      checkIdentifier(entry.key, entry.keyPlace, "field")
      let what = "field \"\(entry.key)\""
      if entry.key == "line" {
        report(entry.keyPlace, "row.line is the number of the row's line", mend: "rename the field")
      }
      // `name: type` is short for `name: {type: type}`.
      if entry.value.scalar != nil {
        return ImportMapping.Field(
          name: entry.key, column: [entry.key], type: type(entry.value, what, nil),
          isRequired: false)
      }
      let fields = self.fields(entry.value, what, ProgramFormat.importField)
      return ImportMapping.Field(
        name: entry.key, column: column(fields?["column"], entry.key, what, format),
        type: type(fields?["type"], what, fields),
        isRequired: flag(fields?["required"], "\"required\" of \(what)"))
    }
  }

  private func column(
    _ node: YAMLNode?, _ name: String, _ what: String, _ format: FileFormat
  ) -> [String] {
    guard let node else { return [name] }
    guard let elements = node.elements else { return [text(node, "the column of \(what)")] }
    if format == .csv {
      report(
        node.place, "the column of \(what) must be a text in CSV",
        mend: "name the column as the header does")
    }
    if elements.isEmpty { report(node.place, "the column of \(what) is empty") }
    return elements.map { text($0, "a key of \(what)") }
  }

  private func type(
    _ node: YAMLNode?, _ what: String, _ fields: Fields?
  ) -> ImportMapping.FieldType {
    let kind = choice(node, "the type of \(what)", default: FieldKind.text)
    checkOptions(fields, of: kind, what)
    switch kind {
    case .text: return .text
    case .int: return .int
    case .number: return .number
    case .money:
      let decimals =
        fields?["decimals"].map { integer($0, "\"decimals\" of \(what)", in: 0...6) } ?? 2
      return .money(decimals: decimals)
    case .bool:
      return .bool(
        trueWords: words(fields?["true"], what) ?? ["true", "yes", "1"],
        falseWords: words(fields?["false"], what) ?? ["false", "no", "0"])
    case .time: return timeType(fields, what)
    case .list:
      let separator = fields?["separator"].map { text($0, "the separator of \(what)") } ?? ","
      if separator.isEmpty, let place = fields?["separator"]?.place {
        report(place, "the separator of \(what) is empty")
      }
      return .list(separator: separator)
    }
  }

  /// Reports options that the type does not have.
  private func checkOptions(_ fields: Fields?, of kind: FieldKind, _ what: String) {
    let options: [(name: String, kind: FieldKind)] = [
      ("decimals", .money), ("format", .time), ("zone", .time), ("true", .bool),
      ("false", .bool), ("separator", .list),
    ]
    for option in options where option.kind != kind {
      guard fields?[option.name] != nil, let place = fields?.place(of: option.name) else {
        continue
      }
      report(
        place, "\(what) has \"\(option.name)\", which is for type \(option.kind.rawValue)",
        mend: "change the type, or leave it out")
    }
  }

  private func words(_ node: YAMLNode?, _ what: String) -> [String]? {
    guard let node else { return nil }
    let nodes = node.elements ?? [node]
    if nodes.isEmpty { report(node.place, "\(what) names no word") }
    return nodes.map { text($0, "a word of \(what)").lowercased() }
  }

  private func timeType(_ fields: Fields?, _ what: String) -> ImportMapping.FieldType {
    let zone = fields?["zone"].map { text($0, "the zone of \(what)") }
    guard let node = fields?["format"] else { return .time(.rfc3339, zone: zone) }
    switch text(node, "the format of \(what)") {
    case "rfc3339": return .time(.rfc3339, zone: zone)
    case "unix": return .time(.unixSeconds, zone: zone)
    case "unix-ms": return .time(.unixMilliseconds, zone: zone)
    case let pattern:
      guard let form = TimePattern(pattern) else {
        report(
          node.place, "the format of \(what) cannot be \"\(pattern)\"",
          mend: "write rfc3339, unix, unix-ms, or places for digits such as \"dd.MM.yyyy HH:mm\"")
        return .time(.rfc3339, zone: zone)
      }
      return .time(.pattern(form), zone: zone)
    }
  }

  // MARK: - Events

  private func mappedEvents(_ node: YAMLNode?) -> [ImportMapping.Event] {
    let nodes = elements(node, "events", limit: ProgramLimits.eventTypes)
    if let node, nodes.isEmpty { report(node.place, "events is empty", mend: "add an event") }
    var ids: [String] = []
    return nodes.enumerated().map { index, node in
      let what = "event \(index + 1)"
      let fields = fields(node, what, ProgramFormat.importEvent)
      let type = text(fields?["type"], "the type of \(what)")
      if let place = fields?["type"]?.place { checkEventType(type, place, what) }
      let id = expression(fields?["id"], "the id of \(what)", .row, .key)
      if ids.contains(id.source), fields?["when"] == nil, let place = fields?["id"]?.place {
        report(
          place, "\(what) has the id of another event of the row, and one source has each id once",
          mend: "make them differ, as in '\"\(type)/\" + row.id'")
      }
      ids.append(id.source)
      let data = fields?["data"]
      if let data, data.entries == nil {
        report(data.place, "the data of \(what) must be a mapping, not \(data.kindName)")
      }
      return ImportMapping.Event(
        type: type,
        when: optionalExpression(fields?["when"], "\"when\" of \(what)", .row, .guardian), id: id,
        subject: expression(fields?["subject"], "the subject of \(what)", .row, .key),
        time: optionalExpression(fields?["time"], "the time of \(what)", .row, .timestamp),
        data: data.map { tree($0, "data of \(what)", .row) } ?? .map([]))
    }
  }
}
