// QR and eigenvalues in the kernels' own errors. The laws of QR's factors are tested with tensors.
import Kernels
import Testing

@Suite struct LinearAlgebraTests {
  @Test func refusesWhatLAPACKMayNotReturnFrom() {
    #expect(throws: LinearAlgebraError.notFinite) {
      try LinearAlgebra.singularValueDecomposition([1, .nan], rows: 1, columns: 2)
    }
    #expect(throws: LinearAlgebraError.notFinite) {
      try LinearAlgebra.orthogonalization([1, .infinity], rows: 1, columns: 2)
    }
    #expect(throws: LinearAlgebraError.notFinite) {
      try LinearAlgebra.eigen([1, .nan, .nan, 1], size: 2)
    }
    #expect(throws: LinearAlgebraError.empty) {
      try LinearAlgebra.singularValueDecomposition([], rows: 0, columns: 2)
    }
    #expect(throws: LinearAlgebraError.empty) {
      try LinearAlgebra.orthogonalization([], rows: 2, columns: 0)
    }
    #expect(throws: LinearAlgebraError.empty) { try LinearAlgebra.eigen([], size: 0) }
    #expect(throws: LinearAlgebraError.notSymmetric) {
      try LinearAlgebra.eigen([1, 2, 3, 4], size: 2)
    }
  }

  @Test func decomposesADiagonal() throws {
    let parts = try LinearAlgebra.singularValueDecomposition([0, 2, -3, 0], rows: 2, columns: 2)
    #expect(parts.s == [3, 2])
    #expect(parts.u == [0, 1, 1, 0])
    #expect(parts.vt == [-1, 0, 0, 1])
    let (q, r) = try LinearAlgebra.orthogonalization([0, 2, -3, 0], rows: 2, columns: 2)
    #expect(r == [3, 0, 0, 2])
    #expect(q == [0, 1, -1, 0])
  }

  /// The second difference's eigenvalues are 2 - 2 cos(k pi / (n + 1)).
  @Test(arguments: [1, 2, 7, 60]) func eigenvaluesOfTheSecondDifference(size n: Int) throws {
    var matrix = [Float](repeating: 0, count: n * n)
    for i in 0..<n {
      matrix[i * n + i] = 2
      if i > 0 { (matrix[i * n + i - 1], matrix[i * n - n + i]) = (-1, -1) }
    }
    let (values, vectors) = try LinearAlgebra.eigen(matrix, size: n)
    for k in 0..<n {
      let wanted = 2 - 2 * cosine(Double(n - k) * .pi / Double(n + 1))
      #expect(abs(Double(values[k]) - wanted) < 1e-6)
      let column = (0..<n).map { vectors[$0 * n + k] }
      for i in 0..<n {
        let image = (0..<n).reduce(Float(0)) { $0 + matrix[i * n + $1] * column[$1] }
        #expect(abs(image - values[k] * column[i]) < 2e-6)
      }
      #expect(column.first { abs($0) > (column.map(abs).max() ?? 0) - 1e-6 } ?? 0 > 0)
    }
    let largest = try LinearAlgebra.eigen(matrix, size: n, count: 1)
    #expect(abs(largest.values[0] - values[0]) < 1e-6 && largest.vectors.count == n)
  }

  /// By its series, for the tests see no C library.
  private func cosine(_ x: Double) -> Double {
    var (sum, term) = (1.0, 1.0)
    for k in 1..<30 {
      term *= -x * x / Double((2 * k - 1) * 2 * k)
      sum += term
    }
    return sum
  }
}
