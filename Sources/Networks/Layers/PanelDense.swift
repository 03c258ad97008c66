// The dense layer on weights in panels: forward, back, and the step of its weights in one go.
internal import Kernels

/// Weights in panels of units.
struct PanelDenseRun: LayerRun {
  let bias: Bool

  var takesSteps: Bool { true }
  func division(_ setting: Setting) -> Division { .batch }

  /// The gradient of the output once more, in panels; and panels turned around, for each worker.
  func workspace(_ setting: Setting) -> Workspace {
    let units = setting.outputShape[0]
    return Workspace(
      savedPerExample: setting.training ? Panels.size(units: units, inputs: 1) : 0,
      scratch: setting.training
        ? Panels.scratch(units: units, panels: PanelDense.turned(units)) : 0)
  }

  func forward(_ call: LayerCall, _ turn: Turn) { PanelDense(call, bias: bias).forward() }
  func backward(_ call: LayerCall, _ turn: Turn) { PanelDense(call, bias: bias).backward() }
}

/// A dense layer's call whose weights lie in panels.
private struct PanelDense {
  private let call: LayerCall
  private let weights: Panels
  private let units: Int
  private let width: Int
  private let bias: Floats?
  private var rows: Int { call.count }

  init(_ call: LayerCall, bias: Bool) {
    self.call = call
    units = call.outputShape[0]
    width = call.inputShapes[0][0]
    weights = Panels(call.parameters[0], units: units, inputs: width)
    self.bias = bias ? call.parameters[1] : nil
  }

  /// Panels of inputs that are turned around at a time: as many as a second cache holds well.
  static func turned(_ units: Int) -> Int { max(1, min(4, (1 << 16) / max(1, units * 16))) }

  /// Products that are worth a block of their own, some microseconds, up to so many blocks.
  private func blocks(wanted most: Int = 32) -> Int {
    max(1, min(most, (rows * width * units) >> 18))
  }

  /// Blocks of panels, and of rows where the panels are too few.
  func forward() {
    let x = Matrix(call.input(call.batch), rows, width)
    let y = Matrix(call.output(call.batch), rows, units)
    let wanted = blocks()
    let panels = Cut(weights.count, into: wanted, step: wanted == 1 ? 1 : 2)
    // Rows of a block, with all their inputs, stay in the second cache.
    let parts = max((rows + 255) / 256, (wanted + panels.count - 1) / panels.count)
    let runs = Cut(rows, into: min(parts, (rows + 15) / 16), step: 8)
    call.workers.run(blocks: panels.count * runs.count) { block, _ in
      let run = runs[block % runs.count]
      weights.product(
        of: x.rows(run), panels: panels[block / runs.count], bias: bias, call.activator,
        to: y.rows(run))
    }
  }

  /// The gradient of the inputs needs the weights as they were: it comes first.
  func backward() {
    let dy = Matrix(call.outputGradient(call.batch), rows, units)
    let slopes = PanelSlopes(call.saved(call.batch), rows: rows, units: units)
    let y = Matrix(call.output(call.batch), rows, units)
    let shares = Cut(weights.count, into: (rows * units) >> 14)
    call.workers.run(blocks: shares.count) { block, _ in
      slopes.take(dy, y: y, call.activator, panels: shares[block])
    }
    turnBack(dy)
    learn(slopes)
  }

  private func turnBack(_ dy: Matrix) {
    guard let gradient = call.inputGradient(call.batch) else { return }
    let dx = Matrix(gradient, rows, width)
    let panels = Panels.count(width)
    let most = (panels + PanelDense.turned(units) - 1) / PanelDense.turned(units)
    let parts = Cut(panels, into: max(most, blocks()))
    call.workers.run(blocks: parts.count) { block, worker in
      let part = parts[block]
      let inputs = part.lowerBound * Panels.width..<min(width, part.upperBound * Panels.width)
      weights.inputGradient(of: dy, inputs: inputs, scratch: call.scratch(worker), to: dx)
    }
  }

  /// Each panel by itself, its inputs in parts where the panels are too few.
  private func learn(_ slopes: PanelSlopes) {
    let weightUse = call.use(ofGradient: 0)
    let biasUse = bias == nil ? nil : call.use(ofGradient: 1)
    guard weightUse != nil || biasUse != nil else { return }
    let x = Matrix(call.input(call.batch), rows, width)
    let wanted = blocks()
    let parts = Cut(width, into: (wanted + weights.count - 1) / weights.count, step: 8)
    // Small layers are one block: waking a worker would cost more.
    let groups = Cut(weights.count, into: wanted)
    call.workers.run(blocks: groups.count * parts.count) { block, _ in
      let part = block % parts.count
      for panel in groups[block / parts.count] {
        if let weightUse {
          slopes.weightGradient(x, panel: panel, inputs: parts[part], weightUse)
        }
        if part == 0, let biasUse { slopes.biasGradient(panel: panel, biasUse) }
      }
    }
  }
}

/// A range from 0, cut into about equal parts whose bounds are multiples of a step. It follows from
/// sizes alone.
struct Cut {
  let total: Int
  let size: Int
  let count: Int

  init(_ total: Int, into parts: Int, step: Int = 1) {
    self.total = total
    let parts = max(1, parts)
    let even = max(1, (total + parts - 1) / parts)
    size = (even + step - 1) / step * step
    count = max(1, (total + size - 1) / size)
  }

  subscript(_ index: Int) -> Range<Int> {
    min(total, index * size)..<min(total, (index + 1) * size)
  }
}
