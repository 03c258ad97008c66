// Matrices of few bits against their twins, over random sizes.
import Kernels
import Testing

@Suite("Matrices of few bits") struct IntegerVectorTests {
  static let seeds = Array(UInt64(1)...30)

  @Test(arguments: seeds, GroupedMatrix.Width.allCases)
  func groupsAreExact(_ seed: UInt64, _ width: GroupedMatrix.Width) throws {
    var dice = Dice(seed)
    let rows = dice.size(0...(seed % 5 == 0 ? 300 : 40))
    let columns = dice.size(0...300)
    let group = 32 * dice.size(1...4)
    let groups = (columns + group - 1) / group
    let range = Int(width.range.lowerBound)...Int(width.range.upperBound)
    let codes = dice.codes(rows * columns, range)
    let scales = dice.values(rows * groups, 1)
    let matrix = try #require(
      GroupedMatrix(
        codes, scales: scales, rows: rows, columns: columns, group: group, width: width))
    let x = dice.floats(columns)
    let y = Numbers(count: rows)
    matrix.multiply(x.view, to: y.view)
    for row in 0..<rows {
      var wanted: Float = 0
      for i in 0..<groups {
        let run = i * group..<min(columns, (i + 1) * group)
        let part = x.view.slice(run.lowerBound, run.count)
        let scale = CodeScale(greatest: part.greatestMagnitude)
        let sum = run.reduce(0 as Int32) {
          $0 + Int32(twinCode(x.view[$1], scale)) * Int32(codes[row * columns + $1])
        }
        let product = Float(sum) * (scales[row * groups + i] * scale.scale)
        wanted += product
      }
      #expect(y.view[row] == wanted)
    }
  }

  /// Each code is off by at most half a scale, and so are the products.
  @Test(arguments: seeds, GroupedMatrix.Width.allCases)
  func groupsAreNear(_ seed: UInt64, _ width: GroupedMatrix.Width) throws {
    var dice = Dice(seed)
    let (rows, columns) = (dice.size(1...40), dice.size(1...300))
    let group = 32 * dice.size(1...4)
    let w = dice.values(rows * columns)
    let matrix = try #require(
      GroupedMatrix(coding: w, rows: rows, columns: columns, group: group, width: width))
    let x = dice.floats(columns)
    let y = Numbers(count: rows)
    matrix.multiply(x.view, to: y.view)
    for row in 0..<rows {
      var wanted = 0.0
      var bound = 1e-4
      for start in stride(from: 0, to: columns, by: group) {
        let run = start..<min(columns, start + group)
        let weights = run.map { Double(w[row * columns + $0]) }
        let values = run.map { Double(x.view[$0]) }
        let wHalf = (weights.map { abs($0) }.max() ?? 0) / Double(width.range.upperBound) / 2
        let xHalf = (values.map { abs($0) }.max() ?? 0) / 127 / 2
        for (weight, value) in zip(weights, values) {
          wanted += weight * value
          bound += abs(weight) * xHalf + abs(value) * wHalf + wHalf * xHalf
        }
      }
      #expect(abs(Double(y.view[row]) - wanted) <= bound)
    }
  }

  @Test func threadsDoNotMatter() throws {
    var dice = Dice(3)
    let w = dice.values(1000 * 130)
    let x = dice.floats(130)
    for width in GroupedMatrix.Width.allCases {
      let matrix = try #require(
        GroupedMatrix(coding: w, rows: 1000, columns: 130, group: 32, width: width))
      let one = Numbers(count: 1000)
      matrix.multiply(x.view, to: one.view, workers: Workers(threads: 1))
      for threads in [2, 3, 7] {
        let many = Numbers(count: 1000)
        matrix.multiply(x.view, to: many.view, workers: Workers(threads: threads))
        #expect(many.view.array == one.view.array)
      }
    }
  }

  @Test func groupsThatDoNotFitAreRefused() {
    let codes = [Int8](repeating: 8, count: 64)
    func make(_ group: Int, _ width: GroupedMatrix.Width) -> GroupedMatrix? {
      GroupedMatrix(
        codes, scales: [Float](repeating: 1, count: (64 + group - 1) / max(1, group)), rows: 1,
        columns: 64, group: group, width: width)
    }
    #expect(make(32, .eight) != nil)
    #expect(make(33, .eight) == nil)
    #expect(make(32, .four) == nil, "8 is no code of four bits")
    #expect(GroupedMatrix(coding: [], rows: 0, columns: 0, group: 0, width: .four) == nil)
  }

  static func signs(_ values: [Float]) -> [Int8] { values.map { $0 < 0 ? -1 : 1 } }

  @Test(arguments: seeds)
  func signsAreExact(_ seed: UInt64) {
    var dice = Dice(seed)
    let columns = dice.size(0...(seed % 3 == 0 ? 20_000 : 900))
    let (rows, units) = (dice.size(0...9), dice.size(0...70))
    let signs = Self.signs(dice.values(rows * columns))
    let alphas = (0..<rows).map { _ in abs(dice.float(2)) + 0.1 }
    let w = dice.values(units * columns)
    let scales = (0..<units).map { _ in abs(dice.float(2)) }
    let (x, y) = (Memory(rows * columns), Memory(rows * units))
    x.floats.copy(
      from: signs.enumerated().map { Float($1) * alphas[$0 / max(1, columns)] })
    SignWeights(signsOf: w, rows: units, columns: columns, scales: scales)
      .product(x.floats, count: rows, to: y.floats)
    let sums =
      columns > 0
      ? twinProduct(signs, Self.signs(w), depth: columns)
      : [Int32](repeating: 0, count: rows * units)
    #expect(
      y.floats.array
        == sums.enumerated().map { Float($1) * (alphas[$0 / units] * scales[$0 % units]) })
  }

  @Test(arguments: seeds)
  func signsOfWindowsAreExact(_ seed: UInt64) throws {
    var dice = Dice(seed)
    let plane = (dice.size(1...9), dice.size(1...(seed % 4 == 0 ? 150 : 12)))
    let kernel = (
      dice.size(1...min(5, plane.0)), dice.size(1...min(seed % 4 == 0 ? 140 : 5, plane.1))
    )
    let window = try #require(
      Window(
        channels: dice.size(1...9), plane: plane, kernel: kernel,
        stride: (dice.size(1...3), dice.size(1...3)), padding: (0, 0)))
    let (filters, alpha) = (dice.size(1...20), abs(dice.float(2)) + 0.1)
    let depth = window.channels * window.kernelCount
    let signs = Self.signs(dice.values(window.channels * window.planeCount))
    let w = dice.values(filters * depth)
    let scales = (0..<filters).map { _ in abs(dice.float(2)) }
    let (x, y) = (Memory(signs.count), Memory(filters * window.outCount))
    x.floats.copy(from: signs.map { Float($0) * alpha })
    SignWeights(signsOf: w, rows: filters, columns: depth, scales: scales)
      .convolve(x.floats, window, to: y.floats)
    // The windows as columns, and whole numbers.
    let memory = Memory(depth * window.outCount)
    window.columns(of: x.floats, to: Matrix(memory.floats, depth, window.outCount))
    for filter in 0..<filters {
      for place in 0..<window.outCount {
        var sum = 0
        for k in 0..<depth {
          let isApart =
            (memory.floats[k * window.outCount + place] < 0) != (w[filter * depth + k] < 0)
          sum += isApart ? -1 : 1
        }
        #expect(
          y.floats[filter * window.outCount + place] == Float(sum) * (alpha * scales[filter]))
      }
    }
  }
}
