// Convolution of one image at a time, for inference with few of them: SIMD lanes are filters, and
// several threads may share an image's rows. Many images are faster in `LaneConvolution`.
import CKernels

/// Convolution of one image [C, H, W] to [O, OH, OW], with what follows it: bias, activation, and
/// maximum pooling of 2 x 2.
package struct DirectConvolution: Sendable {
  let raw: ck_convolution
  /// Floats of one image, of its outputs, and of the weights.
  package let inputCount: Int
  package let outputCount: Int
  package let weightCount: Int
  /// Floats of an image with its border; equal to `inputCount` where there is none.
  package let paddedCount: Int
  /// Rows of outputs (after pooling) that threads may share.
  package let outputRows: Int
  package let packedCount: Int

  /// Refuses what `LaneConvolution` refuses.
  package init?(
    window: Window, groups: Int, filters: Int, activator: Activator, pools: Bool
  ) {
    guard
      let lanes = LaneConvolution(
        window: window, groups: groups, filters: filters, activator: activator, pools: pools)
    else { return nil }
    raw = lanes.raw
    inputCount = lanes.inputCount / Lanes.count
    outputCount = lanes.outputCount / Lanes.count
    weightCount = lanes.weightCount
    outputRows = pools ? window.outHeight / 2 : window.outHeight
    let w = raw.window
    let padded = Int(w.height + 2 * w.padding_height) * Int(w.width + 2 * w.padding_width)
    paddedCount = groups * window.channels * padded
    packedCount = withUnsafePointer(to: raw) { ck_direct_packed($0) }
  }

  /// Whether images need a border, and so a copy made by `pad`.
  package var pads: Bool { paddedCount != inputCount }

  /// Brings the weights [O, C/groups, kh, kw] into the order in which the kernel reads them.
  package func pack(_ weight: Floats, to packed: Floats) {
    precondition(weight.count == weightCount, "all weights")
    precondition(packed.count >= packedCount, "room for them")
    withUnsafePointer(to: raw) { ck_direct_pack($0, weight.base, packed.base) }
  }

  /// Copies an image into `padded`, with a border of zeros.
  package func pad(_ image: Floats, to padded: Floats) {
    precondition(image.count == inputCount && padded.count == paddedCount, "one image")
    withUnsafePointer(to: raw) { ck_direct_pad($0, image.base, padded.base) }
  }

  /// Writes the rows `rows` of each plane of y, from an image with its border.
  package func forward(
    _ padded: Floats, packed: Floats, bias: Floats?, to y: Floats, rows: Range<Int>
  ) {
    precondition(padded.count == paddedCount && y.count == outputCount, "one image")
    precondition(packed.count >= packedCount, "packed weights")
    precondition((bias?.count ?? Int(raw.filters)) == Int(raw.filters), "a bias for each filter")
    precondition(rows.lowerBound >= 0 && rows.upperBound <= outputRows, "rows of the output")
    withUnsafePointer(to: raw) {
      ck_direct_forward(
        $0, padded.base, packed.base, bias?.base, Int32(rows.lowerBound),
        Int32(rows.upperBound), y.base)
    }
  }
}
