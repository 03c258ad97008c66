// New arrays of which each element follows from the one at its place.
import CKernels

package enum Elementwise {
  /// Hands over blocks of the elements, from several threads; the body fills each place of the block
  /// in the new array.
  package static func filled(
    from values: [Float], on workers: Workers = .shared,
    _ body: (Range<Int>, UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void
  ) -> [Float] {
    [Float](filling: values.count) { result in
      nonisolated(unsafe) let result = result
      values.withUnsafeBufferPointer { values in
        guard let start = values.baseAddress else { return }
        Pass.run(values.count, on: workers) { _, range, _ in body(range, start, result) }
      }
    }
  }

  package static func magnitudes(of values: [Float], on workers: Workers = .shared) -> [Float] {
    filled(from: values, on: workers) { range, from, to in
      ck_magnitudes(from + range.lowerBound, range.count, to + range.lowerBound)
    }
  }

  /// The nearest numbers of 16 bits, halves to even: IEEE half precision, or bfloat16. Finite ones
  /// stay finite: they stop at the largest.
  package static func roundedToHalves(
    _ values: [Float], brain: Bool, on workers: Workers = .shared
  ) -> [Float] {
    filled(from: values, on: workers) { range, from, to in
      ck_round_halves(
        from + range.lowerBound, range.count, brain ? 1 : 0, to + range.lowerBound)
    }
  }
}
