// Matrix times vector with weights of four or eight bits, and a scale for each run of a row.
import CKernels

/// Weights `[rows, columns]` as codes in groups along the row, each with a scale. The vector is
/// coded on the fly, in the same groups; sums within a group are exact.
package struct GroupedMatrix: Sendable {
  package let rows: Int
  package let columns: Int
  /// Columns that share a scale; the last group of a row may be shorter.
  package let group: Int
  package let width: Width
  private let codes: IntegerStore<UInt8>
  private let scales: Memory

  /// Bits of a code.
  package enum Width: Int, Sendable, CaseIterable {
    case four = 4
    case eight = 8

    /// -8...7, or -127...127.
    package var range: ClosedRange<Int8> { self == .four ? -8...7 : -127...127 }

    var zero: UInt8 { self == .four ? 0x88 : 128 }
  }

  /// - Parameters:
  ///   - codes: row-major, each in `width.range`.
  ///   - scales: `[rows, groups of a row]`.
  /// - Returns: nil where a group is no multiple of 32 columns, or a code is out of range.
  package init?(
    _ codes: [Int8], scales: [Float], rows: Int, columns: Int, group: Int, width: Width
  ) {
    precondition(rows >= 0 && columns >= 0 && codes.count == rows * columns, "a code each")
    guard group > 0, group % 32 == 0, group <= IntegerMatrix.mostDepth / 32 * 32,
      codes.allSatisfy(width.range.contains)
    else { return nil }
    self.rows = rows
    self.columns = columns
    self.group = group
    self.width = width
    let groups = (columns + group - 1) / group
    precondition(scales.count == rows * groups, "a scale for each group")
    let panels = (rows + 15) / 16
    let depth = (columns + 7) / 8 * 8
    self.codes = IntegerStore(panels * depth * (width == .four ? 8 : 16))
    self.codes.base.update(repeating: width.zero, count: self.codes.count)
    self.scales = Memory(panels * groups * 16)
    for row in 0..<rows {
      for i in 0..<groups {
        self.scales.floats[(row / 16 * groups + i) * 16 + row % 16] = scales[row * groups + i]
      }
      let values = codes[row * columns..<(row + 1) * columns]
      if width == .four { packFour(values, row, depth) } else { packEight(values, row, depth) }
    }
  }

  private func packEight(_ values: ArraySlice<Int8>, _ row: Int, _ depth: Int) {
    let start = row / 16 * depth * 16 + row % 16 * 4
    for (i, value) in values.enumerated() {
      codes.base[start + i / 4 * 64 + i % 4] = UInt8(bitPattern: value) ^ 128
    }
  }

  /// Eight codes of a row in four bytes: the first four are the low halves.
  private func packFour(_ values: ArraySlice<Int8>, _ row: Int, _ depth: Int) {
    let start = row / 16 * depth * 8 + row % 16 * 4
    for (i, value) in values.enumerated() {
      let place = codes.base + (start + i / 8 * 64 + i % 4)
      let half = UInt8(value + 8)
      place.pointee = i % 8 < 4 ? place.pointee & 0xF0 | half : place.pointee & 0x0F | half << 4
    }
  }

  /// Codes weights `[rows, columns]`: each group's greatest magnitude becomes the greatest code.
  /// - Returns: nil where a group is no multiple of 32 columns.
  package init?(coding weights: [Float], rows: Int, columns: Int, group: Int, width: Width) {
    precondition(rows >= 0 && columns >= 0 && weights.count == rows * columns, "a matrix")
    guard group > 0 else { return nil }
    let most = Float(width.range.upperBound)
    var codes: [Int8] = []
    var scales: [Float] = []
    codes.reserveCapacity(weights.count)
    for row in 0..<rows {
      for start in stride(from: 0, to: columns, by: group) {
        let run = weights[row * columns + start..<row * columns + min(columns, start + group)]
        let greatest = run.reduce(0) { max($0, abs($1)) }
        let inverse = greatest > 0 ? most / greatest : 0
        scales.append(greatest / most)
        for weight in run {
          let code = (weight * inverse).rounded(.toNearestOrEven)
          codes.append(Int8(max(-most, min(most, code.isNaN ? 0 : code))))
        }
      }
    }
    self.init(codes, scales: scales, rows: rows, columns: columns, group: group, width: width)
  }

  /// Bytes of codes and scales, padding and all.
  package var byteCount: Int { codes.count + scales.floats.count * MemoryLayout<Float>.size }

  /// Panels of sixteen rows that a worker takes at a time.
  private static let panelsPerBlock = 8

  /// y = w x.
  package func multiply(_ x: Floats, to y: Floats, workers: Workers = .shared) {
    precondition(x.count == columns && y.count == rows, "a vector in, a vector out")
    guard rows > 0 else { return }
    let groups = (columns + group - 1) / group
    let coded = IntegerStore<Int8>((columns + 7) / 8 * 8)
    let scale = Memory(groups)
    let sums = IntegerStore<Int32>(groups)
    ck_group_codes(x.base, columns, group, coded.base, scale.floats.base, sums.base)
    let panels = (rows + 15) / 16
    let bytes = (columns + 7) / 8 * 8 * (width == .four ? 8 : 16)
    let each = GroupedMatrix.panelsPerBlock
    let kernel = width == .four ? ck_group_int4 : ck_group_int8
    // Threads that count references to the same object wait for each other.
    let (weights, factors) = (codes.base, scales.floats.base)
    workers.run(blocks: (panels + each - 1) / each) { block, _ in
      let first = block * each
      let count = min(each, panels - first)
      // The last panel may have more rows than y.
      withUnsafeTemporaryAllocation(of: Float.self, capacity: each * 16) { buffer in
        guard let out = buffer.baseAddress else { return }
        kernel(
          weights + first * bytes, factors + first * groups * 16, coded.base,
          scale.floats.base, sums.base, count, columns, group, out)
        (y.base + first * 16).update(from: out, count: min(count * 16, rows - first * 16))
      }
    }
  }
}
