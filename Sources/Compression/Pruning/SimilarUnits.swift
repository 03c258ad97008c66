// Which two neurons of a layer are the cheapest to merge, again and again: nearest neighbors that
// are kept while neurons leave.
import Kernels
import Networks
import Tensors

struct SimilarUnits {
  let count: Int
  /// ‖W_i − W_j‖² for each pair.
  private let distances: [Double]
  /// ⟨a_j²⟩ of each neuron, as it is now.
  private var outgoing: [Double]
  private var isThere: [Bool]
  /// Of each neuron that is there, which other is the most like it.
  private var nearest: [Int?]

  /// - Parameter rows: each neuron's weights with its bias, `width` numbers each.
  /// - Throws: `CompressionError.network(.interrupted)`.
  init(
    rows: [Float], width: Int, outgoing: [Double], _ monitor: Monitor
  ) throws(CompressionError) {
    count = outgoing.count
    self.outgoing = outgoing
    isThere = [Bool](repeating: true, count: count)
    var distances: [Double] = []
    distances.reserveCapacity(count * count)
    for row in 0..<count {
      if monitor.isInterrupted() { throw .network(.interrupted) }
      distances += Distances.squared(from: row, in: rows, width: width)
    }
    self.distances = distances
    nearest = []
    nearest = (0..<count).map(findNearest)
  }

  /// What merging j into i would cost now.
  func saliency(of j: Int, into i: Int) -> Double {
    outgoing[j] == 0 ? 0 : outgoing[j] * distances[i * count + j]
  }

  /// The least saliency of all pairs. Among equal ones the one whose i comes first, then whose j does.
  var least: (kept: Int, removed: Int, saliency: Double)? {
    var best: (kept: Int, removed: Int, saliency: Double)?
    for j in 0..<count {
      guard isThere[j], let i = nearest[j] else { continue }
      let saliency = saliency(of: j, into: i)
      if let best, (best.saliency, best.kept, best.removed) <= (saliency, i, j) { continue }
      best = (i, j, saliency)
    }
    return best
  }

  /// Neuron j is gone, and i has its outgoing weights.
  mutating func merge(_ j: Int, into i: Int, outgoing mean: Double) {
    isThere[j] = false
    outgoing[i] = mean
    for k in 0..<count where isThere[k] && nearest[k] == j { nearest[k] = findNearest(k) }
  }

  /// Whatever the outgoing weights are: they are the same for all that j could go to.
  private func findNearest(_ j: Int) -> Int? {
    var best: Int?
    for i in 0..<count where i != j && isThere[i] {
      if let best, distances[best * count + j] <= distances[i * count + j] { continue }
      best = i
    }
    return best
  }

  /// The middle of the fullest of 100 bins from 0 to the 95th percentile of the saliencies.
  var mode: Double {
    var all: [Float] = []
    all.reserveCapacity(count * count)
    for i in 0..<count {
      for j in 0..<count where j != i { all.append(Float(saliency(of: j, into: i))) }
    }
    guard !all.isEmpty else { return 0 }
    let top = Selection.smallest(Int(0.95 * Double(all.count - 1)), of: all)
    guard top > 0, top.isFinite else { return 0 }
    var bins = [Int](repeating: 0, count: 100)
    for saliency in all where saliency <= top { bins[min(99, Int(saliency / top * 100))] += 1 }
    let fullest = bins.indices.max { (bins[$0], -$0) < (bins[$1], -$1) } ?? 0
    return (Double(fullest) + 0.5) / 100 * Double(top)
  }
}
