// Products and decompositions of matrices. A unit is one of them.

internal import Tensors

enum Matrices {
  static func product(_ size: Int) throws -> any Job {
    let a = Tensor(trusted: [size, size], Figures.centered(size * size, seed: 4))
    let b = Tensor(trusted: [size, size], Figures.centered(size * size, seed: 5))
    return Task {
      try a.matrixProduct(b)
    } compares: {
      Figures.sample($0.elements)
    }
  }

  static func svd(_ rows: Int, _ columns: Int) throws -> any Job {
    let matrix = Tensor(trusted: [rows, columns], Figures.centered(rows * columns, seed: 6))
    return Task {
      try Tensor.svd(matrix).s
    } compares: {
      Figures.sample($0.elements)
    }
  }

  static func top(_ rows: Int, _ columns: Int, rank: Int) throws -> any Job {
    let matrix = Tensor(trusted: [rows, columns], Figures.centered(rows * columns, seed: 6))
    return Task {
      try Tensor.svd(matrix, rank: rank).s
    } compares: {
      $0.elements.map(Double.init)
    }
  }

  static func randomized(_ rows: Int, _ columns: Int, rank: Int) throws -> any Job {
    let matrix = try fading(rows, columns)
    return Task {
      try Tensor.randomizedSVD(matrix, rank: rank, stream: RandomStream(seed: 0)).s
    } compares: {
      $0.elements.map(Double.init)
    }
  }

  /// Columns that fade, and a little of everything: what a layer's weights are like.
  static func fading(_ rows: Int, _ columns: Int) throws -> Tensor {
    let inner = 128
    var left = Figures.centered(rows * inner, seed: 7)
    for i in left.indices { left[i] /= Float(1 + i % inner) }
    let right = Tensor(trusted: [inner, columns], Figures.centered(inner * columns, seed: 8))
    var sum = try Tensor(trusted: [rows, inner], left).matrixProduct(right)
    let rest = Figures.centered(rows * columns, seed: 9)
    sum.withElements { elements in
      for i in elements.indices { elements[i] += 0.01 * rest[i] }
    }
    return sum
  }
}
