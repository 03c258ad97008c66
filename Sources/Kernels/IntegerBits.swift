// Layers whose weights and inputs are signs, one bit each: products by counting where bits differ.
import CKernels

/// The signs of weights `[rows, columns]`, one bit each (0 counts as positive), and a scale per row.
/// XNOR-Net: Rastegari et al. 2016, arXiv:1603.05279.
package struct SignWeights: Sendable {
  package let rows: Int
  package let columns: Int
  private let words: Int
  /// `[rows / 8][words][8]`.
  private let panels: IntegerStore<UInt64>
  private let scales: Memory

  /// - Parameters:
  ///   - values: row-major; their signs are kept.
  ///   - scales: one per row.
  package init(signsOf values: [Float], rows: Int, columns: Int, scales: [Float]) {
    precondition(rows >= 0 && columns >= 0 && values.count == rows * columns, "a matrix")
    precondition(columns <= Int(Int32.max) / 2, "counts fit in 32 bits")
    precondition(scales.count == rows, "a scale for each row")
    self.rows = rows
    self.columns = columns
    words = (columns + 63) / 64
    self.scales = Memory(rows)
    self.scales.floats.copy(from: scales)
    panels = IntegerStore((rows + 7) / 8 * 8 * words)
    let row = IntegerStore<UInt64>(words)
    values.withUnsafeBufferPointer { values in
      guard let first = values.baseAddress else { return }
      for r in 0..<rows {
        ck_bit_signs(first + r * columns, columns, row.base)
        for word in 0..<words {
          panels.base[(r / 8 * words + word) * 8 + r % 8] = row.base[word]
        }
      }
    }
  }

  /// y = α_x α_w (columns − 2 · differing bits) for each of `count` lists, `[count, columns]` to
  /// `[count, rows]`. All numbers of a list are ±α_x.
  package func product(_ x: Floats, count: Int, to y: Floats) {
    precondition(x.count == count * columns && y.count == count * rows, "whole lists")
    guard count > 0, rows > 0 else { return }
    guard columns > 0 else { return y.fill(0) }
    let scales = Memory(count)
    withUnsafeTemporaryAllocation(of: UInt64.self, capacity: count * words) { bits in
      guard let bits = bits.baseAddress else { return }
      for i in 0..<count {
        ck_bit_signs(x.base + i * columns, columns, bits + i * words)
        scales.floats[i] = abs(x[i * columns])
      }
      ck_bit_product(
        bits, count, panels.base, rows, words, columns, scales.floats.base, 1,
        self.scales.floats.base, y.base, rows, 1)
    }
  }

  /// The same for the windows of one image, `[channels, height, width]` to `[rows, places]`. Nothing
  /// pads it, and all its numbers are ±α_x.
  package func convolve(_ x: Floats, _ window: Window, to y: Floats) {
    precondition(
      window.channels * window.kernelCount == columns && window.raw.padding_height == 0
        && window.raw.padding_width == 0, "windows of so many numbers")
    precondition(
      x.count == window.channels * window.planeCount && y.count == rows * window.outCount,
      "one image")
    let width = Int(window.raw.width)
    let lines = window.channels * Int(window.raw.height)
    let line = (width + 63) / 64
    let places = window.outCount
    // A line's last bits may be read with the word behind them.
    withUnsafeTemporaryAllocation(
      of: UInt64.self, capacity: lines * line + 1 + places * words
    ) { bits in
      guard let bits = bits.baseAddress else { return }
      for i in 0..<lines { ck_bit_signs(x.base + i * width, width, bits + i * line) }
      bits[lines * line] = 0
      let patches = bits + lines * line + 1
      patches.initialize(repeating: 0, count: places * words)
      withUnsafePointer(to: window.raw) { ck_bit_patches(bits, line, $0, words, patches) }
      var scale = abs(x[0])
      ck_bit_product(
        patches, places, panels.base, rows, words, columns, &scale, 0, scales.floats.base, y.base,
        1, places)
    }
  }
}
