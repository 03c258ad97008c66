// Charts to look at and to test with: one of each kind, as a lecture would show them.
import Charts

/// Numbers that look random and are the same everywhere (a linear congruential generator).
struct Noise {
  private var state: UInt64
  init(_ seed: UInt64) { state = seed }

  /// 0..<1.
  mutating func next() -> Double {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Double(state >> 11) / 9_007_199_254_740_992
  }

  /// Nearly normal, mean 0, deviation 1: the sum of twelve.
  mutating func bell() -> Double { (0..<12).reduce(-6) { sum, _ in sum + next() } }
}

enum Specimens {
  static let losses = Chart(
    .line, title: "Training of lenet300",
    series: [
      Series(name: "training", y: [1.1, 0.42, 0.31, 0.24, 0.2, 0.17, 0.15, 0.13, 0.115, 0.1]),
      Series(name: "validation", y: [0.9, 0.45, 0.36, 0.31, 0.28, 0.27, 0.265, 0.26, 0.262, 0.27]),
    ],
    xAxis: AxisSpec("epoch"), yAxis: AxisSpec("loss"))

  static let waves: Chart = {
    let x = (0..<200).map { Double($0) / 20 }
    return Chart(
      .line, title: "Two waves",
      series: [
        Series(name: "half", x: x, y: x.map { wave($0) / 2 }),
        Series(name: "whole", x: x, y: x.map { wave($0 + 1.5) }),
      ], xAxis: AxisSpec("time", unit: .seconds))
  }()

  /// A sine by its series, without Foundation, for |x| of a few turns.
  private static func wave(_ x: Double) -> Double {
    var turn = x.truncatingRemainder(dividingBy: 2 * .pi)
    if turn > .pi { turn -= 2 * .pi }
    var (term, sum) = (turn, turn)
    for k in 1...12 {
      term *= -turn * turn / Double(2 * k * (2 * k + 1))
      sum += term
    }
    return sum
  }

  static let sweep = Chart(
    .line, title: "Pruning by magnitude",
    series: [
      Series(
        name: "accuracy", x: [0, 0.5, 0.75, 0.9, 0.95, 0.98],
        y: [0.976, 0.975, 0.972, 0.958, 0.921, 0.8],
        error: [0.003, 0.003, 0.003, 0.004, 0.01, 0.03])
    ],
    xAxis: AxisSpec("sparsity", unit: .percent), yAxis: AxisSpec("accuracy", unit: .percent))

  static let tradeOff = Chart(
    .scatter, title: "Accuracy against size",
    series: [
      Series(
        x: [81_640, 40_900, 20_800, 11_200, 7_900, 61_000, 30_000],
        y: [0.981, 0.981, 0.9795, 0.976, 0.969, 0.972, 0.9705],
        labels: ["baseline", "fp16", "int8", "75% + int8", "90% + int8", "svd 20", "svd 10"])
    ],
    xAxis: AxisSpec("file", unit: .bytes, isLogarithmic: true),
    yAxis: AxisSpec("accuracy", unit: .percent), front: ParetoFront())

  static let clusters: Chart = {
    var noise = Noise(3)
    let series = [("three", -1.0, 2.0), ("five", 2.0, 0.0), ("eight", 0.5, -2.0)].map {
      name, x, y in
      let points = (0..<15).map { _ in (x + 0.5 * noise.bell(), y + 0.5 * noise.bell()) }
      return Series(name: name, x: points.map(\.0), y: points.map(\.1))
    }
    return Chart(.scatter, title: "Digits in two dimensions", series: series)
  }()

  static let cloud: Chart = {
    var noise = Noise(4)
    let x = (0..<1500).map { _ in noise.bell() }
    return Chart(
      .scatter, title: "Weights before and after",
      series: [Series(x: x, y: x.map { $0 * 0.8 + 0.3 * noise.bell() })],
      xAxis: AxisSpec("before"), yAxis: AxisSpec("after"))
  }()

  static let sizes = Chart(
    .bars, title: "Bytes of the file",
    series: [
      Series(
        y: [81_640, 40_900, 20_800, 11_200, 7_900],
        labels: ["baseline", "fp16", "int8", "75% + int8", "90% + int8"])
    ], yAxis: AxisSpec(unit: .bytes))

  static let groups = Chart(
    .bars, title: "Change of accuracy in points",
    series: [
      Series(name: "no training", y: [-0.1, -3.2, -9.5], labels: ["50%", "75%", "90%"]),
      Series(name: "2 epochs", y: [0.2, 0.1, -1.4], error: [0.1, 0.2, 0.9]),
    ])

  static let weights: Chart = {
    var noise = Noise(7)
    return Chart(
      .histogram, title: "dense1.weight",
      series: [Series(y: (0..<20_000).map { _ in 0.05 * noise.bell() })], xAxis: AxisSpec("weight"))
  }()

  static let pruned: Chart = {
    var noise = Noise(8)
    let all = (0..<20_000).map { _ in 0.05 * noise.bell() }
    return Chart(
      .histogram, title: "Before and after pruning",
      series: [
        Series(name: "before", y: all),
        Series(name: "after", y: all.map { abs($0) < 0.06 ? 0 : $0 }),
      ], xAxis: AxisSpec("weight"))
  }()

  static let labels: Chart = {
    var noise = Noise(9)
    return Chart(
      .histogram, title: "Labels",
      series: [Series(y: (0..<500).map { _ in (noise.next() * 10).rounded(.down) })])
  }()

  static let confusion: Chart = {
    var noise = Noise(5)
    var values: [Double] = []
    for row in 0..<10 {
      for column in 0..<10 {
        let right: Double = 170 + (noise.next() * 12).rounded()
        let wrong: Double = max((noise.next() * 4 - 2).rounded(), 0)
        values.append(row == column ? right : wrong)
      }
    }
    return Chart(
      .heatmap, title: "Confusion on 1,797 digits", xAxis: AxisSpec("predicted"),
      yAxis: AxisSpec("true class"),
      matrix: ChartMatrix(rows: 10, columns: 10, values: values))
  }()

  static let matrix: Chart = {
    var noise = Noise(6)
    let values = (0..<100 * 300).map { (place: Int) -> Double in
      let right = wave(Double(place % 300) / 30)
      return noise.bell() * 0.1 + right * wave(Double(place / 300) / 15)
    }
    return Chart(
      .heatmap, title: "dense2.weight", xAxis: AxisSpec("input"), yAxis: AxisSpec("output"),
      matrix: ChartMatrix(rows: 100, columns: 300, values: values))
  }()

  static let kernel: Chart = {
    let values = (0..<1024).map { (place: Int) -> Double in
      16.25 * wave(Double(place % 32) / 10) * wave(Double(place / 32) / 10)
    }
    return Chart(
      .heatmap, title: "A blurred dot", matrix: ChartMatrix(rows: 32, columns: 32, values: values))
  }()

  static let all: [Chart] = [
    losses, waves, sweep, tradeOff, clusters, cloud, sizes, groups, weights, pruned, labels,
    confusion, matrix, kernel,
  ]

  static let table = Table(
    columns: [
      Table.Column("network"), Table.Column("accuracy"), Table.Column("file", unit: "bytes"),
      Table.Column("ratio"), Table.Column("non-zeros"), Table.Column("time"),
      Table.Column("McNemar p"),
    ],
    rows: [
      ["baseline", "98.10% ± 0.27", "81,640", "1×", "20,410", "1.2 ms", ""],
      ["float16", "98.10% ± 0.27", "40,952", "1.99×", "20,410", "1.25 ms", "1"],
      ["75% + int8", "97.6% ± 0.30", "11,210", "7.28×", "5,110", "980 µs", "0.02"],
      ["量子化 int8", "97.95% ± 0.28", "20,801", "3.92×", "20,398", "1.1 ms", "0.31"],
    ])
}
