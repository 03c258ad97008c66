// Bits under a budget, as a value: the network, the bits of its layers, and the front of all files that
// none beats. Wherever a network is wanted it is the network.
import Charts
import Compression
import Formats
import Interpreter
import Networks

final class AllocationValue: Native, Bridged, Describable {
  static let kind = "an allocation of bits"
  let allocation: Allocation
  private let estimator: String

  init(_ allocation: Allocation, by estimator: SensitivityEstimator) {
    self.allocation = allocation
    self.estimator = estimator.name
  }

  private init(_ own: AllocationValue) {
    allocation = own.allocation
    estimator = own.estimator
  }

  convenience init(from value: Value) throws(Mismatch) {
    guard case .native(let native) = value, let own = native as? AllocationValue else {
      throw Mismatch(Self.kind)
    }
    self.init(own)
  }

  var bridged: Value { .native(self) }
  /// Scores follow from trained weights, and bits from scores.
  var isLoose: Bool { true }
  private var network: NetworkValue { NetworkValue(allocation.network) }

  var summary: String {
    let bits = allocation.layers.map { "\($0.layer) \($0.bits)" }.joined(separator: ", ")
    return "network \(allocation.network.name) with bits \(bits)"
  }

  // MARK: Members

  var members: [String] {
    ["network", "bits", "front", "budget", "score"] + network.members.filter { $0 != "layers" }
  }

  func member(_ name: String) -> Value? {
    switch name {
    case "network": network.bridged
    case "bits": .list(allocation.layers.map(AllocationValue.row))
    case "front": .list(allocation.front.indices.map(point))
    case "budget": .quantity(Double(allocation.budget), .bytes(.file))
    case "score": AllocationValue.score(allocation.front[allocation.chosen].score)
    default: network.member(name)
    }
  }

  private static func score(_ score: Double) -> Value { MeanEstimate(score).value(.count(.plain)) }

  private static func row(_ layer: Allocation.Layer) -> Value {
    .record([
      ("layer", .text(layer.layer)),
      ("bits", .quantity(Double(layer.bits), .bits)),
      ("weights", .quantity(Double(layer.weights), .count(.plain))),
      ("bytes", .quantity(Double(layer.bytes), .bytes(.file))),
      ("score", score(layer.score)),
    ])
  }

  /// A file's size follows from the choice, and the choice from trained values.
  private func point(_ place: Int) -> Value {
    let point = allocation.front[place]
    return .record([
      ("bytes", network.fileBytes(point.bytes)), ("score", AllocationValue.score(point.score)),
      ("bits", .list(point.bits.map { .number(Double($0)) })),
      ("chosen", .boolean(place == allocation.chosen)),
    ])
  }

  func entry(_ key: Value) throws(Problem) -> Value? { try network.entry(key) }
  var keys: [String] { network.keys }

  // MARK: Display

  func lines(_ style: DisplayStyle) -> [String] {
    var lines = [sentence, ""]
    lines += Table(
      columns: ["layer", "bits", "weights", "bytes", "score"].map { Table.Column($0) },
      rows: allocation.layers.map {
        [
          $0.layer, "\($0.bits)", NumberText.grouped($0.weights), NumberText.grouped($0.bytes),
          NumberText.significant($0.score, digits: 3),
        ]
      }
    ).render(style)
    guard allocation.front.count > 1 else { return lines }
    var small = style
    small.height = 8
    return lines + [""] + chart.render(small)
  }

  private var sentence: String {
    "\(NumberText.grouped(allocation.fileBytes)) B of \(NumberText.grouped(allocation.budget)) B, "
      + "\(Text.count(allocation.front.count, "assignment")) on the front"
  }

  /// The front, and the chosen one on it.
  private var chart: Chart {
    let chosen = allocation.front[allocation.chosen]
    let shown = allocation.front.filter { $0.score > 0 || chosen.score <= 0 }
    let isLogarithmic = shown.allSatisfy { $0.score > 0 }
    var chart = Chart(
      .line, title: "the sum of scores (\(estimator)) by the file's bytes",
      series: [
        Series(name: "front", x: shown.map { Double($0.bytes) }, y: shown.map(\.score)),
        Series(name: "chosen", x: [Double(chosen.bytes)], y: [chosen.score]),
      ])
    chart.xAxis = AxisSpec("bytes", unit: .bytes)
    chart.yAxis = AxisSpec(isLogarithmic: isLogarithmic)
    return chart
  }

  func description(_ style: DisplayStyle) -> [String] {
    lines(style) + [""] + network.description(style)
  }
}
