// Numbers in ascending order, with sums over any run of them in next to no time: what makes
// one-dimensional clustering cheap.

package struct OrderedValues: Sendable {
  /// Ascending; a negative 0 before 0.
  package let values: [Float]
  /// Sums of all before each block, and of their squares.
  private let sums: [Double]
  private let squares: [Double]

  private static let block = 512

  /// - Parameter numbers: finite.
  package init(_ numbers: [Float]) {
    values = OrderedValues.sorted(numbers)
    var sums = [0.0]
    var squares = [0.0]
    values.withUnsafeBufferPointer { values in
      for start in stride(from: 0, to: values.count, by: OrderedValues.block) {
        var (sum, square) = (0.0, 0.0)
        for i in start..<min(values.count, start + OrderedValues.block) {
          let value = Double(values[i])
          sum += value
          square += value * value
        }
        sums.append((sums.last ?? 0) + sum)
        squares.append((squares.last ?? 0) + square)
      }
    }
    (self.sums, self.squares) = (sums, squares)
  }

  package var count: Int { values.count }

  /// Σ and Σ of squares of a run.
  package func sums(_ range: Range<Int>) -> (sum: Double, squares: Double) {
    let high = before(range.upperBound)
    let low = before(range.lowerBound)
    return (high.sum - low.sum, high.squares - low.squares)
  }

  /// Of all elements before a place.
  private func before(_ place: Int) -> (sum: Double, squares: Double) {
    let block = place / OrderedValues.block
    var (sum, square) = (sums[block], squares[block])
    for i in block * OrderedValues.block..<place {
      let value = Double(values[i])
      sum += value
      square += value * value
    }
    return (sum, square)
  }

  /// How many elements are at most this number.
  package func rank(of limit: Double) -> Int {
    var (low, high) = (0, values.count)
    while low < high {
      let middle = (low + high) / 2
      if Double(values[middle]) <= limit { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Up to `limit` distinct numbers, ascending; fewer where there are not so many.
  package func distinct(upTo limit: Int) -> [Float] {
    var found: [Float] = []
    var place = 0
    while place < values.count, found.count < limit {
      found.append(values[place])
      place = rank(of: Double(values[place]))
    }
    return found
  }

  // MARK: Sorting

  /// By the digits of the numbers' bits: three passes, whatever the numbers.
  private static func sorted(_ numbers: [Float]) -> [Float] {
    let keys = numbers.map { number in
      let bits = number.bitPattern
      return bits >> 31 == 1 ? ~bits : bits | 1 << 31
    }
    let ordered = keys.count < 1 << 12 ? keys.sorted() : byDigits(keys)
    return ordered.map { key in
      Float(bitPattern: key >> 31 == 1 ? key & ~(1 << 31) : ~key)
    }
  }

  private static func byDigits(_ keys: [UInt32]) -> [UInt32] {
    let digits = 1 << 11
    let shifts: [UInt32] = [0, 11, 22]
    var places = [Int](repeating: 0, count: 3 * digits)
    keys.withUnsafeBufferPointer { keys in
      places.withUnsafeMutableBufferPointer { places in
        for key in keys {
          places[Int(key) & (digits - 1)] += 1
          places[digits + (Int(key >> 11) & (digits - 1))] += 1
          places[2 * digits + Int(key >> 22)] += 1
        }
      }
    }
    var from = keys
    for (pass, shift) in shifts.enumerated() {
      var next = 0
      for digit in pass * digits..<(pass + 1) * digits {
        (places[digit], next) = (next, next + places[digit])
      }
      from = [UInt32](filling: from.count) { to in
        from.withUnsafeBufferPointer { from in
          places.withUnsafeMutableBufferPointer { places in
            for key in from {
              let digit = pass * digits + (Int(key >> shift) & (digits - 1))
              to[places[digit]] = key
              places[digit] += 1
            }
          }
        }
      }
    }
    return from
  }
}

/// Which of several ascending numbers is the nearest.
package enum Nearest {
  /// Of each value; of two that are as near, the lower one.
  /// - Parameter centers: ascending, at least one.
  package static func indices(
    of values: [Float], among centers: [Float], on workers: Workers = .shared
  ) -> [Int32] {
    precondition(!centers.isEmpty, "a center to be near to")
    let limits = zip(centers, centers.dropFirst()).map { limit($0, $1) }
    return [Int32](filling: values.count) { result in
      nonisolated(unsafe) let result = result
      Pass.run(values.count, on: workers) { _, range, _ in
        values.withUnsafeBufferPointer { values in
          limits.withUnsafeBufferPointer { limits in
            for i in range {
              let value = values[i]
              var low = 0
              var size = limits.count
              while size > 0 {
                let half = size / 2
                let isAbove = limits[low + half] < value
                low = isAbove ? low + half + 1 : low
                size = isAbove ? size - half - 1 : half
              }
              result[i] = Int32(truncatingIfNeeded: low)
            }
          }
        }
      }
    }
  }

  /// The greatest float that is at most half-way between two.
  private static func limit(_ low: Float, _ high: Float) -> Float {
    let middle = (Double(low) + Double(high)) / 2
    let nearest = Float(middle)
    return Double(nearest) > middle ? nearest.nextDown : nearest
  }
}
