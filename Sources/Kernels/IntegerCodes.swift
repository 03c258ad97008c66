// Codes of eight bits in planned memory, and how floats become such codes.
import CKernels

/// A view of codes that a `CodeMemory` owns. Whoever holds a view keeps its memory alive elsewhere.
package struct Codes: @unchecked Sendable {
  let base: UnsafeMutablePointer<Int8>
  package let count: Int

  package subscript(_ index: Int) -> Int8 {
    get {
      precondition(index >= 0 && index < count, "an index inside the view")
      return base[index]
    }
    nonmutating set {
      precondition(index >= 0 && index < count, "an index inside the view")
      base[index] = newValue
    }
  }

  /// The `count` codes from `start` on.
  package func slice(_ start: Int, _ count: Int) -> Codes {
    precondition(start >= 0 && count >= 0 && start + count <= self.count, "a part of the view")
    return Codes(base: base + start, count: count)
  }

  package var array: [Int8] { Array(UnsafeBufferPointer(start: base, count: count)) }
}

/// Zeroed codes.
package final class CodeMemory: @unchecked Sendable {
  package let codes: Codes
  private let store: IntegerStore<Int8>

  package init(_ count: Int) {
    store = IntegerStore(count)
    codes = Codes(base: store.base, count: count)
  }

  package convenience init(_ values: [Int8]) {
    self.init(values.count)
    for (i, value) in values.enumerated() { codes[i] = value }
  }
}

/// Zeroed whole numbers.
final class IntegerStore<Element: BitwiseCopyable & FixedWidthInteger>: @unchecked Sendable {
  let base: UnsafeMutablePointer<Element>
  let count: Int
  private let store: Store

  init(_ count: Int) {
    self.count = count
    store = Store(bytes: count * MemoryLayout<Element>.stride)
    base = store.raw.bindMemory(to: Element.self, capacity: count)
  }

  var array: [Element] {
    withExtendedLifetime(self) { Array(UnsafeBufferPointer(start: base, count: count)) }
  }
}

/// A scale for codes: the greatest magnitude becomes 127.
package struct CodeScale: Sendable, Equatable {
  /// What a code is multiplied with.
  package let scale: Float
  /// What a number is multiplied with before it is rounded.
  package let inverse: Float

  /// - Parameter greatest: the greatest magnitude. Where it is 0, all codes are; where it is not
  ///   finite, they are 0 and the scale is not finite either, so that what comes out is no number.
  package init(greatest: Float) {
    scale = greatest / 127
    let reciprocal = greatest > 0 ? 127 / greatest : 0
    inverse = reciprocal < .infinity ? reciprocal : 0
  }
}

/// How the sums of an output unit or a filter become its output: `f(sum * scale + bias)`.
package struct IntegerFinish: Sendable {
  /// One per output, not negative.
  package let scales: [Float]
  package let bias: [Float]?
  package let relu: Bool

  package init(scales: [Float], bias: [Float]? = nil, relu: Bool = false) {
    precondition(bias == nil || bias?.count == scales.count, "one bias for each output")
    precondition(scales.allSatisfy { !($0 < 0) }, "scales are not negative")
    self.scales = scales
    self.bias = bias
    self.relu = relu
  }

  /// Calls `body` with the parts for the outputs from `start` on.
  func with<R>(from start: Int, _ body: (ck_int8_finish) -> R) -> R {
    scales.withUnsafeBufferPointer { scales in
      guard let bias else {
        return body(
          ck_int8_finish(scales: scales.baseAddress.map { $0 + start }, bias: nil, relu: flag))
      }
      return bias.withUnsafeBufferPointer { bias in
        body(
          ck_int8_finish(
            scales: scales.baseAddress.map { $0 + start },
            bias: bias.baseAddress.map { $0 + start }, relu: flag))
      }
    }
  }

  private var flag: Int32 { relu ? 1 : 0 }
}

extension Floats {
  /// The greatest magnitude; NaN where any element is not a number, 0 for an empty view.
  package var greatestMagnitude: Float { ck_int8_greatest(base, count) }

  /// Writes `rint(x * inverse)`, halves to even, within -127...127; NaN gives 0.
  /// - Returns: whether any code is negative.
  package func code(_ scale: CodeScale, to codes: Codes) -> Bool {
    precondition(codes.count == count, "a code for each number")
    return ck_int8_codes(base, count, scale.inverse, codes.base) != 0
  }
}

extension Codes {
  /// Codes rows of floats, one after the other in an array, each with a scale of its own.
  /// - Parameters:
  ///   - start: where the first row begins.
  ///   - stride: from a row of codes to the next.
  /// - Returns: whether any code is negative.
  package func code(
    _ x: [Float], at start: Int, rows: Int, width: Int, stride: Int, scales: Floats
  ) -> Bool {
    precondition(start >= 0 && rows >= 0 && width >= 0, "sizes are not negative")
    precondition(start + rows * width <= x.count, "the array has enough elements")
    return x.withUnsafeBufferPointer { x in
      guard let base = x.baseAddress else { return false }
      return code(base + start, ld: width, rows, width, stride, scales)
    }
  }

  /// The same for the rows of a matrix.
  package func code(_ x: Matrix, stride: Int, scales: Floats) -> Bool {
    code(x.floats.base, ld: x.stride, x.rows, x.columns, stride, scales)
  }

  private func code(
    _ x: UnsafePointer<Float>, ld: Int, _ rows: Int, _ width: Int, _ stride: Int, _ scales: Floats
  ) -> Bool {
    precondition(scales.count >= rows && stride >= width, "a scale for each row")
    precondition(rows == 0 || (rows - 1) * stride + width <= count, "inside the buffer")
    var negative = false
    for row in 0..<rows {
      let scale = CodeScale(greatest: ck_int8_greatest(x + row * ld, width))
      scales[row] = scale.scale
      let signs = ck_int8_codes(x + row * ld, width, scale.inverse, base + row * stride)
      negative = negative || signs != 0
    }
    return negative
  }
}

extension Lanes {
  /// Each lane's greatest magnitude in one block `[n, 8]`.
  package static func greatest(_ lanes: Floats, to greatest: Floats) {
    precondition(greatest.count == count && lanes.count % count == 0, "one for each lane")
    ck_int8_lane_greatest(lanes.base, lanes.count / count, greatest.base)
  }

  /// The codes of one block's examples, each in a row of its own, `stride` apart, with its scale.
  /// - Parameter greatest: each lane's greatest magnitude.
  /// - Returns: whether any code is negative.
  package static func code(
    _ lanes: Floats, examples: Int, greatest: Floats, to codes: Codes, stride: Int, scales: Floats
  ) -> Bool {
    let size = lanes.count / count
    precondition(examples >= 0 && examples <= count && greatest.count == count, "eight lanes")
    precondition(scales.count >= examples, "a scale for each example")
    precondition(size * count == lanes.count && stride >= size, "rows that do not overlap")
    precondition(
      examples == 0 || (examples - 1) * stride + size <= codes.count, "inside the buffer")
    return withUnsafeTemporaryAllocation(of: Float.self, capacity: count) { buffer in
      guard let inverses = buffer.baseAddress else { return false }
      for lane in 0..<count {
        let scale = CodeScale(greatest: greatest[lane])
        inverses[lane] = scale.inverse
        if lane < examples { scales[lane] = scale.scale }
      }
      return ck_int8_lane_rows(lanes.base, examples, size, inverses, codes.base, stride) != 0
    }
  }
}
