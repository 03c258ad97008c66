// Examples shared out among workers in blocks, each worker with memory of its own.
internal import Kernels
internal import Tensors

extension Network {
  /// The scores `[B, …]` of inputs `[B, …]`. Each example is by itself: how many run together changes
  /// nothing but the speed.
  /// - Parameters:
  ///   - size: examples that run together.
  ///   - run: writes the scores of some examples from the inputs' elements.
  /// - Throws: `NetworkError.data`, `.interrupted`.
  func scores(
    _ inputs: Tensor, inBlocksOf size: Int, on workers: Workers, monitor: Monitor,
    run: (_ worker: Int, _ elements: [Float], _ examples: Range<Int>, _ scores: Floats) -> Void
  ) throws(NetworkError) -> Tensor {
    let count = inputs.shape[0]
    let width = outputShape.reduce(1, *)
    let scores = Memory(count * width)
    let elements = inputs.elements
    workers.run(blocks: (count + size - 1) / size) { block, worker in
      guard !monitor.isInterrupted() else { return }
      let examples = block * size..<min(count, (block + 1) * size)
      run(
        worker, elements, examples,
        scores.floats.slice(examples.lowerBound * width, examples.count * width))
    }
    if monitor.isInterrupted() { throw .interrupted }
    return Tensor(trusted: [count] + outputShape, scores.floats.array)
  }
}

extension Workers {
  /// - Throws: `NetworkError.memory` where each of them needs more than there is for all.
  func check(bytesEach bytes: Int, examples: Int) throws(NetworkError) {
    let needed = Double(threads) * Double(bytes)
    let available = Memory.availableBytes
    guard needed <= Double(available) else {
      throw .memory(batch: examples, bytes: needed, available: available)
    }
  }
}
