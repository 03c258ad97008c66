// A matrix of small integers in groups, times a vector: what answering one question of a large network is made of.

internal import Kernels

enum Vectors {
  /// - Parameter copies: matrices that take turns; for more than a few, they come from memory.
  static func job(size: Int, bits: Int, copies: Int) throws -> any Job {
    guard let width = GroupedMatrix.Width(rawValue: bits) else {
      throw Refusal("codes of 4 or 8 bits, got \(bits)")
    }
    let weights = Figures.centered(size * size, seed: 20)
    var matrices: [GroupedMatrix] = []
    for _ in 0..<copies {
      guard
        let matrix = GroupedMatrix(
          coding: weights, rows: size, columns: size, group: 128, width: width)
      else { throw Refusal("groups of 128 in \(size) columns") }
      matrices.append(matrix)
    }
    let vector = Memory(size)
    vector.floats.copy(from: Figures.centered(size, seed: 11))
    let product = Memory(size)
    var turn = 0
    return Task {
      turn += 1
      matrices[turn % copies].multiply(vector.floats, to: product.floats)
    } compares: {
      Figures.sample(product.floats.array)
    }
  }
}
