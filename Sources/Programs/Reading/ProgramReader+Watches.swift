internal import Expressions

extension ProgramReader {
  /// `watch`: entities whose events concern a run.
  func watches(_ node: YAMLNode?) -> [Program.Watch] {
    let what = "\"watch\" of the journey"
    return entries(node, what, limit: ProgramLimits.entities).map { entry in
      let index = entities.firstIndex { $0.name == entry.key }
      if index == nil {
        report(
          entry.keyPlace, "\(what) names the unknown entity \"\(entry.key)\"",
          mend: NearestName.mend(for: entry.key, among: entities.map(\.name)))
      }
      return Program.Watch(
        entity: index ?? 0, key: expression(entry.value, "\(what).\(entry.key)", .journey, .keys))
    }
  }
}
