// Sums in a fixed order: the same bits for any number of threads.
import CKernels

extension Floats {
  package func sum() -> Float { ck_sum(base, count) }

  package func dot(_ other: Floats) -> Float {
    precondition(other.count == count, "as many floats")
    return ck_dot(base, other.base, count)
  }

  /// self *= x, element by element.
  package func multiply(by x: Floats) {
    precondition(x.count == count, "as many floats")
    for i in 0..<count { base[i] *= x.base[i] }
  }

  /// self *= factor.
  package func multiply(by factor: Float) {
    for i in 0..<count { base[i] *= factor }
  }

  /// self += x.
  package func add(_ x: Floats) {
    precondition(x.count == count, "as many floats")
    ck_add(x.base, count, base)
  }

  /// self = the sum of parts that lie `stride` floats apart, in order.
  package func sum(parts: Floats, count partCount: Int, stride: Int) {
    let reach = (partCount - 1) * stride + count
    precondition(partCount > 0 && reach <= parts.count, "parts that exist")
    ck_sum_parts(parts.base, stride, partCount, count, base)
  }
}

/// The mean magnitude of those values of a run whose magnitude is above a threshold; 0 for none.
/// Sums in double precision.
package func meanMagnitude(
  of values: [Float], _ run: Range<Int>, above threshold: Float = -1
) -> Float {
  precondition(run.lowerBound >= 0 && run.upperBound <= values.count, "values that exist")
  return values.withUnsafeBufferPointer { values in
    values.baseAddress.map { ck_mean_magnitude($0 + run.lowerBound, run.count, threshold) } ?? 0
  }
}

extension Floats {
  /// The mean magnitude.
  package var meanMagnitude: Float { ck_mean_magnitude(base, count, -1) }
}
