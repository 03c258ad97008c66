// Work that passes over large arrays once: quantizing, selecting, and reading, which is their limit.

internal import Kernels
internal import Tensors

enum Streams {
  /// Each row on a grid of its own, with 8 bits. A unit is a gigabyte of floats.
  static func quantize(rows: Int, columns: Int) throws -> any Job {
    throw Refusal("no streaming quantization yet")
  }

  /// The magnitude that a tenth of all exceed. A unit is one selection.
  static func select(count: Int) throws -> any Job {
    let weights = Tensor(vector: Figures.bell(count, seed: 3))
    let place = count - max(1, count / 10)
    return Task {
      try weights.smallestMagnitude(place)
    } compares: {
      [Double($0)]
    }
  }

  /// Adds everything up with all threads: how fast memory gives. A unit is a gigabyte.
  static func read(count: Int) throws -> any Job {
    let memory = Memory(count)
    memory.floats.fill(1)
    let width = 1 << 18
    let blocks = (count + width - 1) / width
    let sums = Memory(blocks)
    return Task(units: Double(count * 4) / 1e9) {
      Workers.shared.run(blocks: blocks) { block, _ in
        let start = block * width
        sums.floats[block] = memory.floats.slice(start, min(width, count - start)).sum()
      }
    } compares: { _ in
      [Double(sums.floats[0])]
    }
  }
}
