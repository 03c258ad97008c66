// How magnitudes are spread, in equal bins from 0 to the greatest: what percentiles and the entropy
// threshold are read from.
private import Glibc

package struct MagnitudeHistogram: Sendable {
  package static let mostBins = 2048
  package let greatest: Float
  package private(set) var counts: [Int]
  package private(set) var total = 0
  /// The sum of all magnitudes.
  package private(set) var sum = 0.0

  /// - Parameter greatest: no magnitude is above it.
  /// - Parameter values: how many will be added: few of them fill few bins.
  package init(upTo greatest: Float, values: Int = .max) {
    self.greatest = greatest
    counts = [Int](
      repeating: 0, count: min(MagnitudeHistogram.mostBins, max(64, values)))
  }

  private var bins: Int { counts.count }

  package mutating func add(_ values: ArraySlice<Float>) {
    // In double precision no finite magnitude is too small or too large to be placed.
    let scale = greatest > 0 ? Double(bins) / Double(greatest) : 0
    let last = Double(bins - 1)
    for value in values {
      let place = Double(abs(value)) * scale
      let bin = place.isFinite ? Int(min(place, last)) : 0
      counts[bin] += 1
      sum += Double(abs(value))
    }
    total += values.count
  }

  /// - Parameter other: of the same bins.
  package mutating func merge(_ other: MagnitudeHistogram) {
    for bin in counts.indices { counts[bin] += other.counts[bin] }
    total += other.total
    sum += other.sum
  }

  func middle(_ bin: Int) -> Float {
    Float(Double(greatest) * (Double(bin) + 0.5) / Double(bins))
  }

  /// The upper end of bin `i`.
  private func end(_ bin: Int) -> Float {
    bin + 1 == bins ? greatest : Float(Double(greatest) * Double(bin + 1) / Double(bins))
  }

  /// The smallest end of a bin below which at least this share of the magnitudes lies.
  package func quantile(_ share: Double) -> Float {
    let wanted = share * Double(total)
    var seen = 0
    for (bin, count) in counts.enumerated() {
      seen += count
      if Double(seen) >= wanted, seen > 0 { return end(bin) }
    }
    return greatest
  }

  /// Values that a histogram has to hold to say anything of their distribution.
  package static let fewestValues = 1024

  /// The threshold at which the clipped histogram and the same histogram on so many levels differ
  /// least, as Kullback-Leibler divergence. Of the thresholds at ends of bins, from as many bins as
  /// levels and a sixteenth of all on, 64 are tried: a histogram of hardly anything is like any other.
  /// So the greatest magnitude is the threshold for fewer than `fewestValues`.
  package func entropyThreshold(levels: Int) -> Float {
    guard total >= MagnitudeHistogram.fewestValues else { return greatest }
    let levels = min(max(levels, 1), bins)
    let first = max(levels, bins / 16)
    // Empty bins at the end say nothing about where to clip.
    let last = max(first, 1 + (counts.lastIndex { $0 > 0 } ?? 0))
    var best = (threshold: greatest, divergence: Double.infinity)
    for used in Array(stride(from: first, to: last, by: (last - first) / 64 + 1)) + [last] {
      let divergence = divergence(used, levels: levels)
      if divergence <= best.divergence { best = (end(used - 1), divergence) }
    }
    return best.threshold
  }

  /// KL(P ‖ Q): P the first `used` bins, all beyond them in the last; Q the same bins, each level's
  /// mass shared out evenly among its bins that are not empty.
  private func divergence(_ used: Int, levels: Int) -> Double {
    var clipped = counts[..<used].map(Double.init)
    let whole = clipped
    clipped[used - 1] += Double(counts[used...].reduce(0, +))
    let total = clipped.reduce(0, +)
    guard total > 0 else { return .infinity }
    var spread = [Double](repeating: 0, count: used)
    for level in 0..<levels {
      let bins = level * used / levels..<(level + 1) * used / levels
      let filled = bins.filter { clipped[$0] > 0 }
      let mass = bins.reduce(0.0) { $0 + whole[$1] }
      for bin in filled { spread[bin] = mass / Double(filled.count) }
    }
    let spreadTotal = spread.reduce(0, +)
    guard spreadTotal > 0 else { return .infinity }
    var divergence = 0.0
    for bin in 0..<used where clipped[bin] > 0 {
      let p = clipped[bin] / total
      // A level that clipping alone fills has no mass in Q: smoothed.
      let q = max(spread[bin] / spreadTotal, 1e-12)
      divergence += p * log(p / q)
    }
    return divergence
  }
}
