// Decompositions in the kernels' own errors. The laws of the factors are tested with tensors.
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
    #expect(throws: LinearAlgebraError.empty) {
      try LinearAlgebra.singularValueDecomposition([], rows: 0, columns: 2)
    }
    #expect(throws: LinearAlgebraError.empty) {
      try LinearAlgebra.orthogonalization([], rows: 2, columns: 0)
    }
  }

  @Test func decomposesADiagonal() throws {
    let (u, s, vt) = try LinearAlgebra.singularValueDecomposition(
      [0, 2, -3, 0], rows: 2, columns: 2)
    #expect(s == [3, 2])
    #expect(u == [0, 1, 1, 0])
    #expect(vt == [-1, 0, 0, 1])
    let (q, r) = try LinearAlgebra.orthogonalization([0, 2, -3, 0], rows: 2, columns: 2)
    #expect(r == [3, 0, 0, 2])
    #expect(q == [0, 1, -1, 0])
  }
}
