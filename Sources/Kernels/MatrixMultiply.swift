// Matrix products: a thin, checked wrapper of OpenBLAS, and of our own kernel where it is missing.
// Large ones are cut into fixed panels, so that results do not depend on the number of threads.
import CKernels
import COpenBLAS

/// `C = alpha * op(A) * op(B) + beta * C`, row-major; `op(X)` is `X`, or its transpose where asked.
/// One thread.
///
/// `op(A)` is `[m, k]`, `op(B)` is `[k, n]`, `C` is `[m, n]`; `lda`, `ldb` and `ldc` are the
/// distances between rows as stored. With `beta` 0, `c` is only written. Zero sizes are allowed.
package func gemm(
  transA: Bool = false, transB: Bool = false,
  m: Int, n: Int, k: Int,
  alpha: Float = 1, a: UnsafePointer<Float>, lda: Int, b: UnsafePointer<Float>, ldb: Int,
  beta: Float = 0, c: UnsafeMutablePointer<Float>, ldc: Int
) {
  guard let blas = OpenBLAS.library, max(m, n, k, lda, ldb, ldc) <= Int(Int32.max) else {
    return portableGemm(
      transA: transA, transB: transB, m: m, n: n, k: k, alpha: alpha, a: a, lda: lda, b: b,
      ldb: ldb, beta: beta, c: c, ldc: ldc)
  }
  check(transA, transB, m, n, k, lda, ldb, ldc)
  guard m > 0, n > 0 else { return }
  guard k > 0 else { return scale(rows: m, columns: n, by: beta, c: c, ldc: ldc) }
  blas.sgemm(
    BLAS.rows, BLAS.transposed(transA), BLAS.transposed(transB), Int32(m), Int32(n), Int32(k),
    alpha, a, Int32(lda), b, Int32(ldb), beta, c, Int32(ldc))
}

/// `gemm` by our own kernel, which runs on every machine: what OpenBLAS is compared with.
package func portableGemm(
  transA: Bool = false, transB: Bool = false,
  m: Int, n: Int, k: Int,
  alpha: Float = 1, a: UnsafePointer<Float>, lda: Int, b: UnsafePointer<Float>, ldb: Int,
  beta: Float = 0, c: UnsafeMutablePointer<Float>, ldc: Int
) {
  check(transA, transB, m, n, k, lda, ldb, ldc)
  guard m > 0, n > 0 else { return }
  guard k > 0, alpha != 0 else {
    return scale(rows: m, columns: n, by: beta, c: c, ldc: ldc)
  }
  let bytes = Int(CK_GEMM_FLOATS) * MemoryLayout<Float>.stride
  withUnsafeTemporaryAllocation(byteCount: bytes, alignment: 64) { work in
    ck_gemm(
      transA ? 1 : 0, transB ? 1 : 0, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc,
      work.bindMemory(to: Float.self).baseAddress)
  }
}

/// `C = A * B` for row-major matrices without gaps, each starting somewhere in an array: `[m, k]`
/// times `[k, n]` is `[m, n]`. Large products run on all workers.
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
        let (a, b, c) = (x + startA, y + startB, z + startC)
        ProductBands(rows: m, columns: n, depth: k).run { rows, columns in
          gemm(
            m: rows.count, n: columns.count, k: k, a: a + rows.lowerBound * k, lda: k,
            b: b + columns.lowerBound, ldb: n, c: c + rows.lowerBound * n + columns.lowerBound,
            ldc: n)
        }
      }
    }
  }
}

/// A product's result, cut into panels that depend on its size alone: bands of its rows or of its
/// columns, whichever are more. Each element is computed in one panel.
struct ProductBands {
  private let rows: Int
  private let columns: Int
  private let isBands: Bool
  private let count: Int

  /// Below this many multiplications the workers cost more than they bring.
  private static let leastWork = 1 << 24
  /// Every panel packs the whole of one factor again: thinner ones would lose more than they share.
  private static let thickness = 256

  init(rows: Int, columns: Int, depth: Int) {
    self.rows = rows
    self.columns = columns
    isBands = rows >= columns
    let (area, isHuge) = rows.multipliedReportingOverflow(by: columns)
    let isLarge = isHuge || area >= (ProductBands.leastWork + depth) / max(1, depth)
    let length = isBands ? rows : columns
    count = isLarge ? max(1, min(length / ProductBands.thickness, 256)) : 1
  }

  /// Calls the body once for each panel, with its rows and its columns, from several threads.
  func run(_ body: (_ rows: Range<Int>, _ columns: Range<Int>) -> Void) {
    Workers.shared.run(blocks: count) { panel, _ in
      if isBands {
        body(part(panel, of: rows), 0..<columns)
      } else {
        body(0..<rows, part(panel, of: columns))
      }
    }
  }

  private func part(_ panel: Int, of length: Int) -> Range<Int> {
    // In whole vectors, but for the last.
    let step = (length + 16 * count - 1) / (16 * count) * 16
    return min(panel * step, length)..<min((panel + 1) * step, length)
  }
}

private func check(
  _ transA: Bool, _ transB: Bool, _ m: Int, _ n: Int, _ k: Int, _ lda: Int, _ ldb: Int, _ ldc: Int
) {
  precondition(m >= 0 && n >= 0 && k >= 0, "sizes are not negative")
  precondition(lda >= (transA ? m : k), "the rows of A overlap")
  precondition(ldb >= (transB ? k : n), "the rows of B overlap")
  precondition(ldc >= n, "the rows of C overlap")
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
