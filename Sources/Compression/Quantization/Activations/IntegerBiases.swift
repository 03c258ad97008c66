// Biases as integer hardware adds them: whole numbers in the unit of the sums they join.
import Encodings
import Networks
import Tensors

extension Network {
  /// Biases on the grid of their layer's products, scale of the input × scale of the weights, where
  /// both are known. So the network that rounds floats, and the one that counts, add the same.
  func roundingBiases() -> Network {
    guard nodes.contains(where: { ($0.layer as? ActivationQuantizer)?.hasStep == true }) else {
      return self
    }
    var index = 0
    var units: [[Float]?] = nodes.indices.map(unit)
    return mapParameters { node, parameter in
      while nodes[index].name != node.name { index += 1 }
      // Biases that were asked onto a grid of their own stay on it.
      guard parameter.role == .bias, let unit = units[index],
        unit.count == parameter.value.count,
        (parameter.encoding as? Encodings.Dense)?.format == .fp32
      else { return parameter }
      units[index] = nil
      let rounded = zip(parameter.value.elements, unit).map { value, unit in
        Float((Double(value) / Double(unit)).rounded(.toNearestOrEven) * Double(unit))
      }
      return parameter.with(value: Tensor(vector: rounded))
    }
  }

  /// What one step of the sums of a node's outputs is worth, for each output.
  private func unit(_ n: Int) -> [Float]? {
    guard nodes[n].layer.multipliesWeights, let weight = nodes[n].parameters.first,
      let rows = weight.value.shape.first, let input = step(of: nodes[n].inputs[0])
    else { return nil }
    var encoding: (any Encoding)? = weight.encoding
    while let now = encoding {
      if let affine = now as? Affine {
        return Network.units(affine.scales, affine.granularity, rows, input)
      }
      if let levels = now as? Levels {
        return Network.units(levels.scales, levels.granularity, rows, input)
      }
      encoding = now.nested
    }
    return nil
  }

  private static func units(
    _ scales: [Float], _ granularity: Affine.Granularity, _ rows: Int, _ input: Float
  ) -> [Float]? {
    let all: [Float]
    switch granularity {
    case .tensor: all = [Float](repeating: scales.first ?? 0, count: rows)
    case .channel where scales.count == rows: all = scales
    default: return nil
    }
    let units = all.map { $0 * input }
    return units.allSatisfy { $0.isNormal && $0 > 0 } ? units : nil
  }

  /// The step of the static grid that a node's output is on.
  private func step(of node: Int) -> Float? {
    guard node != Network.input else { return nil }
    let layer = nodes[node].layer
    if let quantizer = layer as? ActivationQuantizer {
      return quantizer.hasStep ? nodes[node].parameters.first?.value.elements.first : nil
    }
    return layer.handsOnValues ? step(of: nodes[node].inputs[0]) : nil
  }
}
