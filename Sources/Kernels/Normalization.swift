// Normalization by channel over a batch, normalization and softmax over the units of an example,
// gates of units, and dropout.
import CKernels

/// One channel of a batch: rows `[n, channels, p]`, or lanes `[n / 8, channels, p, 8]`.
package struct Channel: Sendable {
  package let floats: Floats
  /// The numbers of the channel, over the batch.
  package let count: Int
  private let raw: ck_channel

  package init(
    _ batch: Floats, channel: Int, of channels: Int, n: Int, positions p: Int,
    inLanes: Bool = false
  ) {
    precondition(channel >= 0 && channel < channels && n > 0 && p > 0, "a channel that exists")
    let runs = inLanes ? (n + 7) / 8 : n
    let each = inLanes ? p * 8 : p
    precondition(runs * channels * each <= batch.count, "inside the batch")
    floats = batch.slice(channel * each, batch.count - channel * each)
    count = n * p
    raw = ck_channel(
      n: runs, stride: channels * each, p: each, last: inLanes ? n - (runs - 1) * 8 : 8)
  }

  private func check(_ other: Channel) {
    precondition(
      other.raw.n == raw.n && other.raw.stride == raw.stride && other.raw.p == raw.p
        && other.raw.last == raw.last, "the same shape")
  }

  /// The mean and the mean square deviation from it.
  package func moments() -> (mean: Float, variance: Float) {
    var mean: Float = 0
    var variance: Float = 0
    withUnsafePointer(to: raw) { ck_moments(floats.base, $0, &mean, &variance) }
    return (mean, variance)
  }

  /// self = f(x gain + offset).
  package func affine(_ x: Channel, gain: Float, offset: Float, _ activator: Activator) {
    check(x)
    withUnsafePointer(to: raw) {
      ck_affine(
        activator.function.rawValue, activator.slope, x.floats.base, $0, gain, offset, floats.base)
    }
  }

  /// Over this channel of gradients g = dy f'(y): sum g, and sum g (x - mean).
  package func sums(
    y: Channel, _ activator: Activator, with x: Channel, mean: Float
  ) -> (Float, Float) {
    check(x)
    check(y)
    var sums: (Float, Float) = (0, 0)
    withUnsafeMutableBytes(of: &sums) { bytes in
      let pair = bytes.assumingMemoryBound(to: Float.self).baseAddress
      withUnsafePointer(to: raw) {
        ck_channel_sums(
          activator.function.rawValue, activator.slope, floats.base, y.floats.base, x.floats.base,
          $0, mean, pair)
      }
    }
    return sums
  }

  /// self = a g + b (x - mean) + c, with g = dy f'(y).
  package func combine(
    _ dy: Channel, y: Channel, _ activator: Activator, _ a: Float, _ x: Channel, mean: Float,
    _ b: Float, plus c: Float
  ) {
    check(dy)
    check(x)
    check(y)
    let weights = ck_combination(dy: a, x: b, mean: mean, constant: c)
    withUnsafePointer(to: raw) { channel in
      withUnsafePointer(to: weights) {
        ck_channel_back(
          activator.function.rawValue, activator.slope, dy.floats.base, y.floats.base,
          x.floats.base, channel, $0, floats.base)
      }
    }
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

extension UnitPositions {
  /// How many numbers stand for one: 8 where examples lie in lanes.
  private func width(_ x: Floats, _ gates: Floats) -> Int {
    let width = gates.count / max(1, units)
    precondition(units * width == gates.count && x.count == count * width, "sizes")
    return width
  }

  /// y = x times the gate of its unit. `gates` is `[units]`, or `[units, 8]` for x in lanes.
  package func gate(_ x: Floats, by gates: Floats, to y: Floats) {
    precondition(x.count == y.count, "sizes")
    ck_gate(x.base, gates.base, units, positions, width(x, gates), y.base)
  }

  /// Writes the gradients of the gates: sums of dy x over the positions.
  package func gateBack(_ dy: Floats, x: Floats, to dGates: Floats) {
    precondition(x.count == dy.count, "sizes")
    ck_gate_back(dy.base, x.base, units, positions, width(x, dGates), dGates.base)
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
