// Columns and pooling against plain Swift that follows the definitions, over random sizes.
import Kernels
import Testing

@Suite("Window kernels") struct WindowTests {
  static let seeds = Array(UInt64(1)...40)

  /// Random sizes, and for every output the input cells of its window (nil outside the plane).
  private struct Case {
    let window: Window
    let plane: (Int, Int)
    let kernel: (Int, Int)
    let stride: (Int, Int)
    let padding: (Int, Int)

    init?(_ dice: inout Dice, mayCeil: Bool = false) {
      let simple = dice.size(0...3) == 0
      plane = (dice.size(1...11), dice.size(1...21))
      kernel = simple ? (2, 2) : (dice.size(1...4), dice.size(1...4))
      stride = simple ? (2, 2) : (dice.size(1...3), dice.size(1...3))
      padding = simple ? (0, 0) : (dice.size(0...kernel.0 - 1), dice.size(0...kernel.1 - 1))
      let channels = dice.size(1...3)
      let made = Window(
        channels: channels, plane: plane, kernel: kernel, stride: stride, padding: padding,
        ceil: mayCeil && dice.size(0...1) == 1)
      guard let made else { return nil }
      window = made
    }

    func cell(_ output: Int, _ place: Int) -> Int? {
      let y = output / window.outWidth * stride.0 + place / kernel.1 - padding.0
      let x = output % window.outWidth * stride.1 + place % kernel.1 - padding.1
      guard (0..<plane.0).contains(y), (0..<plane.1).contains(x) else { return nil }
      return y * plane.1 + x
    }

    func cells(_ output: Int) -> [Int] { (0..<window.kernelCount).compactMap { cell(output, $0) } }
  }

  @Test(arguments: seeds)
  func columnsAndBack(_ seed: UInt64) {
    var dice = Dice(seed)
    guard let sizes = Case(&dice) else { return }
    let window = sizes.window
    let rows = window.channels * window.kernelCount
    let stride = window.outCount + dice.size(0...5)
    let image = dice.floats(window.channels * window.planeCount)
    let columns = dice.floats(rows * stride)
    let back = Numbers([Float](repeating: 1, count: window.channels * window.planeCount))
    let matrix = Matrix(columns.view, rows, window.outCount, stride: stride)
    var wanted = columns.doubles
    for row in 0..<rows {
      let (channel, place) = (row / window.kernelCount, row % window.kernelCount)
      for output in 0..<window.outCount {
        let cell = sizes.cell(output, place).map { channel * window.planeCount + $0 }
        wanted[row * stride + output] = cell.map { image.doubles[$0] } ?? 0
      }
    }
    window.columns(of: image.view, to: matrix)
    #expect(columns.doubles == wanted)

    var sums = [Double](repeating: 1, count: image.doubles.count)
    for row in 0..<rows {
      for output in 0..<window.outCount {
        guard let cell = sizes.cell(output, row % window.kernelCount) else { continue }
        sums[row / window.kernelCount * window.planeCount + cell] += wanted[row * stride + output]
      }
    }
    window.addColumns(matrix, to: back.view)
    expectClose(back, sums)
  }

  @Test(arguments: seeds)
  func pools(_ seed: UInt64) {
    var dice = Dice(seed)
    guard let sizes = Case(&dice, mayCeil: true) else { return }
    let window = sizes.window
    let planes = dice.size(1...4)
    let x = dice.floats(planes * window.planeCount)
    let outputs = planes * window.outCount
    let dy = dice.floats(outputs)
    let (greatest, mean) = (Numbers(count: outputs), Numbers(count: outputs))
    let (toGreatest, toMean) = (Numbers(count: x.doubles.count), Numbers(count: x.doubles.count))
    let places = Numbers(count: Window.places(outputs))
    window.maxPool(x.view, to: greatest.view, places: places.view)
    window.maxPoolBack(dy.view, places: places.view, to: toGreatest.view)
    window.averagePool(x.view, to: mean.view)
    window.averagePoolBack(dy.view, to: toMean.view)

    let values = x.doubles
    var wanted = (max: [Double](), mean: [Double]())
    var back = (max: values.map { _ in 0.0 }, mean: values.map { _ in 0.0 })
    for output in 0..<outputs {
      let start = output / window.outCount * window.planeCount
      let cells = sizes.cells(output % window.outCount).map { $0 + start }
      let best = cells.max { values[$0] < values[$1] } ?? 0
      wanted.max.append(values[best])
      wanted.mean.append(cells.reduce(0) { $0 + values[$1] } / Double(cells.count))
      back.max[best] += dy.doubles[output]
      for cell in cells { back.mean[cell] += dy.doubles[output] / Double(cells.count) }
    }
    #expect(greatest.doubles == wanted.max)
    expectClose(mean, wanted.mean)
    expectClose(toGreatest, back.max)
    expectClose(toMean, back.mean)
  }

  @Test func aNumberThatIsNoneIsTheGreatest() throws {
    for place in 0..<4 {
      var values: [Float] = [1, 2, 3, 4]
      values[place] = .nan
      let (x, y, places) = (Numbers(values), Numbers(count: 1), Numbers(count: 1))
      let window = try #require(
        Window(channels: 1, plane: (2, 2), kernel: (2, 2), stride: (2, 2), padding: (0, 0)))
      window.maxPool(x.view, to: y.view, places: places.view)
      #expect(y.doubles[0].isNaN)
    }
  }

  /// The sizes that torch.nn.MaxPool2d(…, ceil_mode=True) of PyTorch 2.15.0 gives.
  @Test(arguments: [
    (6, 3, 2, 0, 3), (7, 3, 2, 0, 3), (8, 3, 2, 0, 4), (5, 2, 2, 0, 3), (4, 1, 3, 0, 2),
    (5, 1, 3, 0, 2), (6, 3, 2, 1, 4), (5, 3, 4, 1, 2), (3, 2, 3, 1, 2), (112, 3, 2, 0, 56),
    (28, 3, 1, 1, 28), (7, 2, 5, 0, 2),
  ])
  func windowsThatHangOverTheEdge(
    _ size: Int, _ kernel: Int, _ stride: Int, _ padding: Int, _ outputs: Int
  ) {
    let window = Window(
      channels: 1, plane: (size, size), kernel: (kernel, kernel), stride: (stride, stride),
      padding: (padding, padding), ceil: true)
    #expect(window?.outHeight == outputs && window?.outWidth == outputs)
  }

  @Test func windowsThatDoNotFitAreNone() {
    func window(_ kernel: Int, _ padding: Int, _ plane: Int = 4) -> Window? {
      Window(
        channels: 1, plane: (plane, plane), kernel: (kernel, kernel), stride: (1, 1),
        padding: (padding, padding))
    }
    #expect(window(5, 0) == nil)
    #expect(window(5, 1) != nil)
    #expect(window(2, 2) == nil)
    #expect(window(0, 0) == nil)
    #expect(window(2, 0, 1 << 40) == nil)
  }
}
