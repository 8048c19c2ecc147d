extension ProgramReader {
  /// Reads every file below `templates/`.
  func readTemplates(_ body: ProgramBody) {
    for name in body.names {
      guard let id = Self.identifier(of: name, below: "templates/") else { continue }
      guard let root = parse(name, body.files[name] ?? []) else {
        templates.append(TemplateFile(id: id, file: name))
        continue
      }
      checkName(id, root.place, "template")
      let fields = fields(root, "the template", ProgramFormat.template)
      templates.append(
        TemplateFile(
          id: id, file: name, subject: fields?["subject"].flatMap(mustache),
          subjectNode: fields?["subject"], text: fields?["text"].flatMap(mustache),
          textNode: fields?["text"]))
    }
  }

  /// The id of a file in a folder: `cart-email` of `templates/cart-email.yaml`.
  static func identifier(of file: String, below folder: String) -> String? {
    guard file.hasPrefix(folder), file.hasSuffix(".yaml") else { return nil }
    let id = file.dropFirst(folder.count).dropLast(5)
    return id.isEmpty || id.contains("/") ? nil : String(id)
  }

  private func mustache(_ node: YAMLNode) -> MustacheText? {
    let source = text(node, "a template's text")
    do {
      return try MustacheText(parsing: source)
    } catch {
      report(place(ofByte: error.offset, in: node), error.message)
      return nil
    }
  }

  private func place(ofByte offset: Int, in node: YAMLNode) -> Place {
    guard let scalar = node.scalar else { return node.place }
    // Bytes that do not continue a code point are as many as code points.
    let index = scalar.text.utf8.prefix(offset).count { $0 & 0xC0 != 0x80 }
    return place(of: index, in: scalar, at: node.place)
  }

  /// The templates as the program keeps them; those with a problem are gone with it.
  var finishedTemplates: [Program.Template] {
    templates.compactMap { file in
      file.text.map { Program.Template(id: file.id, subject: file.subject, text: $0) }
    }
  }

  /// The index of a template, reporting an unknown one.
  func templateIndex(_ node: YAMLNode?, _ what: String) -> Int? {
    guard let node else { return nil }
    let id = name(node, "the template of \(what)")
    guard let index = templates.firstIndex(where: { $0.id == id }) else {
      if !id.isEmpty {
        report(
          node.place, "the template \"\(id)\" has no file templates/\(id).yaml",
          mend: NearestName.mend(for: id, among: templates.map(\.id)) ?? "add the file")
      }
      return nil
    }
    templates[index].isUsed = true
    return index
  }

  /// Every variable of a template must come with each send that uses it.
  func checkTemplates() {
    for (index, template) in templates.enumerated() {
      let sends = journey.sends.filter { $0.template == index }
      guard let first = sends.first else {
        let place = Place(file: template.file, line: 1, column: 1)
        note(place, "no send uses the template \"\(template.id)\"", mend: "remove the file")
        continue
      }
      let texts = [(template.subject, template.subjectNode), (template.text, template.textNode)]
      for case (let text?, let node?) in texts {
        text.forEachOuterTag { tag in check(tag, node, template.id, sends) }
      }
      let place = template.textNode?.place ?? Place(file: template.file, line: 1, column: 1)
      if let send = sends.first(where: { $0.channel == .email }), template.textNode != nil {
        if template.subjectNode == nil {
          report(
            place,
            "the template \"\(template.id)\" has no subject, but the send at "
              + "\(send.place.file):\(send.place.line):\(send.place.column) is an e-mail",
            mend: "add one")
        }
      } else if let subject = template.subjectNode {
        note(
          subject.place,
          "the template \"\(template.id)\" has a subject, but goes by "
            + "\(first.channel.rawValue)", mend: "only e-mail has subjects")
      }
    }
  }

  private func check(
    _ tag: MustacheText.Tag, _ node: YAMLNode, _ id: String, _ sends: [SendPlace]
  ) {
    guard let name = tag.path.first else { return }
    guard let send = sends.first(where: { !$0.variables.contains(name) }) else { return }
    report(
      place(ofByte: tag.offset, in: node),
      "the variable \"\(name)\" is not given by the send at \(send.place.file):"
        + "\(send.place.line):\(send.place.column)",
      mend: NearestName.mend(for: name, among: send.variables) ?? "add it to its variables")
  }

  /// Files that are no part of the format, or that nothing uses.
  func checkFiles(_ body: ProgramBody) {
    for name in body.names where name != "program.yaml" && name != "features.yaml" {
      let place = Place(file: name, line: 1, column: 1)
      if Self.identifier(of: name, below: "templates/") != nil || isUsedZone(name) { continue }
      guard let model = Self.identifier(of: name, below: "models/") else {
        if modelFiles.contains(name) { continue }
        if name.hasPrefix("models/"), name.hasSuffix(".json") || name.hasSuffix(".ubj") {
          // A model with a problem may be the one that names it.
          guard problems.isEmpty else { continue }
          report(
            place, "no model names the file",
            mend: "name it in a model of kind trees, or remove it")
          continue
        }
        report(
          place, "the file is no part of a program",
          mend: "a program has program.yaml, features.yaml, models/ID.yaml, templates/ID.yaml, "
            + "zones/NAME of the zones that it names, and README files")
        continue
      }
      if files[name] == nil, !problems.contains(where: { $0.file == name }) {
        note(place, "no score uses the model \"\(model)\"", mend: "remove the file")
      }
    }
  }
}
