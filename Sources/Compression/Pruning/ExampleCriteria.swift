// Criteria that look at examples: what flows through the network, how the loss slopes and how it bends.
import Kernels
import Networks
import Tensors

extension Criterion {
  package static let activation = Criterion(
    "activation", "units that put out little matter least", formula: "mean |a|",
    source: "Molchanov et al. 2017, arXiv:1611.06440, section 2.2", evidence: .inputs,
    subject: .units, usually: .unit
  ) { groups, evidence throws(CompressionError) in
    try groups.means { node throws(CompressionError) in try evidence.activity(node).means }
  }

  package static let apoz = Criterion(
    "apoz", "units with a high average percentage of zeros after their activation matter least",
    formula: "1 − share of a = 0", source: "Hu et al. 2016, arXiv:1607.03250", evidence: .inputs,
    subject: .units, usually: .unit
  ) { groups, evidence throws(CompressionError) in
    try groups.means { node throws(CompressionError) in try evidence.activity(node).active }
  }

  package static let wanda = Criterion(
    "wanda", "small weights on small inputs matter least, among those of the same output",
    formula: "|w_ij| ‖x_j‖", source: "Sun et al. 2023, arXiv:2306.11695", evidence: .inputs,
    scope: .row
  ) { groups, evidence throws(CompressionError) in
    try groups.sums { part throws(CompressionError) in
      zip(groups.values(part), try evidence.inputNorms(part.node)).map { abs($0) * $1 }
    }
  }

  package static let snip = Criterion(
    "snip",
    "connections whose strength the loss hardly feels matter least; made for networks before training",
    formula: "|w ∂L/∂w|, L the mean loss", source: "Lee et al. 2019, arXiv:1810.02340",
    evidence: .labels, scope: .global
  ) { groups, evidence throws(CompressionError) in
    let groups = evidence.gates(groups)
    var slopes = try evidence.gradients(groups)[...]
    return groups.sums { part in
      zip(groups.values(part), slopes.removeFirst()).map { abs($0 * $1) }
    }
  }

  package static let taylor = Criterion(
    "taylor", "groups without which the loss hardly changes, to first order, matter least",
    formula: "mean (Σ w ∂L/∂w)² over batches of 32",
    source: "Molchanov et al. 2019, arXiv:1906.10771, eq. 8", evidence: .labels
  ) { groups, evidence throws(CompressionError) in
    try evidence.squaredEffects(evidence.gates(groups), batch: 32)
  }

  package static let fisher = Criterion(
    "fisher",
    "the same for each example by itself: the loss that the Fisher information says is at stake",
    formula: "½ mean (Σ w ∂ℓ/∂w)² over examples",
    source: "Theis et al. 2018, arXiv:1801.05787; groups: Liu et al. 2021, arXiv:2108.00708",
    evidence: .labels
  ) { groups, evidence throws(CompressionError) in
    try evidence.squaredEffects(evidence.gates(groups), batch: 1).map { $0 / 2 }
  }

  package static let obd = Criterion(
    "obd", "optimal brain damage: what the loss's curvature says that a weight's removal costs",
    formula: "½ h_ii w_i²", source: "LeCun et al. 1990, NeurIPS 2:598", evidence: .labels
  ) { groups, evidence throws(CompressionError) in
    let groups = evidence.gates(groups)
    var curvatures = try evidence.curvatures(groups)[...]
    return groups.sums { part in
      zip(groups.values(part), curvatures.removeFirst()).map { weight, curvature in
        Float(curvature * Double(weight) * Double(weight) / 2)
      }
    }
  }

  package static let obs = Criterion(
    "obs",
    "optimal brain surgeon, layer by layer: what a weight's removal costs in the layer's outputs "
      + "once the others of its row have made up for it",
    formula: "½ w_i² / [H⁻¹]_ii, δw = −w_i H⁻¹e_i / [H⁻¹]_ii, H = 2 X Xᵀ / N",
    source: "Hassibi and Stork 1993, NeurIPS 5:164; layers: Dong et al. 2017, arXiv:1705.07565; "
      + "rows: Frantar and Alistarh 2022, arXiv:2208.11580",
    evidence: .inputs
  ) { groups, evidence throws(CompressionError) in try LayerSurgeon.scores(groups, evidence) }

  package static let movement = Criterion(
    "movement",
    "weights that training moves towards 0 matter least: it learns the scores with them",
    formula: "−Σ_t w ∂L/∂w over the steps of training",
    source: "Sanh et al. 2020, arXiv:2005.07683",
    evidence: .training
  ) { _, _ throws(CompressionError) in
    throw .setting(
      name: "epochs",
      wanted: "given with the criterion movement, for it learns its scores in training",
      got: "none")
  }
}
