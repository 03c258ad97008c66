// Indexing: numbers and slices along the first axes, by NumPy's rules. The result is always a copy.

/// What stands between the brackets for one axis.
package enum Subscript: Sendable, Equatable {
  /// One entry; the axis vanishes. Counted from the end where negative.
  case index(Int)
  /// From `start` up to, not including, `stop`, each `step`; negative positions count from the end,
  /// and positions beyond the ends mean the ends.
  case slice(start: Int? = nil, stop: Int? = nil, step: Int? = nil)

  package static let everything = Subscript.slice()

  /// The positions that a slice selects from an axis: the first, the distance, and how many.
  /// - Throws: `TensorError.domain` for a step of 0.
  package static func positions(
    start: Int?, stop: Int?, step: Int?, size: Int
  ) throws(TensorError) -> (first: Int, step: Int, count: Int) {
    let step = step ?? 1
    guard step != 0 else { throw .domain(operation: "a slice", wanted: "a step that is not 0") }
    // Going backwards, the place before the first entry is a place to stop at.
    let lowest = step > 0 ? 0 : -1
    let highest = step > 0 ? size : size - 1
    func place(_ position: Int?, otherwise: Int) -> Int {
      guard let position else { return otherwise }
      let counted = position < 0 ? max(position, -size - 1) + size : position
      return min(max(counted, lowest), highest)
    }
    let first = place(start, otherwise: step > 0 ? lowest : highest)
    let last = place(stop, otherwise: step > 0 ? highest : lowest)
    let span = step > 0 ? last - first : first - last
    guard span > 0 else { return (first, 1, 0) }
    // The first step alone may leave the axis, however large it is.
    let count = (span - 1) / Int(clamping: step.magnitude) + 1
    return (first, count == 1 ? 1 : step, count)
  }
}

extension Tensor {
  /// The elements that the subscripts select; axes without a subscript stay whole.
  /// - Throws: `TensorError.axis` for more subscripts than axes; `.index` for an entry outside its
  ///   axis.
  package func selecting(_ subscripts: [Subscript]) throws(TensorError) -> Tensor {
    guard subscripts.count <= rank else { throw .axis(subscripts.count - 1, rank: rank) }
    var result = self
    // From the last axis to the first, each selection makes the next one smaller to copy.
    for axis in subscripts.indices.reversed() where subscripts[axis] != .everything {
      result = try result.selecting(subscripts[axis], axis: axis)
    }
    return result
  }

  /// What one subscript selects along one axis.
  private func selecting(_ part: Subscript, axis: Int) throws(TensorError) -> Tensor {
    var shape = shape
    switch part {
    case .index(let index):
      let position = try Tensor.position(index, axis: axis, size: shape[axis])
      shape.remove(at: axis)
      return Tensor(trusted: shape, gather(axis: axis, first: position, step: 1, count: 1))
    case .slice(let start, let stop, let step):
      let (first, step, count) = try Subscript.positions(
        start: start, stop: stop, step: step, size: shape[axis])
      shape[axis] = count
      return Tensor(trusted: shape, gather(axis: axis, first: first, step: step, count: count))
    }
  }

  /// Entries of one axis in any order, also repeatedly.
  /// - Throws: `TensorError.axis`, `.index`; `.size` for more elements than a tensor may have.
  package func taking(_ indices: [Int], axis: Int = 0) throws(TensorError) -> Tensor {
    let axis = try Shape.axis(axis, rank: rank)
    var positions: [Int] = []
    positions.reserveCapacity(indices.count)
    for index in indices {
      positions.append(try Tensor.position(index, axis: axis, size: shape[axis]))
    }
    var result = shape
    result[axis] = indices.count
    let count = try Tensor.count(of: result)
    let lanes = Lanes(shape, axis: axis)
    var taken: [Float] = []
    taken.reserveCapacity(count)
    guard count > 0 else { return Tensor(trusted: result, []) }
    for o in 0..<lanes.outer {
      for position in positions {
        let start = (o * lanes.size + position) * lanes.inner
        taken.append(contentsOf: elements[start..<start + lanes.inner])
      }
    }
    return Tensor(trusted: result, taken)
  }

  /// A position from 0, from one that may be counted from the end.
  private static func position(_ index: Int, axis: Int, size: Int) throws(TensorError) -> Int {
    guard index >= -size, index < size else { throw .index(index, axis: axis, size: size) }
    return index < 0 ? index + size : index
  }

  private func gather(axis: Int, first: Int, step: Int, count: Int) -> [Float] {
    guard count > 0, !elements.isEmpty else { return [] }
    let lanes = Lanes(shape, axis: axis)
    var taken: [Float] = []
    taken.reserveCapacity(lanes.outer * count * lanes.inner)
    for o in 0..<lanes.outer {
      let start = (o * lanes.size + first) * lanes.inner
      if step == 1 {
        taken.append(contentsOf: elements[start..<start + count * lanes.inner])
      } else {
        for i in 0..<count {
          let from = start + i * step * lanes.inner
          taken.append(contentsOf: elements[from..<from + lanes.inner])
        }
      }
    }
    return taken
  }
}
