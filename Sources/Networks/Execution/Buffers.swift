// The memory of a plan: what it takes, how much it needs in all, and how gradients flow together.
internal import Kernels
internal import Tensors

/// Owns the buffers of a plan.
final class Arena: @unchecked Sendable {
  private var memory: [Memory] = []
  private var loans: [Loan] = []

  /// Memory that is free again in the segments before `last`.
  private struct Loan {
    let memory: Memory
    let count: Int
    var last: Int
  }

  /// A buffer that is in use on the way back from segment `first` to segment `last`, and another's
  /// afterwards: first touch of new memory costs more than most of what is done with it.
  func take(_ count: Int, from first: Int, to last: Int) -> Floats {
    let free = loans.indices.filter { loans[$0].last > first && loans[$0].count >= count }
    if let best = free.min(by: { loans[$0].count < loans[$1].count }) {
      loans[best].last = last
      return loans[best].memory.floats.slice(0, count)
    }
    let new = Memory(count)
    loans.append(Loan(memory: new, count: count, last: last))
    return new.floats
  }

  func take(_ count: Int) -> Floats {
    let new = Memory(count)
    memory.append(new)
    return new.floats
  }
}

extension Arrangement {
  var other: Arrangement { self == .rows ? .lanes : .rows }

  /// Fills `target`, which lies so, from `source`, which lies in the other arrangement.
  func convert(_ source: Floats, to target: Floats, _ examples: Range<Int>, _ each: Int) {
    let to = span(examples, each: each)
    let from = other.span(examples, each: each)
    let part = target.slice(to.start, to.count)
    let whole = source.slice(from.start, from.count)
    switch self {
    case .lanes: part.lanes(of: whole, examples: examples.count, each: each)
    case .rows: part.rows(of: whole, examples: examples.count, each: each)
    }
  }
}

/// The gradient of a node's output, where it is not what its only reader wrote: the sum over all
/// readers, in the node's own arrangement.
struct GradientSum {
  let arrangement: Arrangement
  let total: Floats
  let parts: [Part]
  /// Numbers of one example.
  let each: Int

  struct Part {
    /// In the arrangement of the sum.
    let native: Floats
    /// What the reader wrote, where that lies in the other arrangement.
    let foreign: Floats?
  }

  func run(_ examples: Range<Int>) {
    let span = arrangement.span(examples, each: each)
    let target = total.slice(span.start, span.count)
    if parts.isEmpty { return target.fill(0) }
    for (index, part) in parts.enumerated() {
      if let foreign = part.foreign {
        arrangement.convert(foreign, to: part.native, examples, each)
      }
      guard parts.count > 1 else { return }
      let native = part.native.slice(span.start, span.count)
      if index == 0 { target.copy(from: native) } else { target.add(native) }
    }
  }
}

// How a batch is cut, and what a plan needs.
extension Layout {
  /// The most floats of partial gradients that are worth having: 128 MiB.
  private static let partialFloats = 1 << 25

  /// Runs that leave the partial gradients of large layers within bounds.
  var fewestCuts: Int {
    guard training else { return Layout.mostRuns }
    let shared = network.nodes.indices.reduce(0) { total, n in
      guard runners[n]?.division == .examples else { return total }
      return network.nodes[n].parameters.reduce(total) { $0 + $1.value.count }
    }
    return max(4, min(Layout.mostRuns, Layout.partialFloats / max(1, shared)))
  }

  /// How many runs of examples a batch is cut into: it follows from the batch alone.
  func runs(of count: Int) -> Int { min(units(count), cuts) }

  private func units(_ count: Int) -> Int { usesLanes ? Lanes.blocks(count) : count }

  func run(_ index: Int, of count: Int) -> Range<Int> {
    let runs = runs(of: count)
    let units = units(count)
    let width = usesLanes ? Lanes.count : 1
    return index * units / runs * width..<min(count, (index + 1) * units / runs * width)
  }

  /// - Throws: `NetworkError.memory` where the buffers would not fit.
  func checkMemory() throws(NetworkError) {
    var floats = Double(capacity * size(Network.input))
    var scratch = 0
    for (n, runner) in runners.enumerated() {
      guard let runner else { continue }
      let need = runner.workspace
      let arrangement = runner.setting.arrangement
      scratch = max(scratch, need.scratch)
      let copies = (training ? 2 : 1) * (isCopied(n) ? 2 : 1) + (training ? readers[n].count : 0)
      floats += Double(room(arrangement, size(n))) * Double(copies)
      floats += Double(room(arrangement, need.savedPerExample) + need.saved + need.prepared)
      let parameters = network.nodes[n].parameters.reduce(0) { $0 + $1.value.count }
      let parts = training && runner.division == .examples ? cuts : 0
      floats += Double(parameters) * Double(training ? parts + 4 : 1)
    }
    floats += Double(scratch * threads)
    let bytes = floats * 4
    let available = Memory.availableBytes
    guard bytes <= Double(available) else {
      throw .memory(batch: capacity, bytes: bytes, available: available)
    }
  }
}
