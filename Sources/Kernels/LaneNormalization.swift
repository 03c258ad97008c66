// Normalization by channel over a batch in blocks of eight, with the activation that follows it.
import CKernels

/// One channel of a batch in blocks of eight: [ceil(examples / 8)][channels][positions][8]. Lanes past
/// the last example count for nothing; where gradients are written, they are zero.
package struct LaneChannel: Sendable {
  package let floats: Floats
  package let examples: Int
  package let stride: Int
  package let positions: Int

  package init(
    _ blocks: Floats, channel: Int, of channels: Int, examples: Int, positions: Int
  ) {
    precondition(channel < channels && examples > 0 && positions > 0, "a channel that exists")
    let plane = positions * Lanes.count
    precondition(Lanes.blocks(examples) * channels * plane == blocks.count, "whole blocks")
    floats = blocks.slice(channel * plane, blocks.count - channel * plane)
    self.examples = examples
    self.stride = channels * plane
    self.positions = positions
  }

  private func check(_ other: LaneChannel) {
    precondition(
      other.examples == examples && other.stride == stride && other.positions == positions,
      "the same shape")
  }

  /// The mean and the mean square deviation from it.
  package func moments() -> (mean: Float, variance: Float) {
    var mean: Float = 0
    var variance: Float = 0
    ck_lane_moments(floats.base, examples, stride, positions, &mean, &variance)
    return (mean, variance)
  }

  /// self = f(x gain + offset), for a function that works in place.
  package func affine(
    _ x: LaneChannel, gain: Float, offset: Float, _ activator: Activator = .identity
  ) {
    check(x)
    precondition(activator.function.worksInPlace, "a slope that follows from the output")
    ck_lane_affine(
      activator.function.rawValue, activator.slope, x.floats.base, Lanes.blocks(examples), stride,
      positions, gain, offset, floats.base)
  }

  /// Over this channel of gradients dy of y = f(…): with d = dy f'(y), sum d and sum d (x - mean).
  package func sums(
    with x: LaneChannel, mean: Float, y: LaneChannel, _ activator: Activator = .identity
  ) -> (Float, Float) {
    check(x)
    check(y)
    precondition(activator.function.worksInPlace, "a slope that follows from the output")
    var sums: (Float, Float) = (0, 0)
    withUnsafeMutableBytes(of: &sums) { raw in
      let pair = raw.assumingMemoryBound(to: Float.self)
      ck_lane_channel_sums(
        activator.function.rawValue, activator.slope, floats.base, y.floats.base, x.floats.base,
        examples, stride, positions, mean, pair.baseAddress)
    }
    return sums
  }

  /// self = a d + b (x - mean) + c with d = dy f'(y); self may be dy.
  package func combine(
    _ dy: LaneChannel, _ a: Float, _ x: LaneChannel, mean: Float, _ b: Float, plus c: Float,
    y: LaneChannel, _ activator: Activator = .identity
  ) {
    check(dy)
    check(x)
    check(y)
    precondition(activator.function.worksInPlace, "a slope that follows from the output")
    ck_lane_channel_back(
      activator.function.rawValue, activator.slope, dy.floats.base, y.floats.base, x.floats.base,
      examples, stride, positions, mean, a, b, c, floats.base)
  }
}
