// A window that slides over planes: convolution by columns and matrix products, and pooling.
import CKernels

/// The sizes of a sliding window. The sizes of the output follow.
package struct Window: Sendable {
  let raw: ck_window
  package let channels: Int
  package let planeCount: Int
  package let outHeight: Int
  package let outWidth: Int
  package let kernelCount: Int

  /// - Parameters:
  ///   - channels, plane, kernel, stride, padding: sizes; pairs are `(height, width)`.
  ///   - ceil: what remains at the end is a window, too, which hangs over the edge, where it begins
  ///     inside the plane or the padding before it.
  /// - Returns: nil where the kernel is larger than the padded plane, or padding as large as it.
  package init?(
    channels: Int, plane: (Int, Int), kernel: (Int, Int), stride: (Int, Int),
    padding: (Int, Int), ceil: Bool = false
  ) {
    let size = (plane.0 + 2 * padding.0, plane.1 + 2 * padding.1)
    guard channels > 0, kernel.0 > 0, kernel.1 > 0, stride.0 > 0, stride.1 > 0,
      padding.0 >= 0, padding.1 >= 0, padding.0 < kernel.0, padding.1 < kernel.1,
      size.0 >= kernel.0, size.1 >= kernel.1, size.0 < 1 << 24, size.1 < 1 << 24,
      channels < 1 << 24
    else { return nil }
    func outputs(_ size: Int, _ kernel: Int, _ stride: Int, _ begin: Int) -> Int {
      let (whole, rest) = (size - kernel).quotientAndRemainder(dividingBy: stride)
      return ceil && rest > 0 && (whole + 1) * stride < begin ? whole + 2 : whole + 1
    }
    outHeight = outputs(size.0, kernel.0, stride.0, plane.0 + padding.0)
    outWidth = outputs(size.1, kernel.1, stride.1, plane.1 + padding.1)
    planeCount = plane.0 * plane.1
    kernelCount = kernel.0 * kernel.1
    self.channels = channels
    raw = ck_window(
      channels: Int32(channels), height: Int32(plane.0), width: Int32(plane.1),
      kernel_height: Int32(kernel.0), kernel_width: Int32(kernel.1),
      stride_height: Int32(stride.0), stride_width: Int32(stride.1),
      padding_height: Int32(padding.0), padding_width: Int32(padding.1),
      out_height: Int32(outHeight), out_width: Int32(outWidth))
  }

  package var outCount: Int { outHeight * outWidth }

  /// One image [channels, h, w] to columns [channels * kernel, out].
  package func columns(of image: Floats, to columns: Matrix) {
    check(image, columns)
    withUnsafePointer(to: raw) {
      ck_im2col(image.base, $0, columns.floats.base, columns.stride)
    }
  }

  /// Adds columns back to the places in the image that they came from.
  package func addColumns(_ columns: Matrix, to image: Floats) {
    check(image, columns)
    withUnsafePointer(to: raw) {
      ck_col2im(columns.floats.base, columns.stride, $0, image.base)
    }
  }

  private func check(_ image: Floats, _ columns: Matrix) {
    precondition(image.count == channels * planeCount, "one image")
    precondition(columns.rows == channels * kernelCount, "its columns")
    precondition(columns.columns == outCount, "its columns")
  }

  /// How many floats hold the places of `outputs` maxima, one byte each.
  package static func places(_ outputs: Int) -> Int { (outputs + 3) / 4 }

  private func planes(_ x: Floats, _ y: Floats) -> Int {
    let planes = x.count / max(1, planeCount)
    precondition(planes * planeCount == x.count && planes * outCount == y.count, "whole planes")
    return planes
  }

  /// The greatest value in each window. `places` keeps where it was, for the way back.
  package func maxPool(_ x: Floats, to y: Floats, places: Floats) {
    precondition(places.count >= Window.places(y.count), "a byte for each output")
    withUnsafePointer(to: raw) {
      ck_maxpool(x.base, planes(x, y), $0, y.base, places.bytes)
    }
  }

  package func maxPoolBack(_ dy: Floats, places: Floats, to dx: Floats) {
    precondition(places.count >= Window.places(dy.count), "a byte for each output")
    withUnsafePointer(to: raw) {
      ck_maxpool_back(dy.base, places.bytes, planes(dx, dy), $0, dx.base)
    }
  }

  /// The mean over the part of each window that lies inside the plane.
  package func averagePool(_ x: Floats, to y: Floats) {
    withUnsafePointer(to: raw) { ck_avgpool(x.base, planes(x, y), $0, y.base) }
  }

  package func averagePoolBack(_ dy: Floats, to dx: Floats) {
    withUnsafePointer(to: raw) { ck_avgpool_back(dy.base, planes(dx, dy), $0, dx.base) }
  }
}
