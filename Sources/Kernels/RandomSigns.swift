// Random directions along which weights are moved: signs, steps along them, and products with them.

/// Vectors of signs, +1 and −1, or 0 where nothing moves.
package enum RandomSigns {
  /// One sign for each bit, from the lowest of the first word on: 0 is +1.
  /// - Parameter words: at least one for each 64 signs.
  package static func fill(_ signs: inout [Float], _ words: [UInt64]) {
    precondition(words.count * 64 >= signs.count, "a bit for each sign")
    let count = signs.count
    signs.withUnsafeMutableBufferPointer { signs in
      words.withUnsafeBufferPointer { words in
        var start = 0
        while start < count {
          let word = words[start / 64]
          for bit in 0..<min(64, count - start) {
            signs[start + bit] = 1 - 2 * Float(Int32(truncatingIfNeeded: word >> UInt64(bit) & 1))
          }
          start += 64
        }
      }
    }
  }

  /// moved = values + step × signs.
  package static func move(
    _ values: [Float], by step: Float, along signs: [Float], to moved: inout [Float]
  ) {
    precondition(values.count == moved.count && signs.count == moved.count, "one for each value")
    let count = moved.count
    moved.withUnsafeMutableBufferPointer { moved in
      values.withUnsafeBufferPointer { values in
        signs.withUnsafeBufferPointer { signs in
          for i in 0..<count { moved[i] = values[i] + step * signs[i] }
        }
      }
    }
  }

  /// Σ x y in double precision, as eight sums side by side that are added at the end: the order depends
  /// on the count only.
  package static func dot(_ x: [Float], _ y: [Float]) -> Double {
    precondition(x.count == y.count, "as many numbers")
    let whole = x.count / 8 * 8
    var sums = SIMD8<Double>(repeating: 0)
    var rest = 0.0
    x.withUnsafeBufferPointer { x in
      y.withUnsafeBufferPointer { y in
        var i = 0
        while i < whole {
          var (a, b) = (SIMD8<Float>(repeating: 0), SIMD8<Float>(repeating: 0))
          for lane in 0..<8 {
            a[lane] = x[i + lane]
            b[lane] = y[i + lane]
          }
          sums += SIMD8<Double>(a) * SIMD8<Double>(b)
          i += 8
        }
        for i in whole..<x.count { rest += Double(x[i]) * Double(y[i]) }
      }
    }
    return sums.sum() + rest
  }
}
