// The optimal brain surgeon, layer by layer: which weights the outputs can do without, and how the
// others make up for them. The inputs are those of the network before pruning.
import Kernels
import Networks
import Tensors

enum LayerSurgeon {
  /// Of the mean of H's diagonal, as with rounding.
  private static let damping = LayerRounding.damping

  /// For each weight what its removal costs in the mean squared outputs of its layer.
  /// - Throws: `CompressionError.units` for a layer whose inputs have no products; `.network` where it was
  ///   interrupted.
  static func scores(
    _ groups: Grouping, _ evidence: PruningEvidence
  ) throws(CompressionError) -> [Float] {
    try groups.sums { part throws(CompressionError) in
      let parameter = groups.parameter(part)
      var costs: [Float] = []
      let (count, problems) = try surgeries(part, parameter, evidence)
      for surgery in problems {
        guard let own = surgery.costs(isInterrupted: evidence.monitor.isInterrupted) else {
          throw .network(.interrupted)
        }
        costs += own.map { $0 / Float(count) }
      }
      return costs
    }
  }

  /// A parameter without the masked weights, the others moved.
  static func repaired(
    _ part: Grouping.Part, _ parameter: Parameter, without mask: [Bool],
    _ evidence: PruningEvidence
  ) throws(CompressionError) -> Parameter {
    var values: [Float] = []
    for surgery in try surgeries(part, parameter, evidence).problems {
      let own = Array(mask[values.count..<values.count + surgery.rows * surgery.columns])
      let repaired: [Float]?
      do throws(LinearAlgebraError) {
        repaired = try surgery.repaired(
          without: own, isInterrupted: evidence.monitor.isInterrupted)
      } catch { throw trouble }
      guard let repaired else { throw .network(.interrupted) }
      values += repaired
    }
    return parameter.with(value: Tensor(trusted: parameter.value.shape, values))
      .with(pruned: mask)
  }

  /// One problem per group of outputs, and how many inputs were summed up.
  private static func surgeries(
    _ part: Grouping.Part, _ parameter: Parameter, _ evidence: PruningEvidence
  ) throws(CompressionError) -> (count: Int, problems: [RowSurgery]) {
    let products = try evidence.inputProducts(of: part.node)
    let rows = part.rows / products.groups.count
    let size = rows * part.columns
    var problems: [RowSurgery] = []
    for (group, gram) in products.groups.enumerated() {
      let run = group * size..<(group + 1) * size
      do throws(LinearAlgebraError) {
        problems.append(
          try RowSurgery(
            rows: rows, columns: part.columns, weights: Array(parameter.value.elements[run]),
            pruned: parameter.pruned.map { Array($0[run]) }, products: gram, damping: damping))
      } catch { throw trouble }
    }
    return (max(1, products.count), problems)
  }

  private static var trouble: CompressionError {
    .setting(
      name: "by", wanted: "another criterion: the products of the inputs have no inverse",
      got: "obs")
  }
}
