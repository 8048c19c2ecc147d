import Synchronization

/// Which table each of LMDB's slots holds: the generation of its handle, 0 for none.
///
/// LMDB reuses the slot of a dropped table; without this, an old handle would read another table.
@safe
struct TableSlots: ~Copyable, Sendable {
  private static let lastGeneration = Atomic<UInt64>(0)

  private let count: Int
  // Sendable: the pointer never changes, what it points to is atomic.
  private nonisolated(unsafe) let generations: UnsafeMutablePointer<Atomic<UInt64>>

  /// - Parameter count: LMDB's two own tables included.
  init(count: Int) {
    self.count = count
    unsafe generations = .allocate(capacity: count)
    // Safe: each of the `count` elements is initialised exactly once.
    for index in 0..<count { unsafe (generations + index).initialize(to: Atomic(0)) }
  }

  deinit {
    unsafe generations.deinitialize(count: count)
    unsafe generations.deallocate()
  }

  /// Whether `table` is what its slot holds now. Some nanoseconds.
  func holds(_ table: TableHandle) -> Bool {
    let index = Int(table.index)
    // Safe: the index is checked, and all elements are initialised until deinit.
    return unsafe index < count
      && generations[index].load(ordering: .relaxed) == table.generation
  }

  /// Makes the handle of a table that LMDB has just opened in slot `index`.
  func fill(_ index: UInt32, keys: KeyOrder) -> TableHandle {
    precondition(Int(index) < count, "LMDB opened more tables than it was told to")
    let generation = Self.lastGeneration.wrappingAdd(1, ordering: .relaxed).newValue
    // Safe: as in `holds`.
    unsafe generations[Int(index)].store(generation, ordering: .relaxed)
    return TableHandle(index: index, keys: keys, generation: generation)
  }

  /// Makes every handle of the slot stale.
  func empty(_ index: UInt32) {
    precondition(Int(index) < count)
    // Safe: as in `holds`.
    unsafe generations[Int(index)].store(0, ordering: .relaxed)
  }
}
