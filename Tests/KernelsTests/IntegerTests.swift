// Integer kernels against their twins: the same numbers exactly, in every set, over random sizes.
import Kernels
import Testing

@Suite("Integer kernels") struct IntegerTests {
  static let seeds = Array(UInt64(1)...40)

  @Test(arguments: seeds)
  func productsAreExact(_ seed: UInt64) throws {
    var dice = Dice(seed)
    let rows = dice.size(0...19)
    let units = dice.size(0...(seed % 5 == 0 ? 300 : 70))
    let depth = dice.size(1...90)
    let ranges = [0...127, -127...127, -128...127]
    let x = dice.codes(rows * depth, ranges[dice.size(0...2)])
    let w = dice.codes(units * depth, ranges[dice.size(0...2)])
    let matrix = try #require(IntegerMatrix(w, units: units, depth: depth))
    let memory = CodeMemory(x)
    #expect(matrix.product(memory.codes, rows: rows) == twinProduct(x, w, depth: depth))
  }

  /// The worst sums that 32 bits must hold, with every sign.
  @Test(arguments: [-128, 127] as [Int8], [-128, -127, 127] as [Int8])
  func theDeepestProductFits(_ x: Int8, _ w: Int8) throws {
    let depth = IntegerMatrix.mostDepth
    let weights = [Int8](repeating: w, count: depth)
    let matrix = try #require(IntegerMatrix(weights, units: 1, depth: depth))
    let codes = CodeMemory([Int8](repeating: x, count: depth))
    #expect(matrix.product(codes.codes, rows: 1) == [Int32(x) * Int32(w) * Int32(depth)])
    let more = [Int8](repeating: w, count: depth + 1)
    #expect(IntegerMatrix(more, units: 1, depth: depth + 1) == nil)
  }

  @Test(arguments: seeds)
  func denseLayersFinishTheirSums(_ seed: UInt64) throws {
    var dice = Dice(seed)
    let (rows, units, depth) = (dice.size(0...19), dice.size(1...70), dice.size(1...90))
    let stride = depth + dice.size(0...3)
    let negative = dice.size(0...1) == 0
    let x = dice.codes(rows * stride, negative ? -127...127 : 0...127)
    let w = dice.codes(units * depth)
    let scales = dice.floats(rows, 1)
    for row in 0..<rows { scales.view[row] = abs(scales.view[row]) }
    let finish = dice.finish(units)
    let matrix = try #require(IntegerMatrix(w, units: units, depth: depth))
    let codes = CodeMemory(x)
    let wide = units + dice.size(0...3)
    let y = Numbers(count: rows * wide)
    matrix.forward(
      codes.codes, stride: stride, scales: scales.view, negative: negative, finish,
      to: Matrix(y.view, rows, units, stride: wide))
    for row in 0..<rows {
      let sums = twinProduct(Array(x[row * stride..<row * stride + depth]), w, depth: depth)
      for (unit, sum) in sums.enumerated() {
        #expect(y.view[row * wide + unit] == twinFinish(sum, scales.view[row], finish, unit))
      }
      for gap in units..<wide { #expect(y.view[row * wide + gap] == 9) }
    }
  }

  @Test(arguments: seeds + seeds.map { $0 + 100 })
  func convolutionsFinishTheirSums(_ seed: UInt64) throws {
    var dice = Dice(seed)
    guard let twin = TwinConvolution(&dice) else { return }
    let pools = dice.size(0...1) == 0
    let images = dice.size(1...8)
    let x = dice.floats(images * twin.imageCount, dice.size(0...1) == 0 ? 1 : 3)
    if dice.size(0...1) == 0 { for i in 0..<x.view.count { x.view[i] = abs(x.view[i]) } }
    let w = dice.codes(twin.weightCount)
    let finish = dice.finish(twin.filters)
    let layer = try #require(
      IntegerConvolution(
        w, window: twin.window, groups: twin.groups, filters: twin.filters, pools: pools))
    let lanes = Numbers(count: layer.inputCount)
    lanes.view.lanes(of: x.view, examples: images, each: twin.imageCount)
    let greatest = Numbers(count: 8)
    Lanes.greatest(lanes.view, to: greatest.view)
    let scales = (0..<8).map { CodeScale(greatest: greatest.view[$0]) }
    let y = Numbers(count: layer.outputCount)
    let codes = CodeMemory(layer.codeCount)
    // Twice: the first pass leaves nothing behind.
    for _ in 0..<2 {
      Lanes.greatest(lanes.view, to: greatest.view)
      layer.forward(lanes.view, greatest: greatest.view, codes: codes.codes, finish, to: y.view)
    }
    for image in 0..<images {
      let values = x.view.slice(image * twin.imageCount, twin.imageCount).array
      let coded = values.map { twinCode($0, scales[image]) }
      var wanted: [Float] = []
      for filter in 0..<twin.filters {
        wanted += twin.sums(coded, w, filter, pools: pools)
          .map { twinFinish($0, scales[image].scale, finish, filter) }
      }
      #expect(wanted.indices.allSatisfy { y.view[$0 * 8 + image] == wanted[$0] })
      #expect(greatest.view[image] == wanted.map { abs($0) }.max() ?? 0)
    }
  }

  @Test(arguments: seeds)
  func lanesBecomeRowsOfCodes(_ seed: UInt64) {
    var dice = Dice(seed)
    let images = dice.size(1...8)
    let size = dice.size(0...70)
    let x = dice.floats(images * size)
    let lanes = Numbers(count: size * 8)
    lanes.view.lanes(of: x.view, examples: images, each: size)
    let greatest = Numbers(count: 8)
    Lanes.greatest(lanes.view, to: greatest.view)
    let scales = greatest.view.array.map { CodeScale(greatest: $0) }
    let stride = size + dice.size(0...5)
    let codes = CodeMemory(images * stride)
    let kept = Numbers(count: images)
    let negative = Lanes.code(
      lanes.view, examples: images, greatest: greatest.view, to: codes.codes, stride: stride,
      scales: kept.view)
    #expect(kept.view.array == scales[..<images].map(\.scale))
    #expect(negative == codes.codes.array.contains { $0 < 0 })
    for image in 0..<images {
      let row = x.view.slice(image * size, size)
      #expect(row.greatestMagnitude == greatest.view[image])
      #expect(
        codes.codes.slice(image * stride, size).array
          == row.array.map { twinCode($0, scales[image]) })
    }
    let again = CodeMemory(images * stride)
    let found = again.codes.code(
      Matrix(x.view, images, size), stride: stride, scales: kept.view.slice(0, images))
    #expect(found == negative && again.codes.array == codes.codes.array)
    let values = x.view.array
    let third = CodeMemory(images * size)
    _ = third.codes.code(
      values, at: 0, rows: images, width: size, stride: size, scales: kept.view)
    for image in 0..<images {
      #expect(
        third.codes.slice(image * size, size).array
          == codes.codes.slice(image * stride, size).array)
    }
  }

  @Test func codesOfOddNumbers() {
    let x = Numbers([
      .nan, .infinity, -.infinity, 0.5, 1.5, 2.5, -0.5, -1.5, 1e30, -1e30, 126.5, 127.5, -127.5,
    ])
    let codes = CodeMemory(x.view.count)
    let negative = x.view.code(CodeScale(greatest: 127), to: codes.codes)
    #expect(codes.codes.array == [0, 127, -127, 0, 2, 2, 0, -2, 127, -127, 126, 127, -127])
    #expect(negative)
    #expect(x.view.slice(3, 4).greatestMagnitude == 2.5)
    #expect(x.view.greatestMagnitude.isNaN)
    #expect(x.view.slice(1, 12).greatestMagnitude == .infinity)
    let none = CodeScale(greatest: .nan)
    #expect(none.scale.isNaN && none.inverse == 0)
    #expect(x.view.slice(0, 0).greatestMagnitude == 0)
    let zeros = Numbers([0, 0, -0])
    #expect(!zeros.view.code(CodeScale(greatest: 0), to: codes.codes.slice(0, 3)))
    #expect(codes.codes.slice(0, 3).array == [0, 0, 0])
  }
}

extension Dice {
  mutating func finish(_ outputs: Int) -> IntegerFinish {
    let scales = (0..<outputs).map { _ in abs(float(1)) }
    let bias = size(0...1) == 0 ? nil : (0..<outputs).map { _ in float(50) }
    return IntegerFinish(scales: scales, bias: bias, relu: size(0...1) == 0)
  }
}
