// Networks at work with whole numbers alone: codes of eight bits from the first layer to the last,
// sums exact in 32 bits, scales as fixed-point numbers. Floats come in, and go out.
package import Kernels
package import Tensors

/// A network whose activations are on static grids, run on codes between its ends.
///
/// Law: both ways to add products up give the same bits, on every set of kernels and any number of
/// threads. Rounding floats to grids layer by layer, as in training, is the same but for ties that
/// floats cannot see.
package final class IntegerNetwork {
  private let network: Network
  private let program: IntegerProgram
  private let workers: Workers
  private let desks: [IntegerCodesDesk]

  /// How layers with weights add their products up: in whole numbers, or as a simulation does.
  package enum Sums: Sendable, CaseIterable { case integers, floats }

  /// - Throws: `NetworkError.integer` with what cannot run with whole numbers, and why; `.memory`.
  package init(
    _ network: Network, sums: Sums = .integers, workers: Workers = .shared
  ) throws(NetworkError) {
    self.network = network
    self.workers = workers
    let program = try IntegerProgram(network, sums: sums)
    self.program = program
    try workers.check(bytesEach: program.bytes, examples: program.examples)
    desks = (0..<workers.threads).map { _ in IntegerCodesDesk(program) }
  }

  /// The scores `[B, …]` of inputs `[B, …]`, for any B.
  /// - Throws: `NetworkError.data`, `.interrupted`.
  package func predict(
    _ inputs: Tensor, monitor: Monitor = .silent
  ) throws(NetworkError) -> Tensor {
    try network.check(inputs: inputs)
    let each = (inputs.shape[0] + workers.threads - 1) / workers.threads
    return try network.scores(
      inputs, inBlocksOf: max(1, min(program.examples, each)), on: workers, monitor: monitor
    ) { desks[$0].run(program, $1, $2, to: $3) }
  }
}

/// The working memory of one worker, and the work.
final class IntegerCodesDesk: @unchecked Sendable {
  private let tensors: [CodeMemory]
  private let scratch: CodeMemory

  init(_ program: IntegerProgram) {
    tensors = program.tensors.map {
      CodeMemory(program.examples * $0.plane.count + IntegerWindows.slack)
    }
    scratch = CodeMemory(program.scratchCount)
  }

  func run(_ program: IntegerProgram, _ x: [Float], _ examples: Range<Int>, to scores: Floats) {
    for step in program.steps { run(step, program, x, examples) }
    program.write(tensors[program.result].codes, to: scores)
  }

  private func run(
    _ step: IntegerProgram.Step, _ program: IntegerProgram, _ x: [Float], _ examples: Range<Int>
  ) {
    let count = examples.count
    let target = tensors[step.target].codes
    let form = program.tensors[step.target]
    let sources = step.sources.map { tensors[$0].codes }
    switch step.work {
    case .encode:
      target.encode(
        x, at: examples.lowerBound * form.plane.count, examples: count, plane: form.plane,
        scale: form.grid.scale, zero: form.grid.zero, codes: form.grid.codes,
        scratch: scratch.codes)
    case .windows(let layer):
      layer.forward(sources[0], examples: count, scratch: scratch.codes, to: target)
    case .simulated(let layer): layer.forward(sources[0], examples: count, to: target)
    case .pool(let pool): pool.forward(sources[0], examples: count, to: target)
    case .lookUp(let table):
      sources[0].slice(0, count * form.plane.count).lookUp(table, to: target)
    case .add(let factors, let shift, let range):
      let terms = zip(sources, zip(step.sources, factors)).map {
        (codes: $0, zero: program.tensors[$1.0].grid.zero, factor: $1.1)
      }
      Codes.add(
        terms, shift: shift, count: count * form.plane.count, zero: form.grid.zero,
        range: range, to: target)
    case .multiply(let factor, let range):
      let grids = step.sources.map { program.tensors[$0] }
      Codes.multiply(
        (sources[0], zero: grids[0].grid.zero), by: (sources[1], zero: grids[1].grid.zero),
        examples: count, plane: grids[0].plane, gates: grids[1].plane.count, factor: factor,
        zero: form.grid.zero, range: range, to: target)
    case .move(let table):
      sources[0].pick(
        table, examples: count, each: program.tensors[step.sources[0]].plane.count, to: target)
    case .concatenate:
      var start = 0
      for (source, place) in zip(sources, step.sources) {
        let channels = program.tensors[place].plane.channels
        source.slice(0, count * program.tensors[place].plane.count)
          .scatter(width: channels, to: target, at: start, stride: form.plane.channels)
        start += channels
      }
    }
  }
}
