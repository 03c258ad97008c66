// Laws of convolution of single images: equal to a plain twin, in whatever runs of rows.
import Kernels
import Testing

@Suite struct DirectConvolutionTests {
  @Test func everyShapeAgreesWithItsTwin() throws {
    for (i, twin) in ConvolutionTwin.many(150, seed: 7).enumerated() {
      var dice = Dice(UInt64(i + 1))
      let window = try #require(twin.window)
      let filters = twin.groups * twin.filters
      let convolution = try #require(
        DirectConvolution(
          window: window, groups: twin.groups, filters: filters, activator: twin.activator,
          pools: twin.pools))
      let x = dice.floats(twin.inputCount, 1)
      let weight = dice.floats(twin.weightCount, twin.weightScale)
      let bias = dice.floats(filters, 1)
      let packed = Numbers(count: convolution.packedCount)
      let padded = Numbers(count: convolution.paddedCount)
      let y = Numbers(count: twin.outputCount)
      convolution.pack(weight.view, to: packed.view)
      convolution.pad(x.view, to: padded.view)
      let image = convolution.pads ? padded.view : x.view
      var row = 0
      while row < convolution.outputRows {
        let last = min(convolution.outputRows, row + dice.size(1...4))
        convolution.forward(
          image, packed: packed.view, bias: bias.view, to: y.view, rows: row..<last)
        row = last
      }
      let wanted = twin.forward(x.doubles[...], weight.doubles, bias.doubles)
      expectClose(y, wanted.y, "\(twin)")
    }
  }
}
