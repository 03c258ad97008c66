// Matrix products: a thin, checked wrapper of OpenBLAS. It never runs on more than one thread, so
// that results do not depend on how many there are.
import COpenBLAS

/// OpenBLAS on one thread, set once: the first use of any product or decomposition evaluates it.
let singleThreadedBLAS: Void = openblas_set_num_threads(1)

/// `C = alpha * op(A) * op(B) + beta * C`, row-major; `op(X)` is `X`, or its transpose where asked.
///
/// `op(A)` is `[m, k]`, `op(B)` is `[k, n]`, `C` is `[m, n]`; `lda`, `ldb` and `ldc` are the
/// distances between rows as stored. With `beta` 0, `c` is only written. Zero sizes are allowed.
package func gemm(
  transA: Bool = false, transB: Bool = false,
  m: Int, n: Int, k: Int,
  alpha: Float = 1, a: UnsafePointer<Float>, lda: Int, b: UnsafePointer<Float>, ldb: Int,
  beta: Float = 0, c: UnsafeMutablePointer<Float>, ldc: Int
) {
  precondition(m >= 0 && n >= 0 && k >= 0, "sizes are not negative")
  precondition(lda >= (transA ? m : k), "the rows of A overlap")
  precondition(ldb >= (transB ? k : n), "the rows of B overlap")
  precondition(ldc >= n, "the rows of C overlap")
  guard m > 0, n > 0 else { return }
  guard k > 0 else { return scale(rows: m, columns: n, by: beta, c: c, ldc: ldc) }
  _ = singleThreadedBLAS
  cblas_sgemm(
    CblasRowMajor, transA ? CblasTrans : CblasNoTrans, transB ? CblasTrans : CblasNoTrans,
    blasint(m), blasint(n), blasint(k),
    alpha, a, blasint(lda), b, blasint(ldb), beta, c, blasint(ldc))
}

/// `C = A * B` for row-major matrices without gaps, each starting somewhere in an array: `[m, k]`
/// times `[k, n]` is `[m, n]`.
package func multiply(
  _ a: [Float], _ startA: Int, _ b: [Float], _ startB: Int, into c: inout [Float], _ startC: Int,
  rows m: Int, inner k: Int, columns n: Int
) {
  precondition(startA >= 0 && startB >= 0 && startC >= 0, "matrices start in their arrays")
  precondition(startA + m * k <= a.count && startB + k * n <= b.count, "an operand is too short")
  precondition(startC + m * n <= c.count, "the result is too short")
  a.withUnsafeBufferPointer { x in
    b.withUnsafeBufferPointer { y in
      c.withUnsafeMutableBufferPointer { z in
        guard let x = x.baseAddress, let y = y.baseAddress, let z = z.baseAddress else { return }
        gemm(m: m, n: n, k: k, a: x + startA, lda: k, b: y + startB, ldb: n, c: z + startC, ldc: n)
      }
    }
  }
}

/// What a product over nothing leaves of C. (OpenBLAS asks for leading dimensions of at least 1.)
private func scale(
  rows: Int, columns: Int, by beta: Float, c: UnsafeMutablePointer<Float>, ldc: Int
) {
  for row in 0..<rows {
    for column in 0..<columns {
      let i = row * ldc + column
      c[i] = beta == 0 ? 0 : beta * c[i]
    }
  }
}
