// The ways to run a convolution: in lanes of eight images, directly for few images, or through columns
// and matrix products, which does every shape.
internal import Kernels

struct LaneConvolutionRun: LayerRun {
  let lanes: LaneConvolution
  let bias: Bool

  func workspace(_ setting: Setting) -> Workspace {
    Workspace(
      savedPerExample: setting.training ? (lanes.placesCount + 7) / 8 : 0,
      prepared: lanes.packedCount(backward: setting.training), scratch: lanes.scratchCount)
  }

  func prepare(_ call: LayerCall) {
    lanes.pack(call.parameters[0], backward: call.setting.training, to: call.prepared)
  }

  /// The places of the maxima, where pooling and training.
  private func places(_ call: LayerCall, _ turn: Turn, _ blocks: Int) -> Floats? {
    guard call.setting.training, lanes.placesCount > 0 else { return nil }
    return call.saved(turn.examples).slice(0, blocks * lanes.placesCount)
  }

  func forward(_ call: LayerCall, _ turn: Turn) {
    let blocks = Lanes.blocks(turn.examples.count)
    lanes.forward(
      call.input(turn.examples), blocks: blocks, packed: call.prepared,
      bias: bias ? call.parameters[1] : nil, to: call.output(turn.examples),
      places: places(call, turn, blocks), scratch: call.scratch(turn.worker))
  }

  func backward(_ call: LayerCall, _ turn: Turn) {
    let blocks = Lanes.blocks(turn.examples.count)
    lanes.backward(
      call.outputGradient(turn.examples), x: call.input(turn.examples),
      y: call.output(turn.examples), blocks: blocks, places: places(call, turn, blocks),
      packed: call.prepared, dx: call.inputGradient(turn.examples),
      dWeight: call.gradient(0, part: turn.part),
      dBias: bias ? call.gradient(1, part: turn.part) : nil, scratch: call.scratch(turn.worker))
  }
}

/// Few images, and no way back: the workers share out the rows of each.
struct DirectConvolutionRun: LayerRun {
  let direct: DirectConvolution
  let bias: Bool

  /// Shares of an image: enough for the workers of most machines, each still worth handing over.
  private static let shares = 4

  func division(_ setting: Setting) -> Division { .batch }

  func workspace(_ setting: Setting) -> Workspace {
    Workspace(saved: direct.pads ? direct.paddedCount : 0, prepared: direct.packedCount)
  }

  func prepare(_ call: LayerCall) { direct.pack(call.parameters[0], to: call.prepared) }

  func forward(_ call: LayerCall, _ turn: Turn) {
    let rows = direct.outputRows
    let blocks = min(rows, DirectConvolutionRun.shares)
    for i in turn.examples {
      let image = call.input(i..<i + 1)
      if direct.pads { direct.pad(image, to: call.savedOnce) }
      let x = direct.pads ? call.savedOnce : image
      let y = call.output(i..<i + 1)
      call.workers.run(blocks: blocks) { block, _ in
        direct.forward(
          x, packed: call.prepared, bias: bias ? call.parameters[1] : nil, to: y,
          rows: block * rows / blocks..<(block + 1) * rows / blocks)
      }
    }
  }

  func backward(_ call: LayerCall, _ turn: Turn) {
    preconditionFailure("chosen for plans without a way back only")
  }
}

struct ColumnConvolutionRun: LayerRun {
  let columns: Convolution
  let bias: Bool

  func workspace(_ setting: Setting) -> Workspace { Workspace(scratch: columns.scratchCount) }

  func forward(_ call: LayerCall, _ turn: Turn) {
    columns.forward(
      call.input(turn.examples), weight: call.parameters[0],
      bias: bias ? call.parameters[1] : nil, call.activator, to: call.output(turn.examples),
      scratch: call.scratch(turn.worker))
  }

  func backward(_ call: LayerCall, _ turn: Turn) {
    columns.backward(
      call.outputGradient(turn.examples), x: call.input(turn.examples),
      y: call.output(turn.examples), weight: call.parameters[0], call.activator,
      dx: call.inputGradient(turn.examples), dWeight: call.gradient(0, part: turn.part),
      dBias: bias ? call.gradient(1, part: turn.part) : nil, scratch: call.scratch(turn.worker))
  }
}
