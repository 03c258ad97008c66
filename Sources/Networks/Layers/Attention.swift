// Attention: every position takes from all positions what its query finds there. The layer owns no
// weights: queries, keys and values come from layers before it.
internal import Kernels
internal import Tensors

/// From queries `[D, T]`, keys `[D, S]` and values `[E, S]`, for each head by itself:
/// y[e, t] = sum over s of v[e, s] softmax over s of (sum over d of k[d, s] q[d, t]) / sqrt(D / heads).
/// Vaswani et al. 2017, arXiv:1706.03762, section 3.2.
package struct Attention: Layer, LayerRun {
  package static let kind = "attention"
  /// The units are cut into this many groups, each with shares of its own.
  package let heads: Int

  package init(heads: Int) throws(NetworkError) {
    try self.init(attributes: ["heads": .integer(heads)])
  }

  package init(attributes: [String: Attribute]) throws(NetworkError) {
    let read = try AttributeReader(Attention.kind, attributes, knows: ["heads"])
    heads = try read.integer("heads", in: 1...4096)
  }

  package var attributes: [(name: String, value: Attribute)] { [("heads", .integer(heads))] }
  package var unitFlow: UnitFlow { .attends(heads: heads) }

  /// As many units in each head as before, so that the scale stays.
  package func keeping(_ kept: KeptUnits) throws(NetworkError) -> any Layer {
    try with(["heads": .integer(kept.outputs.count / (kept.inputShapes[2][0] / heads))])
  }

  package func outputShape(for inputs: [[Int]]) throws(NetworkError) -> [Int] {
    guard inputs.count == 3, inputs.allSatisfy({ $0.count == 2 && $0.allSatisfy { $0 > 0 } }),
      inputs[0][0] == inputs[1][0], inputs[1][1] == inputs[2][1]
    else {
      throw .fit(
        layer: stem, wants: "queries, keys and values, each [units, positions]", got: inputs)
    }
    guard inputs[0][0] % heads == 0, inputs[2][0] % heads == 0 else {
      throw .fit(layer: stem, wants: "units that divide into \(heads) heads", got: inputs)
    }
    guard (try? Tensor.count(of: [heads, inputs[1][1], inputs[0][1]])) != nil else {
      throw .fit(
        layer: stem, wants: "fewer positions, for each of them looks at each", got: inputs)
    }
    return [inputs[2][0], inputs[0][1]]
  }

  package func multiplyAccumulates(for inputs: [[Int]]) -> Int {
    inputs[0][1] * inputs[1][1] * (inputs[0][0] + inputs[2][0])
  }

  package func division(_ setting: Setting) -> Division { .batch }

  /// The shares `[heads, S, T]` of each example, which the way back needs; else those of one head.
  package func workspace(_ setting: Setting) -> Workspace {
    let shares = setting.inputShapes[1][1] * setting.inputShapes[0][1]
    return Workspace(savedPerExample: setting.training ? heads * shares : 0, scratch: shares)
  }

  package func forward(_ call: LayerCall, _ turn: Turn) {
    call.workers.run(blocks: call.count * heads) { block, worker in
      let head = AttentionHead(call, block, of: heads)
      let shares = head.shares(call.setting.training ? nil : call.scratch(worker))
      shares.product(head.keys, head.queries, transposeA: true, scale: head.scale)
      head.positions.softmax(shares.floats, to: shares.floats)
      head.part(call.output(head.example), head.values.rows).product(head.values, shares)
    }
  }

  package func backward(_ call: LayerCall, _ turn: Turn) {
    call.workers.run(blocks: call.count * heads) { block, worker in
      let head = AttentionHead(call, block, of: heads)
      let shares = head.shares(nil)
      let slopes = head.shares(call.scratch(worker))
      let dy = head.part(call.outputGradient(head.example), head.values.rows)
      if let dValues = call.inputGradient(head.example, 2) {
        head.part(dValues, head.values.rows).product(dy, shares, transposeB: true)
      }
      slopes.product(head.values, dy, transposeA: true)
      head.positions.softmaxBack(slopes.floats, y: shares.floats, to: slopes.floats)
      if let dQueries = call.inputGradient(head.example, 0) {
        head.part(dQueries, head.queries.rows).product(head.keys, slopes, scale: head.scale)
      }
      if let dKeys = call.inputGradient(head.example, 1) {
        head.part(dKeys, head.keys.rows)
          .product(head.queries, slopes, transposeB: true, scale: head.scale)
      }
    }
  }
}

/// One head of one example.
private struct AttentionHead {
  let call: LayerCall
  let example: Range<Int>
  let head: Int
  let heads: Int

  init(_ call: LayerCall, _ block: Int, of heads: Int) {
    self.call = call
    self.heads = heads
    let example = block / heads
    self.example = example..<example + 1
    head = block % heads
  }

  private func input(_ index: Int) -> Matrix {
    part(call.input(example, index), call.inputShapes[index][0] / heads)
  }

  /// The head's `units` of a view of whole units.
  func part(_ all: Floats, _ units: Int) -> Matrix {
    let positions = all.count / (units * heads)
    return Matrix(all.slice(head * units * positions, units * positions), units, positions)
  }

  var queries: Matrix { input(0) }
  var keys: Matrix { input(1) }
  var values: Matrix { input(2) }

  var scale: Float { 1 / Float(queries.rows).squareRoot() }

  /// What the queries' positions take from the keys' ones: `[S, T]`.
  var positions: UnitPositions {
    UnitPositions(units: call.inputShapes[1][1], positions: call.inputShapes[0][1])
  }

  /// In the memory that is given, or in what is kept for the way back.
  func shares(_ memory: Floats?) -> Matrix {
    let count = positions.count
    let floats = memory ?? call.saved(example).slice(head * count, count)
    return Matrix(floats.slice(0, count), positions.units, positions.positions)
  }
}
