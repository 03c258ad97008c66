// Work that passes over large arrays once: quantizing, selecting, and reading, which is their limit.

internal import Kernels
internal import Tensors

enum Streams {
  /// Each row on a grid of its own, with 8 bits. A unit is a gigabyte of floats.
  static func quantize(rows: Int, columns: Int) throws -> any Job {
    let pattern = Figures.bell(min(rows, 1024) * columns, seed: 3)
    let count = rows * columns
    // Arrays as the engine makes them.
    let matrix = [Float](filling: count) { numbers in
      for start in stride(from: 0, to: count, by: pattern.count) {
        (numbers + start).initialize(from: pattern, count: min(count - start, pattern.count))
      }
    }
    let runs = (0..<rows).map { $0 * columns..<($0 + 1) * columns }
    var codes = [UInt8](filling: count) { $0.initialize(repeating: 0, count: count) }
    return Task(units: Double(count * 4) / 1e9) {
      _ = Rounding.codes(of: matrix, runs: runs, into: &codes) { _, extremes in
        UniformGrid(scale: extremes.magnitude / 127, zero: 0, codes: -127...127, bits: 8)
      }
    } compares: {
      Figures.places(in: codes.count).map { Double(Int8(bitPattern: codes[$0])) }
    }
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

  /// Copies with all threads. A unit is a gigabyte that was read, and written elsewhere.
  static func copy(count: Int) throws -> any Job {
    let (source, target) = (Memory(count), Memory(count))
    source.floats.fill(1)
    let width = 1 << 18
    return Task(units: Double(count * 4) / 1e9) {
      Workers.shared.run(blocks: (count + width - 1) / width) { block, _ in
        let part = (block * width, min(width, count - block * width))
        target.floats.slice(part.0, part.1).copy(from: source.floats.slice(part.0, part.1))
      }
    } compares: { _ in
      [Double(target.floats[count - 1])]
    }
  }
}
