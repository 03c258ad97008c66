// Order: exact selection without sorting, sorting, quantiles. No input makes any of it slow.
import Kernels

/// Floats as whole numbers in the same order: -infinity … -0, 0 … infinity, and last what is no
/// number.
enum OrderKey {
  static func key(_ value: Float) -> UInt32 {
    if value.isNaN { return .max }
    let bits = value.bitPattern
    return bits >> 31 == 0 ? bits | 1 << 31 : ~bits
  }

  static func value(_ key: UInt32) -> Float {
    if key == .max { return .nan }
    return Float(bitPattern: key >> 31 == 1 ? key & ~(1 << 31) : ~key)
  }
}

extension Tensor {
  /// The elements along one axis (-1 is the last) in ascending order; what is no number comes last.
  /// - Throws: `TensorError.axis`.
  package func sorted(axis: Int = -1) throws(TensorError) -> Tensor {
    let axis = try Shape.axis(axis, rank: rank)
    guard count > 0 else { return self }
    let lanes = Lanes(shape, axis: axis)
    var result = elements
    lanes.forEach(in: elements) { lane, values, range in
      let keys = values[range].map { OrderKey.key($0) }.sorted()
      let start = lane / lanes.inner * lanes.size * lanes.inner + lane % lanes.inner
      for (i, key) in keys.enumerated() { result[start + i * lanes.inner] = OrderKey.value(key) }
    }
    return Tensor(trusted: shape, result)
  }

  /// The element at a position in ascending order of all.
  /// - Throws: `TensorError.index` for a position outside; `.domain` where an element is no number.
  package func smallest(_ position: Int) throws(TensorError) -> Float {
    try checkOrder(position, "selection")
    return Selection.smallest(position, of: elements)
  }

  /// The magnitude at a position in ascending order of all magnitudes.
  /// - Throws: `TensorError.index` for a position outside; `.domain` where an element is no number.
  package func smallestMagnitude(_ position: Int) throws(TensorError) -> Float {
    try checkOrder(position, "selection by magnitude")
    return Selection.smallest(position, of: elements, by: .magnitude)
  }

  /// The value below which a share of the elements lies, linear between neighbors (type 7 of
  /// Hyndman and Fan 1996, doi:10.1080/00031305.1996.10473566; NumPy's default).
  /// - Throws: `TensorError.domain` for a share outside 0...1, no elements, or an element that is
  ///   no number.
  package func quantile(_ share: Double) throws(TensorError) -> Double {
    guard share >= 0, share <= 1 else {
      throw .domain(operation: "quantile", wanted: "a share from 0 to 1, got \(share)")
    }
    guard count > 0 else { throw .domain(operation: "quantile", wanted: "at least one element") }
    let place = share * Double(count - 1)
    let below = min(Int(place), count - 1)
    let low = Double(try smallest(below))
    let fraction = place - Double(below)
    guard fraction > 0, below + 1 < count else { return low }
    let high = Double(try smallest(below + 1))
    return low == high ? low : low + (high - low) * fraction
  }

  private func checkOrder(_ position: Int, _ operation: String) throws(TensorError) {
    guard position >= 0, position < count else { throw .index(position, axis: 0, size: count) }
    guard Extremes(of: elements).strangers == 0 else {
      throw .domain(operation: operation, wanted: "numbers, and an element is not a number")
    }
  }
}
