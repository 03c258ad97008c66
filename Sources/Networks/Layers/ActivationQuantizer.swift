// Rounds what flows through a network to a grid: activations as integer hardware sees them, in
// floats. It refuses to choose its range while it runs with a static one: calibration does that.
internal import Kernels

package struct ActivationQuantizer: Layer, LayerRun {
  package static let kind = "quantizer"
  /// Of a code, 1...16.
  package let bits: Int
  package let grid: Grid
  package let moment: Moment
  /// The code of 0, where the range is static.
  package let zero: Int
  /// What calibration saw, where it did.
  package let observed: Observation?

  package enum Grid: String, Sendable, CaseIterable {
    /// Codes 0…2^b − 1 with a zero point.
    case affine
    /// Codes −(2^(b−1) − 1)…2^(b−1) − 1.
    case symmetric
    /// −1 and 1: one bit. Hubara et al. 2016, arXiv:1602.02830.
    case sign
    /// −α and α, α the mean magnitude of the example. Rastegari et al. 2016, arXiv:1603.05279.
    case scaledSign = "scaled_sign"

    package var isBinary: Bool { self == .sign || self == .scaledSign }
  }

  /// When the range of the values is found.
  package enum Moment: String, Sendable, CaseIterable {
    /// Before, from examples.
    case fixed = "static"
    /// Anew for each batch, for each example, or for each position of each example.
    case batch, sample, token
  }

  package struct Observation: Sendable, Equatable {
    package let least: Double
    package let greatest: Double
    package let examples: Int

    package init(least: Double, greatest: Double, examples: Int) {
      self.least = least
      self.greatest = greatest
      self.examples = examples
    }
  }

  package init(
    bits: Int, grid: Grid, moment: Moment, zero: Int = 0, observed: Observation? = nil
  ) throws(NetworkError) {
    var attributes: [String: Attribute] = [
      "bits": .integer(bits), "grid": .text(grid.rawValue), "range": .text(moment.rawValue),
      "zero": .integer(zero),
    ]
    if let observed {
      attributes["least"] = .number(observed.least)
      attributes["greatest"] = .number(observed.greatest)
      attributes["examples"] = .integer(observed.examples)
    }
    try self.init(attributes: attributes)
  }

  package init(attributes: [String: Attribute]) throws(NetworkError) {
    let names = ["bits", "grid", "range", "zero", "least", "greatest", "examples"]
    let read = try AttributeReader(ActivationQuantizer.kind, attributes, knows: names)
    let grid = Grid(rawValue: try read.text("grid", of: Grid.allCases.map(\.rawValue)))
    self.grid = grid ?? .affine
    bits = try read.integer("bits", in: grid?.isBinary == true ? 1...1 : 2...16)
    let moment = Moment(rawValue: try read.text("range", of: Moment.allCases.map(\.rawValue)))
    self.moment = moment ?? .fixed
    let codes = ActivationQuantizer.codes(bits, self.grid)
    zero = try read.integer("zero", in: codes.lowerBound...codes.upperBound, default: 0)
    guard attributes["examples"] != nil else {
      observed = nil
      return
    }
    let most = Double(Float.greatestFiniteMagnitude)
    observed = Observation(
      least: try read.number("least", from: -most, to: most),
      greatest: try read.number("greatest", from: -most, to: most),
      examples: try read.integer("examples", in: 1...Int(Int32.max)))
  }

  package var attributes: [(name: String, value: Attribute)] {
    var list: [(name: String, value: Attribute)] = [
      ("bits", .integer(bits)), ("grid", .text(grid.rawValue)), ("range", .text(moment.rawValue)),
    ]
    if hasStep, grid == .affine { list.append(("zero", .integer(zero))) }
    if let observed {
      list += [
        ("least", .number(observed.least)), ("greatest", .number(observed.greatest)),
        ("examples", .integer(observed.examples)),
      ]
    }
    return list
  }

  package var stem: String { "quant" }
  package var unitFlow: UnitFlow {
    grid == .scaledSign ? .blends("their mean magnitude scales their signs") : .passes
  }

  package static func codes(_ bits: Int, _ grid: Grid) -> ClosedRange<Int> {
    switch grid {
    case .affine: 0...(1 << bits - 1)
    case .symmetric: -(1 << (bits - 1) - 1)...(1 << (bits - 1) - 1)
    case .sign, .scaledSign: 0...0
    }
  }

  package var codes: ClosedRange<Int> { ActivationQuantizer.codes(bits, grid) }

  /// Its step is a parameter, found before and perhaps learned.
  package var hasStep: Bool { moment == .fixed && !grid.isBinary }

  package func outputShape(for inputs: [[Int]]) throws(NetworkError) -> [Int] {
    try single(inputs, "one input")
  }

  package func parameters(for inputs: [[Int]]) -> [ParameterPlan] {
    hasStep ? [ParameterPlan("step", .step, [1], .ones)] : []
  }

  package func laneSupport(for inputs: [[Int]]) -> LaneSupport {
    hasStep || grid == .sign ? .follows : .never
  }

  package func division(_ setting: Setting) -> Division { moment == .batch ? .batch : .examples }

  package func workspace(_ setting: Setting) -> Workspace {
    guard moment == .token, let units = setting.inputShapes[0].first else { return Workspace() }
    return Workspace(scratch: units)
  }

  /// The grid on which a network's `step` puts values.
  func grid(step: Float) -> FakeQuantizer {
    // A learned step may have come close to 0: what it divides stays finite.
    FakeQuantizer(scale: max(step, .leastNormalMagnitude), zero: zero, codes: codes)
  }

  private func grid(for x: Floats) -> FakeQuantizer {
    let (least, greatest) = x.span
    return grid == .affine
      ? .over(least: least, greatest: greatest, codes: codes)
      : .around(greatest: max(greatest, -least), codes: codes)
  }

  package func forward(_ call: LayerCall, _ turn: Turn) {
    let (x, y) = (call.input(turn.examples), call.output(turn.examples))
    if grid == .sign { return x.signs(times: 1, to: y) }
    if hasStep { return grid(step: call.parameters[0][0]).round(x, to: y) }
    guard moment != .batch else { return grid(for: x).round(x, to: y) }
    call.each(turn) { item in
      let (x, y) = (call.input(item), call.output(item))
      if grid == .scaledSign {
        x.signs(times: x.meanMagnitude, to: y)
      } else if moment == .token {
        roundTokens(x, to: y, call.scratch(turn.worker))
      } else {
        grid(for: x).round(x, to: y)
      }
    }
  }

  /// Axis 0 holds the units, the others are positions: each of them has a range of its own.
  private func roundTokens(_ x: Floats, to y: Floats, _ units: Floats) {
    let positions = x.count / max(1, units.count)
    for position in 0..<positions {
      x.gathered(from: position, stride: positions, to: units)
      grid(for: units).round(units, to: units)
      y.scattered(units, from: position, stride: positions)
    }
  }

  package func backward(_ call: LayerCall, _ turn: Turn) {
    let dy = call.outputGradient(turn.examples)
    let x = call.input(turn.examples)
    let dx = call.inputGradient(turn.examples)
    if grid == .scaledSign {
      // Each example has a scale of its own.
      call.each(turn) { item in
        guard let dx = call.inputGradient(item) else { return }
        call.outputGradient(item).scaledSignsBack(x: call.input(item), to: dx)
      }
    } else if grid == .sign {
      if let dx { dy.signsBack(x: x, to: dx) }
    } else if hasStep {
      let slope = grid(step: call.parameters[0][0]).roundBack(dy, x: x, to: dx)
      // Scaled as LSQ does, so that steps move as far as weights.
      let each = Double(call.inputShapes[0].reduce(1, *)) * Double(max(1, codes.upperBound))
      call.gradient(0, part: turn.part)?[0] = Float(slope / each.squareRoot())
    } else {
      dx?.copy(from: dy)
    }
  }
}
