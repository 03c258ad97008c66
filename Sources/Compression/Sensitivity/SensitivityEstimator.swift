// How much the network suffers from few bits in one layer: a table of estimators, and the truth.
// An estimator says how a score follows from the evidence; the evidence is gathered elsewhere.

/// A way to score a layer at a number of bits: the greater, the more the network loses.
package struct SensitivityEstimator: Sendable {
  package let name: String
  package let summary: String
  package let formula: String
  package let source: String
  /// It looks at examples with their labels, and not only at the weights.
  package let needsData: Bool
  /// The score of a layer at a choice of bits, both by position.
  let score:
    @Sendable (
      _ evidence: Evidence, _ layer: Int, _ choice: Int
    ) throws(CompressionError) -> MeanEstimate

  package static let weightMSE = SensitivityEstimator(
    name: "weight_mse", summary: "the mean squared error of the layer's weights",
    formula: "mean (Q(W) − W)²", source: "Jacob et al. 2018, arXiv:1712.05877", needsData: false
  ) { evidence, layer, choice in
    let weights = evidence.layers[layer].weights
    return MeanEstimate(evidence.squaredError(layer, choice) / Double(max(1, weights)))
  }

  package static let outputMSE = SensitivityEstimator(
    name: "output_mse",
    summary: "the mean squared change of the network's outputs when this layer alone is quantized",
    formula: "mean (f(x; Q(W)) − f(x; W))²", source: "Zhou et al. 2018, arXiv:1712.01048",
    needsData: true
  ) { evidence, layer, choice throws(CompressionError) in
    MeanEstimate(try evidence.answer(layer, choice).outputError)
  }

  package static let fisher = SensitivityEstimator(
    name: "fisher",
    summary: "squared errors of the weights, each weighed by the empirical Fisher information: the "
      + "mean squared gradient of single examples' cross-entropy with their labels",
    formula: "Σ F_ii (Q(w_i) − w_i)², F_ii = mean over examples of (∂ loss / ∂ w_i)²",
    source:
      "Theis et al. 2018, arXiv:1801.05787; Kunstner et al. 2019, arXiv:1905.12558, on what it "
      + "is not",
    needsData: true
  ) { evidence, layer, choice throws(CompressionError) in
    let fisher = try evidence.fisher()[layer]
    return MeanEstimate(evidence.sum(layer, choice) { fisher[$0] * $1 * $1 })
  }

  package static let hessian = SensitivityEstimator(
    name: "hessian",
    summary:
      "the mean eigenvalue of the loss's Hessian by the layer's weights, from its trace, times "
      + "their squared error",
    formula: "tr(H) / n · ‖Q(W) − W‖², tr(H) ≈ mean of vᵀHv, v random signs",
    source: "HAWQ-v2: Dong et al. 2020, arXiv:1911.03852; Hutchinson 1989, "
      + "doi:10.1080/03610918908812806",
    needsData: true
  ) { evidence, layer, choice throws(CompressionError) in
    let mean = try evidence.traces()[layer].mean
    return mean.scaled(by: evidence.squaredError(layer, choice))
  }

  package static let gradient = SensitivityEstimator(
    name: "gradient",
    summary:
      "the length of the mean loss's gradient by the layer's weights, times that of their error: "
      + "how much the loss could change at most, to first order",
    formula: "‖∂ mean loss / ∂W‖ · ‖Q(W) − W‖",
    source: "bits by gradient norm: Polino et al. 2018, arXiv:1802.05668, section 4; the product: "
      + "Cauchy and Schwarz",
    needsData: true
  ) { evidence, layer, choice throws(CompressionError) in
    let slope = try evidence.gradientNorms()[layer]
    return MeanEstimate(slope * evidence.squaredError(layer, choice).squareRoot())
  }

  package static let loss = SensitivityEstimator(
    name: "loss",
    summary: "the truth: how much the mean loss of the examples rises when this layer alone is "
      + "quantized, measured",
    formula: "mean loss(x; Q(W)) − mean loss(x; W)",
    source: "measured; interval of paired differences, Student 1908, doi:10.1093/biomet/6.1.1",
    needsData: true
  ) { evidence, layer, choice throws(CompressionError) in
    MeanEstimate(meanOf: try evidence.answer(layer, choice).lossChanges)
  }

  /// The cheapest first, the truth last.
  package static let all = [weightMSE, outputMSE, gradient, fisher, hessian, loss]
}
