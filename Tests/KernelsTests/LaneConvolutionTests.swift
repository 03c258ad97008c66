// Laws of convolution in blocks of eight: equal to a plain twin and to the path through columns, for
// shapes of every kind.
import Kernels
import Testing

/// A layer with random weights, and a batch for it.
private struct Trial {
  let twin: ConvolutionTwin
  let convolution: LaneConvolution
  let n: Int
  let x: Numbers
  let dy: Numbers
  let weight: Numbers
  let bias: Numbers

  init?(_ twin: ConvolutionTwin, batch n: Int, seed: UInt64) {
    var dice = Dice(seed)
    guard let window = twin.window,
      let convolution = LaneConvolution(
        window: window, groups: twin.groups, filters: twin.groups * twin.filters,
        activator: twin.activator, pools: twin.pools)
    else { return nil }
    self.twin = twin
    self.convolution = convolution
    self.n = n
    x = dice.floats(n * twin.inputCount, 1)
    dy = dice.floats(n * twin.outputCount, 1)
    weight = dice.floats(twin.weightCount, twin.weightScale)
    bias = dice.floats(twin.groups * twin.filters, 1)
  }

  struct Found {
    let y: Numbers
    let dx: Numbers
    let dWeight: Numbers
    let dBias: Numbers
  }

  /// Forward and back through blocks of eight.
  func run() -> Found {
    let blocks = Lanes.blocks(n)
    let xs = Numbers(count: blocks * convolution.inputCount)
    let ys = Numbers(count: blocks * convolution.outputCount)
    let dxs = Numbers(count: xs.view.count)
    let dys = Numbers(count: ys.view.count)
    let packed = Numbers(count: convolution.packedCount(backward: true))
    let scratch = Numbers(count: convolution.scratchCount)
    let places = Numbers(count: blocks * convolution.placesCount)
    let found = Found(
      y: Numbers(count: dy.view.count), dx: Numbers(count: x.view.count),
      dWeight: Numbers(count: weight.view.count), dBias: Numbers(count: bias.view.count))
    convolution.pack(weight.view, backward: true, to: packed.view)
    xs.view.lanes(of: x.view, examples: n, each: twin.inputCount)
    dys.view.lanes(of: dy.view, examples: n, each: twin.outputCount)
    convolution.forward(
      xs.view, blocks: blocks, packed: packed.view, bias: bias.view, to: ys.view,
      places: twin.pools ? places.view : nil, scratch: scratch.view)
    convolution.backward(
      dys.view, x: xs.view, y: ys.view, blocks: blocks, places: twin.pools ? places.view : nil,
      packed: packed.view, dx: dxs.view, dWeight: found.dWeight.view, dBias: found.dBias.view,
      scratch: scratch.view)
    found.y.view.rows(of: ys.view, examples: n, each: twin.outputCount)
    found.dx.view.rows(of: dxs.view, examples: n, each: twin.inputCount)
    return found
  }

  /// What the twin says.
  func expect(_ found: Found) {
    let weights = weight.doubles
    let inputs = x.doubles
    let slopes = dy.doubles
    var y: [Double] = []
    var dx: [Double] = []
    var gradients = ConvolutionTwin.Gradients(
      x: [], weight: [Double](repeating: 0, count: weights.count),
      bias: [Double](repeating: 0, count: bias.view.count))
    for i in 0..<n {
      let image = inputs[i * twin.inputCount..<(i + 1) * twin.inputCount]
      let slope = slopes[i * twin.outputCount..<(i + 1) * twin.outputCount]
      let outputs = twin.forward(image, weights, bias.doubles)
      twin.backward(slope, image, outputs, weights, to: &gradients)
      y += outputs.y
      dx += gradients.x
    }
    expectClose(found.y, y, "y of \(n): \(twin)")
    expectClose(found.dx, dx, "dx of \(n): \(twin)")
    expectClose(found.dWeight, gradients.weight, within: 4e-6, "dWeight of \(n): \(twin)")
    expectClose(found.dBias, gradients.bias, within: 4e-6, "dBias of \(n): \(twin)")
  }
}

@Suite struct LaneConvolutionTests {
  @Test(arguments: [1, 7, 8, 9, 20])
  func everyShapeAgreesWithItsTwin(batch: Int) throws {
    for (i, twin) in ConvolutionTwin.many(batch > 9 ? 15 : 40, seed: UInt64(batch)).enumerated() {
      let trial = try #require(Trial(twin, batch: batch, seed: UInt64(i + 1)))
      trial.expect(trial.run())
    }
  }

  @Test(arguments: [3, 8, 9])
  func squareKernelsAgreeWithTheirTwin(batch: Int) throws {
    let twins = ConvolutionTwin.many(16, seed: 40 + UInt64(batch), ConvolutionTwin.square)
    for (i, twin) in twins.enumerated() {
      let trial = try #require(Trial(twin, batch: batch, seed: UInt64(i + 1)))
      trial.expect(trial.run())
    }
  }

  /// Shapes that are worked on in strips: their padded planes outgrow a core's cache.
  @Test func largeImagesAgreeWithColumns() throws {
    var twin = ConvolutionTwin()
    twin.channels = 24
    twin.plane = (40, 37)
    twin.padding = (1, 1)
    twin.filters = 13
    twin.activator = Activator(.relu)
    for (pools, stride) in [(true, 1), (false, 1), (false, 2)] {
      twin.pools = pools
      twin.stride = (stride, stride)
      let trial = try #require(Trial(twin, batch: 9, seed: 5))
      try expectColumns(trial, trial.run())
    }
  }

  @Test func agreesWithColumnsAndPooling() throws {
    for (i, twin) in ConvolutionTwin.many(30, seed: 99).enumerated() {
      let trial = try #require(Trial(twin, batch: 11, seed: UInt64(i + 1)))
      try expectColumns(trial, trial.run())
    }
  }

  /// The general path: columns, a product, the activation, and pooling apart.
  private func expectColumns(_ trial: Trial, _ found: Trial.Found) throws {
    let twin = trial.twin
    let window = try #require(twin.window)
    let filters = twin.groups * twin.filters
    let general = Convolution(window: window, groups: twin.groups, filters: filters)
    let outputs = Numbers(count: trial.n * filters * window.outCount)
    let slopes = Numbers(count: outputs.view.count)
    let scratch = Numbers(count: general.scratchCount)
    general.forward(
      trial.x.view, weight: trial.weight.view, bias: trial.bias.view, twin.activator,
      to: outputs.view, scratch: scratch.view)
    if twin.pools {
      let pool = try #require(
        Window(
          channels: 1, plane: twin.out, kernel: (2, 2), stride: (2, 2), padding: (0, 0)))
      let y = Numbers(count: trial.dy.view.count)
      let places = Numbers(count: Window.places(y.view.count))
      pool.maxPool(outputs.view, to: y.view, places: places.view)
      pool.maxPoolBack(trial.dy.view, places: places.view, to: slopes.view)
      expectClose(found.y, y.doubles, "y: \(twin)")
    } else {
      expectClose(found.y, outputs.doubles, "y: \(twin)")
      slopes.view.copy(from: trial.dy.view)
    }
    let dx = Numbers(count: trial.x.view.count)
    let dWeight = Numbers(count: trial.weight.view.count)
    let dBias = Numbers(count: trial.bias.view.count)
    general.backward(
      slopes.view, x: trial.x.view, y: outputs.view, weight: trial.weight.view, twin.activator,
      dx: dx.view, dWeight: dWeight.view, dBias: dBias.view, scratch: scratch.view)
    expectClose(found.dx, dx.doubles, within: 4e-6, "dx: \(twin)")
    expectClose(found.dWeight, dWeight.doubles, within: 1e-5, "dWeight: \(twin)")
    expectClose(found.dBias, dBias.doubles, within: 1e-5, "dBias: \(twin)")
  }

  @Test func refusesWhatItCannotDo() throws {
    var twin = ConvolutionTwin()
    let window = try #require(twin.window)
    func convolution(_ activator: Activator, pools: Bool) -> LaneConvolution? {
      LaneConvolution(window: window, groups: 1, filters: 3, activator: activator, pools: pools)
    }
    #expect(convolution(Activator(.gelu), pools: false) == nil)
    #expect(convolution(Activator(.silu), pools: false) == nil)
    #expect(convolution(Activator(.leaky, slope: -1), pools: true) == nil)
    #expect(convolution(Activator(.leaky, slope: -1), pools: false) != nil)
    #expect(convolution(Activator(.relu), pools: true) != nil)
    twin.kernel = (6, 3)
    #expect(twin.window == nil)
    twin.kernel = (3, 3)
    twin.plane = (0, 5)
    #expect(twin.window == nil)
    twin.plane = (5, 5)
    twin.channels = 0
    #expect(twin.window == nil)
    let narrow = try #require(
      Window(channels: 1, plane: (5, 3), kernel: (3, 3), stride: (1, 1), padding: (0, 0)))
    #expect(
      LaneConvolution(window: narrow, groups: 1, filters: 1, activator: .identity, pools: true)
        == nil)
    let huge = try #require(
      Window(
        channels: 1 << 20, plane: (9999, 9999), kernel: (3, 3), stride: (1, 1), padding: (1, 1)))
    #expect(
      LaneConvolution(window: huge, groups: 1, filters: 1, activator: .identity, pools: false)
        == nil)
  }

  @Test func aNaNStaysOne() throws {
    var twin = ConvolutionTwin()
    twin.kernel = (2, 2)
    twin.activator = Activator(.relu)
    twin.pools = true
    let trial = try #require(Trial(twin, batch: 8, seed: 3))
    trial.x.view[0] = .nan
    let found = trial.run()
    #expect(found.y.view[0].isNaN)
    #expect(!found.y.view[1].isNaN)
  }
}
