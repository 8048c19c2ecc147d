import Catalog
import Engine
import Models
import Policies
package import Programs

/// What registering a model did.
package struct ModelRegistration: Sendable {
  package let id: String
  package let kind: ScoringModel.Kind
  /// 64 hex digits; decisions name it.
  package let hash: String
  /// The features' names in the model's order.
  package let features: [String]
  /// Position of `model.registered`; of the one in force where nothing changed.
  package let position: UInt64
  /// The hash that was in force under this id before; nil: none was.
  package let replaced: String?
  /// The programs in force that name the id.
  package let programs: [String]
  /// Whether these very bytes were in force under this id already: nothing was appended.
  package let isUnchanged: Bool
}

/// A model cannot be registered.
package struct ModelRefused: Error, CustomStringConvertible {
  package let description: String
}

extension Host {
  /// Puts a model in force for every program that names its id, from now on.
  /// - Throws: ``ModelRefused`` where the model has a problem, or wants a feature that a program
  ///   in force does not give it.
  package func register(_ body: ModelBody) throws -> ModelRegistration {
    let model: ScoringModel
    do throws(ProgramProblems) {
      model = try ScoringModel(body)
    } catch {
      throw ModelRefused(
        description: "the model \(body.id) is refused\n"
          + error.problems.map { "  \($0)" }.joined(separator: "\n"))
    }
    let programs = try programs(using: model)
    let before = store.models.registration(of: model.id)
    if let before, before.hash == model.hash {
      return registration(model, before.position, replaced: before.hash, programs, unchanged: true)
    }
    let count = store.models.registrationCount
    let receipts = try append([model.registration(body, count: count)])
    guard case .appended(let position, _)? = receipts.last else {
      throw ModelRefused(description: "the model \(model.id) was registered by another meanwhile")
    }
    return registration(model, position, replaced: before?.hash, programs, unchanged: false)
  }

  private func registration(
    _ model: ScoringModel, _ position: UInt64, replaced: String?, _ programs: [String],
    unchanged: Bool
  ) -> ModelRegistration {
    ModelRegistration(
      id: model.id, kind: model.kind, hash: model.hash, features: model.featureNames,
      position: position, replaced: replaced, programs: programs, isUnchanged: unchanged)
  }

  /// The programs in force that name the model's id.
  private func programs(using model: ScoringModel) throws -> [String] {
    var found: [String] = []
    for row in store.catalog.active {
      guard let program = store.catalog.program(of: row) else { continue }
      for score in program.scoring?.scores ?? [] {
        guard case .registered(model.id) = score.model else { continue }
        let given = score.features.map(\.name)
        if let lacking = model.featureNames.first(where: { !given.contains($0) }) {
          throw ModelRefused(
            description: "the model \(model.id) needs the feature \"\(lacking)\", which the "
              + "program \(program.id) does not give; activate a version of the program that does first"
          )
        }
        if found.last != program.id { found.append(program.id) }
      }
    }
    return found
  }
}
