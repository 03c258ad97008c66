// Passes over long arrays: shared out in fixed blocks, and new arrays that are filled in place.
import Glibc

/// How a pass over a long array is cut, whoever runs it.
enum Pass {
  /// Elements of a block: 256 KiB of floats, which a core's second-level cache holds.
  static let block = 1 << 16

  /// So many bytes would drive everything else out of the caches before somebody reads them: they are
  /// written past the caches, which also saves reading what they replace. (A worker that reports a block
  /// as done waits for such writes, as every locked instruction does.)
  static let pastCachesBytes = 16 << 20

  static func blockCount(_ count: Int) -> Int { (count + block - 1) / block }

  /// Calls the body for every block of so many elements, in any order and from several threads.
  static func run(
    _ count: Int, on workers: Workers,
    _ body: (_ block: Int, _ range: Range<Int>, _ worker: Int) -> Void
  ) {
    workers.run(blocks: blockCount(count)) { block, worker in
      body(block, block * Pass.block..<min(count, (block + 1) * Pass.block), worker)
    }
  }
}

extension Array where Element: BitwiseCopyable {
  /// An array whose elements the body writes, all of them: nothing is written twice.
  package init(filling count: Int, _ body: (UnsafeMutablePointer<Element>) -> Void) {
    self.init(unsafeUninitializedCapacity: count) { buffer, initialized in
      guard let start = buffer.baseAddress, count > 0 else { return }
      Pages.expectUse(of: UnsafeMutableRawPointer(start), count * MemoryLayout<Element>.stride)
      body(start)
      initialized = count
    }
  }
}

enum Pages {
  /// From here on it pays to ask for large pages.
  static let worthwhileBytes = 4 << 20
  static let largePageBytes = 2 << 20
  private static let adviceHuge: Int32 = 14

  /// Memory that will be written soon and entirely: in large pages, the first touch of which costs a
  /// fraction.
  static func expectUse(of memory: UnsafeMutableRawPointer, _ bytes: Int) {
    guard bytes >= worthwhileBytes else { return }
    let start = memory.alignedUp(toMultipleOf: largePageBytes)
    let end = (memory + bytes).alignedDown(toMultipleOf: largePageBytes)
    if start < end { madvise(start, end - start, adviceHuge) }
  }

  /// Zeroed memory straight from the system, at the start of a large page, to be given back with
  /// `munmap`; nil where there is none. Nobody writes the zeros: untouched pages have them.
  static func zeroed(_ bytes: Int) -> UnsafeMutableRawPointer? {
    let reach = bytes + largePageBytes
    guard bytes < Int.max / 2,
      let memory = mmap(nil, reach, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
      memory != MAP_FAILED
    else { return nil }
    let start = memory.alignedUp(toMultipleOf: largePageBytes)
    // What is before and behind goes back at once; sizes are those of whole pages.
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    let end = (start + bytes).alignedUp(toMultipleOf: page)
    if start > memory { munmap(memory, start - memory) }
    if end < memory + reach { munmap(end, memory + reach - end) }
    expectUse(of: start, bytes)
    return start
  }
}
