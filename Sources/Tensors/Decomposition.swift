// Decompositions of matrices, in the errors of tensors.
import Kernels

extension Tensor {
  /// The thin singular value decomposition `A = u * diag(s) * v^T` of a matrix `[m, n]`, with
  /// `r = min(m, n)`: `u` is `[m, r]`, `s` is `[r]` and falls, `v` is `[n, r]`. Computed in double
  /// precision; the largest element of each column of `u` is positive.
  /// - Throws: `TensorError.domain` for anything but a matrix of finite numbers with elements.
  package static func svd(
    _ matrix: Tensor
  ) throws(TensorError) -> (u: Tensor, s: Tensor, v: Tensor) {
    let (m, n) = try matrix.sizes(for: "svd")
    let r = min(m, n)
    do throws(LinearAlgebraError) {
      let parts = try LinearAlgebra.singularValueDecomposition(
        matrix.elements, rows: m, columns: n)
      return (
        Tensor(trusted: [m, r], parts.u), Tensor(vector: parts.s),
        Tensor(trusted: [r, n], parts.vt).transposed
      )
    } catch {
      throw error.asTensorError("svd")
    }
  }

  /// The singular values of a matrix, from the largest to the smallest.
  /// - Throws: as `svd`.
  package func singularValues() throws(TensorError) -> Tensor { try Tensor.svd(self).s }

  /// The thin decomposition `A = q * r` of a matrix `[m, n]`, with `k = min(m, n)`: `q` is `[m, k]`
  /// with orthonormal columns, `r` is `[k, n]`, upper triangular, its diagonal not negative.
  /// - Throws: `TensorError.domain` for anything but a matrix of finite numbers with elements.
  package static func qr(_ matrix: Tensor) throws(TensorError) -> (q: Tensor, r: Tensor) {
    let (m, n) = try matrix.sizes(for: "qr")
    do throws(LinearAlgebraError) {
      let parts = try LinearAlgebra.orthogonalization(matrix.elements, rows: m, columns: n)
      return (Tensor(trusted: [m, min(m, n)], parts.q), Tensor(trusted: [min(m, n), n], parts.r))
    } catch {
      throw error.asTensorError("qr")
    }
  }

  private func sizes(for operation: String) throws(TensorError) -> (Int, Int) {
    guard rank == 2 else {
      throw .domain(operation: operation, wanted: "a matrix, and the tensor has \(rank) axes")
    }
    return (shape[0], shape[1])
  }
}

extension LinearAlgebraError {
  fileprivate func asTensorError(_ operation: String) -> TensorError {
    switch self {
    case .empty: .domain(operation: operation, wanted: "at least one element")
    case .notFinite:
      .domain(operation: operation, wanted: "finite numbers, and an element is not finite")
    case .notConverged:
      .domain(operation: operation, wanted: "a matrix on which the iteration converges")
    case .size: .domain(operation: operation, wanted: "a smaller matrix")
    case .unavailable(let reason): .unavailable(operation: operation, reason: reason)
    }
  }
}
