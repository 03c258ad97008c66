// Laws of normalization in blocks of eight: the same as on rows, whatever the lanes past the end hold.
import Kernels
import Testing

@Suite struct LaneNormalizationTests {
  /// Rows and blocks of the same batch; lanes past the end of the blocks are `waste`.
  private struct Batch {
    let rows: Numbers
    let blocks: Numbers
    let n: Int
    let shape: (channels: Int, positions: Int)

    init(_ n: Int, _ shape: (channels: Int, positions: Int), waste: Float, _ dice: inout Dice) {
      let each = shape.channels * shape.positions
      rows = dice.floats(n * each)
      blocks = Numbers(count: Lanes.blocks(n) * each * 8)
      self.n = n
      self.shape = shape
      blocks.view.lanes(of: rows.view, examples: n, each: each)
      for i in 0..<blocks.view.count where i / (each * 8) * 8 + i % 8 >= n {
        blocks.view[i] = waste
      }
    }

    func row(_ channel: Int) -> Channel {
      Channel(rows.view, channel: channel, of: shape.channels, n: n, positions: shape.positions)
    }

    func lane(_ channel: Int) -> LaneChannel {
      LaneChannel(
        blocks.view, channel: channel, of: shape.channels, examples: n, positions: shape.positions)
    }

    /// What the blocks hold, as rows.
    var found: Numbers {
      let found = Numbers(count: rows.view.count)
      found.view.rows(of: blocks.view, examples: n, each: shape.channels * shape.positions)
      return found
    }
  }

  @Test(arguments: [1, 7, 8, 9, 20])
  func agreesWithRows(n: Int) {
    var dice = Dice(UInt64(n))
    for function in ActivationFunction.allCases where function.worksInPlace {
      let activator = Activator(function, slope: 0.25)
      let shape = (channels: dice.size(1...4), positions: dice.size(1...13))
      let x = Batch(n, shape, waste: 1000, &dice)
      let y = Batch(n, shape, waste: 0.5, &dice)
      let dy = Batch(n, shape, waste: 0, &dice)
      let dx = Batch(n, shape, waste: 7, &dice)
      for channel in 0..<shape.channels {
        let (mean, variance) = x.row(channel).moments()
        let found = x.lane(channel).moments()
        #expect(abs(found.mean - mean) < 1e-6 && abs(found.variance - variance) < 4e-6)
        y.row(channel).affine(x.row(channel), gain: 0.5, offset: 0.25)
        y.lane(channel).affine(x.lane(channel), gain: 0.5, offset: 0.25, activator)
      }
      activator.forward(y.rows.view, to: y.rows.view)
      expectClose(y.found, y.rows.doubles, "y")
      let d = Numbers(count: dy.rows.view.count)
      activator.backward(dy.rows.view, x: d.view, y: y.rows.view, to: d.view)
      for channel in 0..<shape.channels {
        let slopes = Channel(
          d.view, channel: channel, of: shape.channels, n: n, positions: shape.positions)
        let wanted = slopes.sums(with: x.row(channel), mean: 0.1)
        let (lane, outputs) = (x.lane(channel), y.lane(channel))
        let found = dy.lane(channel).sums(with: lane, mean: 0.1, y: outputs, activator)
        #expect(abs(found.0 - wanted.0) < 1e-4 && abs(found.1 - wanted.1) < 1e-4)
        dx.row(channel).combine(slopes, 2, x.row(channel), mean: 0.1, 3, plus: 1)
        dx.lane(channel).combine(
          dy.lane(channel), 2, lane, mean: 0.1, 3, plus: 1, y: outputs, activator)
      }
      expectClose(dx.found, dx.rows.doubles, "dx")
      for i in 0..<dx.blocks.view.count {
        let example = i / (shape.channels * shape.positions * 8) * 8 + i % 8
        #expect(example < n || dx.blocks.view[i] == 0)
      }
    }
  }
}
