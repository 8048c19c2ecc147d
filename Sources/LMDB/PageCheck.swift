import Glibc

/// Follows every page that a commit refers to, and finds what LMDB would stumble over.
///
/// LMDB 0.9 trusts its pages: a wrong number in one makes it read outside the map, abort, or write
/// over pages that are in use. Here each page is read once with `pread`, and nothing in it is
/// believed. Values are not looked at: who stores them knows what is in them.
///
/// Layout, 64-bit little-endian (mdb.c, `MDB_page`, `MDB_node`, `MDB_db`):
/// ```
/// page:  0 number 8 │ 8 pad 2 │ 10 flags 2 │ 12 lower 2 │ 14 upper 2 │ 16 offsets of nodes, 2 each
///        large value: 12 how many pages 4 │ 16 the value
/// node:  0 number 2+2 │ 4 flags 2 │ 6 key length 2 │ 8 key, value
///        branch: the number and the flags are a page; leaf: the number is the value's length
/// table: 4 flags 2 │ 6 depth 2 │ 8 pages: branch, leaf, large 8 each │ 32 entries 8 │ 40 root 8
/// ```
struct PageCheck: ~Copyable {
  /// The bytes of a page.
  private let pageBytes: Int
  /// Pages below this may be referred to, and are in the file.
  private let lastPage: UInt64
  private let filePages: UInt64
  private let descriptor: Int32
  /// Pages that are known to be in use, or to be free: one bit each.
  private var taken: [UInt64]
  private var freeBeyond: Set<UInt64> = []
  /// How many more pages are read.
  private var pagesLeft: Int
  /// How many more headers of large values are read: each lies in a place of its own.
  private var headersLeft = 2_048

  /// - Parameters:
  ///   - limit: Pages read at most; what lies beyond is not checked.
  init(_ file: borrowing DataFile, _ meta: borrowing MetaPage, limit: Int) throws(SystemError) {
    descriptor = file.descriptor
    pageBytes = Int(meta.pageSize)
    lastPage = meta.lastPage
    filePages = UInt64(try file.sizeBytes()) / UInt64(meta.pageSize)
    taken = [UInt64](repeating: 0, count: Int(min(lastPage, filePages) / 64) + 1)
    pagesLeft = limit
  }

  /// Checks the whole commit: its tables, then that no page that is in use counts as free.
  mutating func run(_ meta: borrowing MetaPage) throws(PageFault) {
    guard meta.main.flags == 0 else { throw PageFault("the flags of the table of names are wrong") }
    var tables: [(name: String, table: TableRecord)] = []
    try walk(meta.main, named: "the table of names") { (key, value) throws(PageFault) in
      guard value.isTable, value.bytes.count == TableRecord.byteCount else {
        throw PageFault("a value in the table of names is no table")
      }
      tables.append((String(decoding: key, as: UTF8.self), TableRecord(value.bytes)))
    }
    // Large ones last: they may be more than is read.
    tables.sort { $0.table.largePages < $1.table.largePages }
    for (name, table) in tables {
      try walk(table, named: "table '\(name)'") { (_, value) throws(PageFault) in
        if value.isTable { throw PageFault("a value counts as a table") }
      }
    }
    var free: [UInt64] = []
    try walk(meta.free, named: "the list of free pages", isFree: true) {
      (_, value) throws(PageFault) in
      free += try Self.pages(in: value)
    }
    for page in free { try takeFree(page) }
  }

  /// The page numbers in an entry of the list of free pages: a count, and that many.
  private static func pages(in value: NodeValue) throws(PageFault) -> [UInt64] {
    let bytes = value.bytes
    let count = bytes.count >= 8 ? bytes.number(at: 0, bytes: 8) : 0
    guard count >= 1, count < UInt64(bytes.count / 8) else {
      throw PageFault("an entry of \(bytes.count) bytes counts \(count) pages")
    }
    return (1...Int(count)).map { bytes.number(at: 8 * $0, bytes: 8) }
  }

  // MARK: - Trees

  private mutating func walk(
    _ table: TableRecord, named name: String, isFree: Bool = false,
    _ body: (ArraySlice<UInt8>, NodeValue) throws(PageFault) -> Void
  ) throws(PageFault) {
    do throws(PageFault) {
      var walk = TreeWalk(table: table, isFree: isFree)
      guard isFree ? table.flags == TableRecord.integerKeys : table.hasKnownFlags else {
        throw PageFault("its flags \(table.flags) are impossible")
      }
      guard table.root != TableRecord.noPage else {
        guard table.entries == 0 && table.depth == 0 else {
          throw PageFault("it has no pages, but \(table.entries) entries")
        }
        return
      }
      guard (1...32).contains(table.depth) else {
        throw PageFault("its depth \(table.depth) is impossible")
      }
      let isWhole = try visit(table.root, depth: table.depth, from: nil, &walk, body)
      if isWhole && walk.entries != table.entries {
        throw PageFault("it has \(walk.entries) entries, and counts \(table.entries)")
      }
    } catch {
      throw error.within(name)
    }
  }

  /// Checks a page and what is below it.
  /// - Parameter first: The key that the page above has for it.
  /// - Returns: False if not all of it was read.
  private mutating func visit(
    _ number: UInt64, depth: Int, from first: [UInt8]?, _ walk: inout TreeWalk,
    _ body: (ArraySlice<UInt8>, NodeValue) throws(PageFault) -> Void
  ) throws(PageFault) -> Bool {
    try take(number)
    guard pagesLeft > 0 else { return false }
    pagesLeft -= 1
    do throws(PageFault) {
      let page = try TreePage(
        try read(number, count: pageBytes), number: number, isBranch: depth > 1,
        isFree: walk.isFree)
      try walk.check(page, isBranch: depth > 1, from: first)
      var isWhole = true
      for index in 0..<page.count {
        if depth > 1 {
          let start = index == 0 ? first : Array(page.key(index))
          isWhole =
            try visit(page.child(index), depth: depth - 1, from: start, &walk, body) && isWhole
        } else {
          walk.entries += 1
          try take(page, index, &walk, body)
        }
      }
      return isWhole
    } catch {
      throw error.on(number)
    }
  }

  /// Checks a leaf's node, and shows its value to `body` where there is something to see in it.
  private mutating func take(
    _ page: borrowing TreePage, _ index: Int, _ walk: inout TreeWalk,
    _ body: (ArraySlice<UInt8>, NodeValue) throws(PageFault) -> Void
  ) throws(PageFault) {
    let key = page.key(index)
    guard let large = try page.largeValue(index) else {
      return try body(key, page.value(index))
    }
    var count = UInt64(16 + large.byteCount - 1) / UInt64(pageBytes) + 1
    guard large.page < UInt64.max - count else { throw PageFault("a value lies nowhere") }
    try take(large.page)
    if headersLeft > 0 {
      headersLeft -= 1
      let header = try read(large.page, count: 16)
      // A value that took the place of a longer one keeps its pages.
      let pages = header.number(at: 12, bytes: 4)
      guard header.number(at: 0, bytes: 8) == large.page, header.number(at: 10, bytes: 2) == 4,
        pages >= count
      else { throw PageFault("the header of a large value is wrong").on(large.page) }
      count = pages
    }
    for page in large.page + 1..<large.page + count { try take(page) }
    guard walk.isFree else { return }
    let bytes = try read(large.page, count: 16 + large.byteCount)
    try body(key, NodeValue(bytes: bytes[16...], isTable: false))
  }

  // MARK: - Pages

  /// Notes that a page is spoken for.
  private mutating func take(_ page: UInt64) throws(PageFault) {
    guard page >= 2, page <= lastPage else {
      throw PageFault("page \(page) is referred to; the last one is \(lastPage)")
    }
    guard page < filePages else {
      throw PageFault("page \(page) is missing: data.mdb is cut off after \(filePages) pages")
    }
    let bit = UInt64(1) << (page % 64)
    guard taken[Int(page / 64)] & bit == 0 else {
      throw PageFault("page \(page) is used twice, or in use and free")
    }
    taken[Int(page / 64)] |= bit
  }

  /// Notes that a page is free. One that was never written may lie past the file's end.
  private mutating func takeFree(_ page: UInt64) throws(PageFault) {
    if page < filePages || page > lastPage { return try take(page) }
    guard freeBeyond.insert(page).inserted else { throw PageFault("page \(page) is free twice") }
  }

  private func read(_ page: UInt64, count: Int) throws(PageFault) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    let offset = Int(page) * pageBytes
    // Safe: pread writes at most the array's count.
    let read = unsafe bytes.withUnsafeMutableBytes { buffer in
      unsafe pread(descriptor, buffer.baseAddress, buffer.count, offset)
    }
    guard read == count else {
      throw PageFault(read < 0 ? "it cannot be read (errno \(errno))" : "it is cut off").on(page)
    }
    return bytes
  }
}

/// What is wrong, and where.
struct PageFault: Error {
  private let what: String
  private var page: UInt64?
  private var tree = ""

  init(_ what: String) {
    self.what = what
  }

  /// The same, on the page on which it was found.
  func on(_ page: UInt64) -> PageFault {
    var copy = self
    if copy.page == nil { copy.page = page }
    return copy
  }

  /// The same, in a table.
  func within(_ tree: String) -> PageFault {
    var copy = self
    copy.tree = tree
    return copy
  }

  /// In words.
  var text: String {
    guard !tree.isEmpty else { return "data.mdb: \(what)" }
    return (page.map { "page \($0) of data.mdb, in \(tree): " } ?? "\(tree): ") + what
  }
}

/// The state of following one tree.
private struct TreeWalk {
  let isFree: Bool
  let hasNumbers: Bool
  var entries: UInt64 = 0
  private var last: [UInt8]?

  init(table: TableRecord, isFree: Bool) {
    self.isFree = isFree
    hasNumbers = isFree || table.hasIntegerKeys
  }

  /// Keys come in order, in the page and over the whole tree, and none is below that of the page
  /// above. The first key of a branch is none.
  mutating func check(
    _ page: borrowing TreePage, isBranch: Bool, from first: [UInt8]?
  ) throws(PageFault) {
    let start = isBranch ? 1 : 0
    if hasNumbers {
      for index in start..<max(start, page.count) where page.key(index).count != 8 {
        throw PageFault("a key of \(page.key(index).count) bytes is no number")
      }
    }
    guard start < page.count else { return }
    if let first, isBelow(page.key(start), first[...]) {
      throw PageFault("a key is below that of its page")
    }
    for index in start + 1..<max(start + 1, page.count)
    where isBelow(page.key(index), page.key(index - 1)) {
      throw PageFault("the keys are not in order")
    }
    guard !isBranch else { return }
    if let last, isBelow(page.key(0), last[...]) { throw PageFault("the keys are not in order") }
    last = Array(page.key(page.count - 1))
  }

  private func isBelow(_ key: ArraySlice<UInt8>, _ other: ArraySlice<UInt8>) -> Bool {
    if hasNumbers { return key.number(at: 0, bytes: 8) < other.number(at: 0, bytes: 8) }
    return key.lexicographicallyPrecedes(other)
  }
}
