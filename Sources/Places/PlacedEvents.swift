package import Intake

/// A source of events, with places written into them.
package final class PlacedEvents: EventSource {
  /// What places they got.
  package private(set) var resolver: PlaceResolver
  private let source: any EventSource

  package init(_ source: any EventSource, _ resolver: PlaceResolver) {
    self.source = source
    self.resolver = resolver
  }

  package var progress: EventFile.Progress { source.progress }

  package func nextBatch(limit: Int) throws(FileFault) -> EventBatch? {
    guard var batch = try source.nextBatch(limit: limit) else { return nil }
    for index in batch.inputs.indices { resolver.resolve(&batch.inputs[index]) }
    return batch
  }
}
