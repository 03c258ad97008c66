// How a number between two codes becomes one of them: a table of rounding rules.
import Tensors

package struct RoundingRule: Sendable {
  package let name: String
  package let summary: String
  package let formula: String
  package let source: String
  private(set) var way: Way

  enum Way: Sendable {
    /// Each number by itself: x / s to a whole number; `random` is uniform in [0, 1).
    case each(@Sendable (_ steps: Float, _ random: () -> Float) -> Float, draws: Bool)
    /// One number after the other, with an eye on what codes cost: so many squared steps per bit.
    case rate(lambda: Double)
    /// All weights of a layer together, by what the layer does with its inputs.
    case layer(@Sendable (LayerRounding) throws(CompressionError) -> [Int])
  }

  /// It looks at the inputs of layers, and so wants examples.
  package var needsExamples: Bool { if case .layer = way { true } else { false } }

  /// It draws random numbers.
  package var isRandom: Bool { if case .each(_, let draws) = way { draws } else { false } }

  package static let halfEven = RoundingRule(
    name: "half_even", summary: "to the nearest code, halves to the even one, as ONNX does",
    formula: "⌊x/s⌉", source: "IEEE 754-2008, doi:10.1109/IEEESTD.2008.4610935",
    way: .each({ steps, _ in steps.rounded(.toNearestOrEven) }, draws: false))

  package static let halfAway = RoundingRule(
    name: "half_away", summary: "to the nearest code, halves away from 0, as C's round does",
    formula: "sign(x) ⌊|x|/s + ½⌋", source: "ISO C 7.12.9.6; ggml's Q8_0",
    way: .each({ steps, _ in steps.rounded(.toNearestOrAwayFromZero) }, draws: false))

  package static let stochastic = RoundingRule(
    name: "stochastic", summary: "up or down by chance, so that the mean is the number itself",
    formula: "⌊x/s + u⌋, u uniform in [0, 1)", source: "Gupta et al. 2015, arXiv:1502.02551",
    way: .each({ steps, random in (steps + random()).rounded(.down) }, draws: true))

  package static let adaptive = RoundingRule(
    name: "adaround",
    summary: "learns for each weight whether up or down keeps the layer's outputs",
    formula: "min over V of ‖(Ŵ(V) − W) x‖² + 0.01 Σ (1 − |2h(V) − 1|^β), h a rectified sigmoid",
    source: "Nagel et al. 2020, arXiv:2004.10568",
    way: .layer { layer throws(CompressionError) in try layer.adaptive() })

  package static let secondOrder = RoundingRule(
    name: "gptq",
    summary: "one input after the other, each error made up for by the weights that follow",
    formula: "w_F ← w_F − (w_q − ŵ_q) / [H⁻¹]_qq · [H⁻¹]_qF, H = Σ x xᵀ + 0.01 mean(diag) I",
    source: "Frantar et al. 2023, arXiv:2210.17323",
    way: .layer { layer throws(CompressionError) in try layer.secondOrder() })

  package static let rateDistortion = RoundingRule(
    name: "rate_distortion",
    summary: "to a code that is near and cheap to entropy-code, `lambda` squared steps to a bit",
    formula: "argmin over q of (x/s − q)² + λ · bits(q), bits learned from the codes before",
    source: "Wiedemann et al. 2019, arXiv:1907.11900", way: .rate(lambda: usualLambda))

  package static let usualLambda = 0.05
  package static let lambdas = 0.0...100.0

  /// The same, with another price of a bit, in squared steps.
  /// - Throws: `CompressionError.setting` out of range, and for rules that do not look at bits.
  package func with(lambda: Double) throws(CompressionError) -> RoundingRule {
    guard case .rate = way else {
      throw .setting(
        name: "lambda", wanted: "left out with another rounding than rate_distortion", got: name)
    }
    guard RoundingRule.lambdas.contains(lambda) else {
      throw .setting(name: "lambda", wanted: "from 0 to 100 squared steps", got: "\(lambda)")
    }
    var copy = self
    copy.way = .rate(lambda: lambda)
    return copy
  }

  package static let all = [
    halfEven, halfAway, stochastic, rateDistortion, adaptive, secondOrder,
  ]
}
