// Decompositions of matrices, in the errors of tensors.
import Kernels

/// `A ≈ u * diag(s) * v^T` for a matrix `[m, n]`: `u` is `[m, k]`, `s` is `[k]` and falls, `v` is
/// `[n, k]`. The largest element of each column of `u` is positive.
package typealias SingularTriplets = (u: Tensor, s: Tensor, v: Tensor)

extension Tensor {
  /// The thin singular value decomposition, with all `min(m, n)` singular values, or the `rank`
  /// largest, which takes less time. Computed in double precision and correct in single precision.
  /// - Throws: `TensorError.domain` for anything but a matrix of finite numbers with elements, or a
  ///   rank that it has not; `.unavailable` without LAPACK.
  package static func svd(
    _ matrix: Tensor, rank: Int? = nil
  ) throws(TensorError) -> SingularTriplets {
    let (m, n) = try matrix.sizes(for: "svd")
    let rank = try rank.map { rank throws(TensorError) in try checked(rank, m, n, "svd") }
    do throws(LinearAlgebraError) {
      return triplets(
        try LinearAlgebra.singularValueDecomposition(
          matrix.elements, rows: m, columns: n, count: rank), m, n)
    } catch {
      throw error.asTensorError("svd")
    }
  }

  /// An approximation of the `rank` largest singular values and vectors, from a random sample of
  /// the columns' space (Halko, Martinsson and Tropp 2011, arXiv:0909.4061) with ten directions more
  /// than the rank. No value is larger than the exact one; they are close to the exact ones where
  /// the singular values fall quickly, and closer with each power iteration.
  /// - Throws: as `svd`.
  package static func randomizedSVD(
    _ matrix: Tensor, rank: Int, powerIterations: Int = 2, stream: RandomStream
  ) throws(TensorError) -> SingularTriplets {
    let (m, n) = try matrix.sizes(for: "svd")
    let rank = try checked(rank, m, n, "svd")
    var stream = stream
    let count = LinearAlgebra.sampleCount(rows: m, columns: n, count: rank)
    let sample = (0..<count).map { _ in Float(stream.normal()) }
    do throws(LinearAlgebraError) {
      return triplets(
        try LinearAlgebra.randomizedDecomposition(
          matrix.elements, rows: m, columns: n, count: rank,
          powerIterations: min(max(0, powerIterations), 100), normal: sample), m, n)
    } catch {
      throw error.asTensorError("svd")
    }
  }

  private static func checked(
    _ rank: Int, _ m: Int, _ n: Int, _ operation: String
  ) throws(TensorError) -> Int {
    guard min(m, n) > 0 else {
      throw .domain(operation: operation, wanted: "at least one element")
    }
    guard rank > 0, rank <= min(m, n) else {
      throw .domain(
        operation: operation, wanted: "a rank from 1 to \(min(m, n)), and it is \(rank)")
    }
    return rank
  }

  private static func triplets(_ parts: SingularParts, _ m: Int, _ n: Int) -> SingularTriplets {
    let rank = parts.s.count
    return (
      Tensor(trusted: [m, rank], parts.u), Tensor(vector: parts.s),
      Tensor(trusted: [rank, n], parts.vt).transposed
    )
  }

  /// The eigenvalues of a symmetric matrix `[n, n]`, from the largest to the smallest, and their
  /// vectors as the columns of `[n, count]`, the largest element of each positive; only the `count`
  /// largest, if wanted.
  /// - Throws: as `svd`; `.domain` for a matrix that is not symmetric.
  package static func eigen(
    _ matrix: Tensor, count: Int? = nil
  ) throws(TensorError) -> (values: Tensor, vectors: Tensor) {
    let (m, n) = try matrix.sizes(for: "eigen")
    guard m == n else {
      throw .domain(operation: "eigen", wanted: "a square matrix, and it is [\(m), \(n)]")
    }
    let count = try count.map { count throws(TensorError) in try checked(count, n, n, "eigen") }
    do throws(LinearAlgebraError) {
      let parts = try LinearAlgebra.eigen(matrix.elements, size: n, count: count)
      return (Tensor(vector: parts.values), Tensor(trusted: [n, count ?? n], parts.vectors))
    } catch {
      throw error.asTensorError("eigen")
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
    case .notSymmetric: .domain(operation: operation, wanted: "a symmetric matrix")
    case .memory(let bytes):
      .domain(
        operation: operation,
        wanted: "\(bytes >> 20) MiB of memory, and the system does not give them")
    case .size: .domain(operation: operation, wanted: "a smaller matrix")
    case .unavailable(let reason): .unavailable(operation: operation, reason: reason)
    }
  }
}
