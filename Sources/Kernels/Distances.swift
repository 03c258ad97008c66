// Squared Euclidean distances between the rows of a matrix, from their differences: equal rows are 0
// apart, exactly.

package enum Distances {
  /// From one row to every row: Σ (x_r − x_k)² for each k.
  /// - Parameter values: rows of `width` numbers.
  package static func squared(
    from row: Int, in values: [Float], width: Int, on workers: Workers = .shared
  ) -> [Double] {
    precondition(width > 0 && values.count.isMultiple(of: width), "whole rows")
    let count = values.count / width
    precondition(row >= 0 && row < count, "a row of the matrix")
    let block = max(1, (1 << 16) / width)
    return [Double](filling: count) { distances in
      nonisolated(unsafe) let distances = distances
      values.withUnsafeBufferPointer { values in
        guard let base = values.baseAddress else { return }
        nonisolated(unsafe) let start = base
        workers.run(blocks: (count + block - 1) / block) { index, _ in
          for other in index * block..<min(count, (index + 1) * block) {
            distances[other] = squared(start + row * width, start + other * width, width)
          }
        }
      }
    }
  }

  /// Runs of 1024 are summed in single precision, in eight lanes; the runs in double.
  private static func squared(
    _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ count: Int
  ) -> Double {
    let (x, y) = (UnsafeRawPointer(a), UnsafeRawPointer(b))
    let stride = MemoryLayout<Float>.stride
    var total = 0.0
    var start = 0
    while start < count {
      let end = min(count, start + 1024)
      var lanes = SIMD8<Float>()
      var i = start
      while i + 8 <= end {
        let difference =
          x.loadUnaligned(fromByteOffset: i * stride, as: SIMD8<Float>.self)
          - y.loadUnaligned(fromByteOffset: i * stride, as: SIMD8<Float>.self)
        lanes += difference * difference
        i += 8
      }
      total += Double(lanes.sum())
      while i < end {
        let difference = Double(a[i] - b[i])
        total += difference * difference
        i += 1
      }
      start = end
    }
    return total
  }
}
