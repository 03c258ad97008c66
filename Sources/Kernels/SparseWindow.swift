// A convolution that skips zero weights: each weight that is left is multiplied with a shifted row of the
// image. Park et al. 2017, arXiv:1608.01409.
import CKernels

/// Images in planes on which every window's taps are shifts: padded, and split by the phases of the
/// stride.
package struct SparseWindow: Sendable {
  /// Floats of a pixel: 1, or 8 where eight images lie side by side.
  package let unit: Int
  package let filters: Int
  package let outHeight: Int
  package let outWidth: Int
  /// Rows of outputs that are computed together, a band, and how many bands there are.
  package let bandRows: Int
  package let bands: Int
  private let raw: ck_phases
  private let window: Window
  private let groups: Int
  private let channels: Int

  /// Numbers of a row of outputs that are worth a band.
  private static let bandFloats = 512

  /// - Parameter window: over one group's channels.
  /// - Returns: nil for images whose planes have 2^30 floats or more.
  package init?(window: Window, groups: Int, filters: Int, unit: Int) {
    let own = window.raw
    func phase(_ size: Int32, _ padding: Int32, _ stride: Int32) -> Int32 {
      (size + 2 * padding + stride - 1) / stride
    }
    let channels = groups * window.channels
    let (tall, wide) = (
      phase(own.height, own.padding_height, own.stride_height),
      phase(own.width, own.padding_width, own.stride_width)
    )
    let floats =
      Double(channels) * Double(own.stride_height) * Double(own.stride_width) * Double(tall)
      * Double(wide) * Double(unit)
    guard floats < Double(1 << 30) else { return nil }
    raw = ck_phases(
      channels: Int32(channels), height: own.height, width: own.width, unit: Int32(unit),
      stride_height: own.stride_height, stride_width: own.stride_width,
      padding_height: own.padding_height, padding_width: own.padding_width, phase_height: tall,
      phase_width: wide)
    self.window = window
    self.groups = groups
    self.filters = filters
    self.unit = unit
    self.channels = channels
    outHeight = window.outHeight
    outWidth = window.outWidth
    bandRows = max(1, min(window.outHeight, SparseWindow.bandFloats / (Int(wide) * unit)))
    bands = (window.outHeight + bandRows - 1) / bandRows
  }

  private var plane: Int { Int(raw.phase_height) * Int(raw.phase_width) * unit }
  private var phases: Int { Int(raw.stride_height) * Int(raw.stride_width) }
  private var pitch: Int { Int(raw.phase_width) * unit }
  private var inputCount: Int { channels * window.planeCount * unit }

  /// False where the image lies as its planes do.
  package var pads: Bool {
    phases > 1 || raw.padding_height > 0 || raw.padding_width > 0
  }

  /// Floats of the planes of an image, or of eight.
  package var planesCount: Int { channels * phases * plane }
  /// Floats that the outputs of a band take before they are brought together, for so many filters.
  package func bandCount(filters: Int) -> Int { bandRow * filters }
  private var bandRow: Int { (bandRows * pitch + 15) / 16 * 16 }

  /// The weights `[O, C / groups, kh, kw]` that are not 0.
  package func terms(_ weights: [Float], sharesPlaces: Bool) -> SparseTerms {
    let taps = window.kernelCount
    let (wide, stride) = (Int(window.raw.kernel_width), (raw.stride_height, raw.stride_width))
    let perGroup = filters / groups
    // A group of rows must not reach over channels that its rows do not share.
    return SparseTerms(
      weights, rows: filters, columns: window.channels * taps, chained: false,
      sharesPlaces: sharesPlaces && perGroup % SparseTerms.tallRows == 0
    ) { row, column in
      let channel = row / perGroup * window.channels + column / taps
      let (i, j) = (column % taps / wide, column % taps % wide)
      let phase = i % Int(stride.0) * Int(stride.1) + j % Int(stride.1)
      return (channel * phases + phase) * plane + i / Int(stride.0) * pitch
        + j / Int(stride.1) * unit
    }
  }

  /// Brings an image, or eight side by side, into its planes.
  package func split(_ image: Floats, to planes: Floats) {
    precondition(image.count == inputCount && planes.count == planesCount, "all of its pixels")
    withUnsafePointer(to: raw) { ck_sparse_phases($0, image.base, planes.base) }
  }

  /// f(w * x + bias) for some groups of filters in one band, to its places in `y` `[O, oh, ow, unit]`.
  package func forward(
    _ planes: Floats, _ terms: SparseTerms, bias: Floats?, _ activator: Activator, band: Int,
    groups: Range<Int>, scratch: Floats, to y: Floats
  ) {
    let out = outHeight * outWidth * unit
    precondition((bias?.count ?? filters) == filters, "a bias for each filter")
    precondition(planes.count == planesCount && y.count == filters * out, "whole images")
    let rows = band * bandRows..<min(outHeight, (band + 1) * bandRows)
    precondition(band >= 0 && !rows.isEmpty, "a band that exists")
    let first = groups.lowerBound * terms.tall
    let count = min(filters, groups.upperBound * terms.tall) - first
    let spread = SparseTerms.Spread(
      span: (rows.count - 1) * pitch + outWidth * unit, step: 16, outStep: 16, row: bandRow)
    let start = rows.lowerBound * pitch
    terms.spread(
      planes.slice(start, planes.count - start), spread, groups: groups, to: scratch)
    ck_sparse_crop(
      activator.function.rawValue, activator.slope, scratch.base, bias.map { $0.base + first },
      count, bandRow, rows.count, pitch, outWidth * unit,
      y.base + first * out + rows.lowerBound * outWidth * unit, out)
  }
}
