// The distributions that first weights are drawn from: one entry for each.

/// Where a layer draws its weights from chance by their fans, another distribution may stand in;
/// biases, normalizations and embeddings keep their own.
package struct Initialization: Sendable {
  package let name: String
  package let summary: String
  package let formula: String
  package let source: String
  let weights: @Sendable (_ fanIn: Int, _ fanOut: Int) -> Initializer

  package static let glorot = Initialization(
    name: "glorot", summary: "uniform, with a variance of two by the sum of inputs and outputs",
    formula: "U(-a, a), a = sqrt(6 / (fan in + fan out))",
    source: "Glorot and Bengio 2010, PMLR 9:249"
  ) { .glorot(fanIn: $0, fanOut: $1) }

  package static let glorotNormal = Initialization(
    name: "glorot_normal", summary: "the same variance, from a normal distribution",
    formula: "N(0, 2 / (fan in + fan out))", source: "Glorot and Bengio 2010, PMLR 9:249"
  ) { .normal(deviation: Float((2 / Double(max(1, $0 + $1))).squareRoot())) }

  package static let he = Initialization(
    name: "he", summary: "normal, with a variance of two by the inputs: for layers before a relu",
    formula: "N(0, 2 / fan in)", source: "He et al. 2015, arXiv:1502.01852"
  ) { fanIn, _ in .he(fanIn: fanIn) }

  package static let all: [Initialization] = [glorot, glorotNormal, he]

  /// What a planned parameter draws from.
  func initializer(of plan: ParameterPlan) -> Initializer {
    guard case .glorot(let fanIn, let fanOut) = plan.initializer else { return plan.initializer }
    return weights(fanIn, fanOut)
  }
}
