// Normalization by channel over a batch, normalization and softmax over the units of an example,
// and dropout.
import CKernels

/// One channel of a batch: `n` examples that lie `stride` apart, `p` positions each.
package struct Channel: Sendable {
  package let floats: Floats
  package let n: Int
  package let stride: Int
  package let p: Int

  package init(_ batch: Floats, channel: Int, of channels: Int, n: Int, positions p: Int) {
    precondition(channel < channels && n > 0 && p > 0, "a channel that exists")
    precondition(n * channels * p <= batch.count, "inside the batch")
    let start = channel * p
    floats = batch.slice(start, batch.count - start)
    self.n = n
    self.stride = channels * p
    self.p = p
  }

  /// The mean and the mean square deviation from it.
  package func moments() -> (mean: Float, variance: Float) {
    var mean: Float = 0
    var variance: Float = 0
    ck_moments(floats.base, n, stride, p, &mean, &variance)
    return (mean, variance)
  }

  /// self = x gain + offset.
  package func affine(_ x: Channel, gain: Float, offset: Float) {
    precondition(x.n == n && x.stride == stride && x.p == p, "the same shape")
    ck_affine(x.floats.base, n, stride, p, gain, offset, floats.base)
  }

  /// Over this channel of gradients: sum dy, and sum dy (x - mean).
  package func sums(with x: Channel, mean: Float) -> (Float, Float) {
    precondition(x.n == n && x.stride == stride && x.p == p, "the same shape")
    var sums: (Float, Float) = (0, 0)
    withUnsafeMutableBytes(of: &sums) { raw in
      let pair = raw.assumingMemoryBound(to: Float.self)
      ck_channel_sums(floats.base, x.floats.base, n, stride, p, mean, pair.baseAddress)
    }
    return sums
  }

  /// self = a dy + b (x - mean) + c.
  package func combine(
    _ dy: Channel, _ a: Float, _ x: Channel, mean: Float, _ b: Float, plus c: Float
  ) {
    precondition(dy.n == n && dy.stride == stride && dy.p == p, "the same shape")
    precondition(x.n == n && x.stride == stride && x.p == p, "the same shape")
    ck_channel_back(
      dy.floats.base, x.floats.base, n, stride, p, mean, a, b, c, floats.base)
  }
}

/// The units of one example at each of its positions: `[units, positions]`.
package struct UnitPositions: Sendable {
  package let units: Int
  package let positions: Int
  package init(units: Int, positions: Int) {
    self.units = units
    self.positions = positions
  }
  package var count: Int { units * positions }

  /// y = (x - mean) / deviation * gain + bias, over the units; `saved` is `[2, positions]`.
  package func normalize(
    _ x: Floats, gain: Floats, bias: Floats, epsilon: Float, to y: Floats, saved: Floats
  ) {
    precondition(x.count == count && y.count == count && saved.count == 2 * positions, "sizes")
    precondition(gain.count == units && bias.count == units, "one for each unit")
    ck_layernorm(
      x.base, units, positions, gain.base, bias.base, epsilon, y.base, saved.base)
  }

  /// Writes dx, and adds to the gradients of gain and bias.
  package func normalizeBack(
    _ dy: Floats, x: Floats, saved: Floats, gain: Floats, to dx: Floats, dGain: Floats,
    dBias: Floats
  ) {
    precondition(x.count == count && dy.count == count && dx.count == count, "sizes")
    precondition(saved.count == 2 * positions, "sizes")
    precondition(gain.count == units && dGain.count == units && dBias.count == units, "sizes")
    ck_layernorm_back(
      dy.base, x.base, saved.base, units, positions, gain.base, dx.base, dGain.base, dBias.base)
  }

  package func softmax(_ x: Floats, to y: Floats) {
    precondition(x.count == count && y.count == count && units > 0, "sizes")
    ck_softmax(x.base, units, positions, y.base)
  }

  package func softmaxBack(_ dy: Floats, y: Floats, to dx: Floats) {
    precondition(dy.count == count && y.count == count && dx.count == count, "sizes")
    ck_softmax_back(dy.base, y.base, units, positions, dx.base)
  }
}

extension Floats {
  /// self = x with a share set to zero and the rest scaled up. What is kept follows from the seed
  /// and the place alone, so the same call with gradients is the way back.
  package func dropout(_ x: Floats, share: Float, seed: UInt64) {
    precondition(x.count == count && share >= 0 && share < 1, "sizes")
    ck_dropout(x.base, count, share, seed, base)
  }
}
