import Engine
import Explaining

extension StoredSubjectIndex: EventIndex {}

/// The index by subject of a data directory, for the commands that only look.
struct SubjectIndexFile {
  /// nil: there is none, and the whole ledger is read instead.
  let index: StoredSubjectIndex?

  /// Opens the index; views that cannot be read are told of and done without.
  init(data: String) {
    do {
      index = try StoredSubjectIndex(directory: data + "/views")
    } catch {
      Output.note("the whole ledger is read, as its views cannot be: \(error)")
      index = nil
    }
  }

  func close() {
    do {
      try index?.close()
    } catch {
      Output.note("the views could not be closed: \(error)")
    }
  }
}
