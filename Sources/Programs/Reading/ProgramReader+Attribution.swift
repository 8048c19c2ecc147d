extension ProgramReader {
  /// `attribution`: where it says nothing about the window, the candidate's time to live.
  func attribution(
    _ node: YAMLNode?, candidate: Program.Candidate?
  ) -> Program.Attribution {
    let usual = Program.Attribution.usual
    let fields = fields(node, "attribution", ProgramFormat.attribution)
    let window = fields?["window"].map { duration($0, "the window of attribution") }
    return Program.Attribution(
      windowMicroseconds: window ?? candidate?.ttlMicroseconds ?? usual.windowMicroseconds,
      touch: choice(fields?["touch"], "the touch of attribution", default: usual.touch))
  }
}
