// Weights of a dense layer as codes of eight bits, packed for exact products.
import CKernels

/// What a factor's codes may be; where less may be, the product may be faster, never other.
func integerRange(negative: Bool, hasLowest: Bool) -> Int32 {
  guard negative else { return Int32(CK_CODES_POSITIVE) }
  return Int32(hasLowest ? CK_CODES_ANY : CK_CODES_SYMMETRIC)
}

/// Codes `[units, depth]`, for products `x wᵀ` with exact sums in 32 bits.
package struct IntegerMatrix: Sendable {
  package let units: Int
  package let depth: Int
  /// [units / 16][depth / 4][16][4], and the sum of each unit's codes.
  private let weights: IntegerStore<Int8>
  private let sums: IntegerStore<Int32>
  /// A code is -128.
  private let hasLowest: Bool

  /// The greatest depth whose sums fit: 131,071 products of 2^14 are less than 2^31.
  package static let mostDepth = 131_071

  /// - Parameter codes: row-major.
  /// - Returns: nil where the sums of so many products might not fit in 32 bits.
  package init?(_ codes: [Int8], units: Int, depth: Int) {
    precondition(units >= 0 && depth >= 0 && codes.count == units * depth, "a code for each place")
    guard depth <= IntegerMatrix.mostDepth else { return nil }
    self.units = units
    self.depth = depth
    let panels = (units + 15) / 16
    let steps = (depth + 3) / 4
    weights = IntegerStore(panels * steps * 64)
    sums = IntegerStore(panels * 16)
    for unit in 0..<units {
      let panel = unit / 16 * steps * 64 + unit % 16 * 4
      for i in 0..<depth {
        let code = codes[unit * depth + i]
        weights.base[panel + i / 4 * 64 + i % 4] = code
        sums.base[unit] += Int32(code)
      }
    }
    hasLowest = codes.contains(-128)
  }

  /// The sums themselves, `[rows, units]`, shared out in blocks of columns and rows.
  package func product(_ x: Codes, rows: Int, workers: Workers = .shared) -> [Int32] {
    precondition(rows >= 0 && x.count == rows * depth, "whole rows")
    guard rows > 0, units > 0 else { return [] }
    let range = integerRange(negative: x.containsNegative, hasLowest: hasLowest)
    let target = IntegerStore<Int32>(rows * units)
    let panel = (depth + 3) / 4 * 64
    let wide = (units + 143) / 144
    workers.run(blocks: wide * ((rows + 63) / 64)) { block, _ in
      let column = block % wide * 144
      let row = block / wide * 64
      ck_int8_product(
        range, x.base + row * depth, depth, weights.base + column / 16 * panel,
        sums.base + column, min(64, rows - row), min(144, units - column), depth,
        target.base + row * units + column, units)
    }
    return target.array
  }

  /// y = f(x wᵀ), rows of x `stride` apart with a scale each. One thread.
  /// - Parameter negative: a code of x may be negative.
  package func forward(
    _ x: Codes, stride: Int, scales: Floats, negative: Bool, _ finish: IntegerFinish, to y: Matrix
  ) {
    let rows = y.rows
    precondition(y.columns == units && finish.scales.count == units, "one for each unit")
    precondition(scales.count >= rows && stride >= depth, "a scale for each row")
    precondition(rows == 0 || (rows - 1) * stride + depth <= x.count, "inside the buffer")
    let range = integerRange(negative: negative, hasLowest: hasLowest)
    finish.with(from: 0) { finish in
      withUnsafePointer(to: finish) {
        ck_int8_dense(
          range, x.base, stride, scales.base, weights.base, sums.base, $0, rows, units, depth,
          y.floats.base, y.stride)
      }
    }
  }
}

extension Codes {
  fileprivate var containsNegative: Bool {
    var all: Int8 = 0
    for i in 0..<count { all |= base[i] }
    return all < 0
  }
}
