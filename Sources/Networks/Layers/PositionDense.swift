// The dense layer at every position of a sequence: for each example a product of matrices.
internal import Kernels

/// Y = W X + b for X `[inputs, positions]`, with W `[units, inputs]` and b for each row.
struct PositionDenseRun: LayerRun {
  let units: Int
  let bias: Bool

  func division(_ setting: Setting) -> Division { .batch }

  /// Parts of some milliseconds each. They are few, for each reads the whole of the other factor.
  private func cut(_ size: Int, work: Int) -> Cut {
    let wanted = min(8, (work + (1 << 23) - 1) >> 23)
    return Cut(size, into: wanted <= 1 ? 1 : (wanted + 1) / 2 * 2, step: 8)
  }

  func forward(_ call: LayerCall, _ turn: Turn) {
    let shape = UnitPositions(call.inputShapes[0])
    let weight = Matrix(call.parameters[0], units, shape.units)
    let cut = cut(units, work: shape.count * units)
    call.workers.run(blocks: call.count * cut.count) { block, _ in
      let example = block / cut.count..<block / cut.count + 1
      let part = cut[block % cut.count]
      let x = Matrix(call.input(example), shape.units, shape.positions)
      let y = Matrix(call.output(example), units, shape.positions).rows(part)
      y.product(weight.rows(part), x)
      let offsets = bias ? call.parameters[1].slice(part.lowerBound, part.count) : nil
      if bias || call.activator != .identity { y.activate(y, rows: offsets, call.activator) }
    }
  }

  func backward(_ call: LayerCall, _ turn: Turn) {
    let shape = UnitPositions(call.inputShapes[0])
    if call.activator != .identity {
      let all = call.count * units
      let dy = Matrix(call.outputGradient(call.batch), all, shape.positions)
      dy.slopes(dy, y: Matrix(call.output(call.batch), all, shape.positions), call.activator)
    }
    turnBack(call, shape)
    learn(call, shape)
  }

  private func slopes(_ call: LayerCall, _ example: Int, _ shape: UnitPositions) -> Matrix {
    Matrix(call.outputGradient(example..<example + 1), units, shape.positions)
  }

  private func turnBack(_ call: LayerCall, _ shape: UnitPositions) {
    guard call.inputGradient(call.batch) != nil else { return }
    let weight = Matrix(call.parameters[0], units, shape.units)
    let cut = cut(shape.units, work: shape.count * units)
    call.workers.run(blocks: call.count * cut.count) { block, _ in
      let example = block / cut.count
      guard let gradient = call.inputGradient(example..<example + 1) else { return }
      let part = cut[block % cut.count]
      Matrix(gradient, shape.units, shape.positions).rows(part)
        .product(weight.columns(part), slopes(call, example, shape), transposeA: true)
    }
  }

  /// Units by blocks, each over the whole batch in its order.
  private func learn(_ call: LayerCall, _ shape: UnitPositions) {
    let weights = call.gradient(0).map { Matrix($0, units, shape.units) }
    let biases = bias ? call.gradient(1) : nil
    guard weights != nil || biases != nil else { return }
    biases?.fill(0)
    let cut = cut(units, work: call.count * shape.count * units)
    call.workers.run(blocks: cut.count) { block, _ in
      let part = cut[block]
      for example in call.batch {
        let dy = slopes(call, example, shape).rows(part)
        let x = Matrix(call.input(example..<example + 1), shape.units, shape.positions)
        weights?.rows(part).product(dy, x, transposeB: true, adding: example > 0)
        if let biases { dy.addRowSums(to: biases.slice(part.lowerBound, part.count)) }
      }
    }
  }
}
