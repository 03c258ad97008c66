// A grid of points that lie anywhere: where they begin, how they are stored, and how they are learned.
package import Encodings
package import Kernels
import Networks
package import Tensors

/// A tensor whose slices are scaled to 0...1: (w − β) / α, β the least value of the slice and α its
/// extent (the linear scaling in buckets of Polino et al. 2018, arXiv:1802.05668, section 2).
struct UnitSlices: Sendable {
  let shape: [Int]
  let granularity: Affine.Granularity
  /// α and β of each slice; α is 0 where all values are one.
  let scales: [Float]
  let offsets: [Float]
  /// In 0...1, row-major.
  let scaled: [Float]

  init(_ value: Tensor, _ granularity: Affine.Granularity) {
    shape = value.shape
    self.granularity = granularity
    var scaled = value.elements
    var scales: [Float] = []
    var offsets: [Float] = []
    for run in Affine.slices(of: value.shape, granularity) {
      let extremes = Extremes(of: value.elements, run)
      // Of a training that diverges, too, scales are finite.
      let scale = min(extremes.greatest - extremes.least, .greatestFiniteMagnitude)
      scales.append(scale)
      offsets.append(extremes.least)
      for i in run { scaled[i] = scale > 0 ? (scaled[i] - extremes.least) / scale : 0 }
    }
    self.scales = scales
    self.offsets = offsets
    self.scaled = scaled
  }

  /// So many first points, or fewer where there are no more distinct scaled values; ascending.
  func points(_ count: Int, _ start: CentroidStart, seed: UInt64) -> [Float] {
    let values = OrderedValues(scaled)
    let few = values.distinct(upTo: count + 1)
    guard few.count > count else { return few }
    var random = RandomStream(seed: seed)
    var points: [Float] = []
    for center in start.centers(values, count, &random).sorted().map({ Float($0) })
    where center != points.last { points.append(center) }
    return points
  }

  /// For each element the nearest point, by its place.
  func nearest(_ points: [Float]) -> [Int32] {
    guard !points.isEmpty else { return [] }
    let order = points.indices.sorted { points[$0] < points[$1] }
    let indices = Nearest.indices(of: scaled, among: order.map { points[$0] })
    if zip(order, order.dropFirst()).allSatisfy({ $0 < $1 }) { return indices }
    return indices.map { Int32(truncatingIfNeeded: order[Int($0)]) }
  }

  /// Each element as its nearest point.
  func encoding(_ points: [Float]) -> Scaled {
    do {
      return try Scaled(
        Codebook(
          shape: shape, centroids: Encodings.Dense(Tensor(vector: points)), codes: nearest(points)),
        granularity: granularity, scales: scales, offsets: offsets)
    } catch {
      preconditionFailure("nearest points fit their encoding: \(error.message)")
    }
  }
}

extension Quantizer {
  /// - Throws: `.setting` where the extent of a slice is no number of fp32.
  func points(of value: Tensor, _ name: String) throws(CompressionError) -> Scaled {
    let slices = UnitSlices(value, granularity)
    guard
      zip(slices.scales, slices.offsets).allSatisfy({
        ($0 + $1).isFinite && $0 < .greatestFiniteMagnitude
      })
    else {
      throw .setting(
        name: name, wanted: "far from the largest number of fp32", got: "larger weights")
    }
    return encoding(slices)
  }

  func encoding(_ slices: UnitSlices) -> Scaled {
    slices.encoding(slices.points(1 << bits, start, seed: seed))
  }
}

/// Differentiable quantization: the weights stay what they are, and the points that they are rounded to
/// move. Each weight is its nearest point p_j, found anew in each step, as β + α p_j; so
/// ∂L/∂p_j = Σ α_i ∂L/∂w_i over the weights at the point. Polino et al. 2018, arXiv:1802.05668, section 4.
package struct PointProjection: Projection {
  private let slices: UnitSlices
  private let quantizer: Quantizer
  private let start: [Float]

  /// - Parameter points: the first ones; nil for those of the quantizer's start.
  package init(_ value: Tensor, _ quantizer: Quantizer, from points: [Float]? = nil) {
    slices = UnitSlices(value, quantizer.granularity)
    self.quantizer = quantizer
    start = points ?? slices.points(1 << quantizer.bits, quantizer.start, seed: quantizer.seed)
  }

  /// Training of the points of a tensor that is stored on them.
  init?(_ stored: Scaled) {
    guard let codebook = stored.values as? Codebook, codebook.block == 1, codebook.tie == 0 else {
      return nil
    }
    quantizer = Quantizer(
      grid: .points, settings: Grid.Settings(bits: max(1, codebook.bits)),
      granularity: stored.granularity)
    start = codebook.centroids.decoded().elements
    slices = UnitSlices(stored, codebook)
  }

  /// Training of the weights, with points that begin anew for them in each step.
  var following: any Projection {
    GridProjection(quantizer, .follow, shape: slices.shape)
  }

  package func state(for latent: Tensor) -> [Float] { start }
  package var learnsState: Bool { true }
  package var stateIsScale: Bool { false }

  package func project(_ latent: Floats, state: Floats, step: Int, seed: UInt64, to values: Floats)
  {
    let points = state.array
    let nearest = slices.nearest(points)
    var seen = [Float](repeating: 0, count: nearest.count)
    for (slice, run) in Affine.slices(of: slices.shape, slices.granularity).enumerated() {
      let (scale, offset) = (slices.scales[slice], slices.offsets[slice])
      for i in run { seen[i] = offset + scale * points[Int(nearest[i])] }
    }
    values.copy(from: seen)
  }

  package func pullBack(_ gradient: Floats, latent: Floats, state: Floats, stateGradient: Floats) {
    let nearest = slices.nearest(state.array)
    let slopes = gradient.array
    var sums = [Double](repeating: 0, count: state.count)
    for (slice, run) in Affine.slices(of: slices.shape, slices.granularity).enumerated() {
      let scale = Double(slices.scales[slice])
      for i in run { sums[Int(nearest[i])] += scale * Double(slopes[i]) }
    }
    stateGradient.copy(from: sums.map { Float($0) })
    gradient.fill(0)
  }

  package func encoding(of latent: Tensor, state: [Float], pruned: [Bool]?) -> any Encoding {
    let whole = slices.encoding(state.sorted())
    guard let pruned, pruned.contains(true) else { return whole }
    return quantizer.smallest(whole, without: pruned)
  }
}

extension UnitSlices {
  /// As a tensor is stored: each element on its point, in the stored scale.
  fileprivate init(_ stored: Scaled, _ codebook: Codebook) {
    shape = stored.shape
    granularity = stored.granularity
    scales = stored.scales
    offsets = stored.offsets
    scaled = codebook.decoded().elements
  }
}
