// Convolution of codes of eight bits: images in lanes of eight, sums exact in 32 bits.
import CKernels

package struct IntegerConvolution: Sendable {
  /// The window over one group's channels.
  package let window: Window
  package let groups: Int
  /// Filters of all groups.
  package let filters: Int
  /// The greatest of each 2x2 block of outputs is kept.
  package let pools: Bool
  /// By group: [tiles][taps][filters of the tile][4].
  private let weights: IntegerStore<Int8>
  private let sums: IntegerStore<Int32>
  private let offsets: IntegerStore<Int32>
  private let hasLowest: Bool

  /// Where each tap's four codes come from: channels side by side, or neighbours in the row where a
  /// group has one channel.
  private struct Tap {
    /// The first of the channels; the row and column in the kernel.
    let channel: Int
    let row: Int
    let column: Int
  }

  /// - Parameter codes: `[filters, channels of a group, kernel height, kernel width]`.
  /// - Returns: nil where the sums might not fit in 32 bits, or a plane is too large for offsets
  ///   of 32 bits.
  package init?(_ codes: [Int8], window: Window, groups: Int, filters: Int, pools: Bool = false) {
    precondition(groups > 0 && filters > 0 && filters % groups == 0, "filters divide into groups")
    let depth = window.channels * window.kernelCount
    precondition(codes.count == filters * depth, "a code for each weight")
    self.window = window
    self.groups = groups
    self.filters = filters
    self.pools = pools
    hasLowest = codes.contains(-128)
    let taps = IntegerConvolution.taps(window)
    let plane = IntegerConvolution.plane(window)
    guard depth <= IntegerMatrix.mostDepth, plane.bytes * plane.quads <= Int(Int32.max) else {
      return nil
    }
    offsets = IntegerStore(taps.count)
    for (i, tap) in taps.enumerated() {
      let place = tap.row * plane.width + tap.column
      offsets.base[i] = Int32(tap.channel / 4 * plane.bytes + place * 32)
    }
    sums = IntegerStore(filters)
    for (i, code) in codes.enumerated() { sums.base[i / depth] += Int32(code) }
    weights = IntegerStore(filters * taps.count * 4)
    pack(codes, taps, filters / groups)
  }

  private static func taps(_ window: Window) -> [Tap] {
    let height = Int(window.raw.kernel_height)
    let width = Int(window.raw.kernel_width)
    let alone = window.channels == 1
    return stride(from: 0, to: window.channels, by: 4).flatMap { channel in
      (0..<height).flatMap { row in
        stride(from: 0, to: width, by: alone ? 4 : 1).map {
          Tap(channel: channel, row: row, column: $0)
        }
      }
    }
  }

  /// A padded plane of four codes in each lane.
  private static func plane(_ window: Window) -> (width: Int, bytes: Int, quads: Int) {
    let raw = window.raw
    let width = Int(raw.width + 2 * raw.padding_width)
    let height = Int(raw.height + 2 * raw.padding_height)
    return (width, width * height * 32, (window.channels + 3) / 4)
  }

  private func pack(_ codes: [Int8], _ taps: [Tap], _ perGroup: Int) {
    let tile = ck_int8_tile()
    var next = weights.base
    for group in 0..<groups {
      for first in stride(from: 0, to: perGroup, by: tile) {
        for tap in taps {
          for filter in first..<min(perGroup, first + tile) {
            for i in 0..<4 {
              next.pointee = code(codes, group * perGroup + filter, tap, i)
              next += 1
            }
          }
        }
      }
    }
  }

  private func code(_ codes: [Int8], _ filter: Int, _ tap: Tap, _ i: Int) -> Int8 {
    let alone = window.channels == 1
    let channel = tap.channel + (alone ? 0 : i)
    let column = tap.column + (alone ? i : 0)
    let width = Int(window.raw.kernel_width)
    guard channel < window.channels, column < width else { return 0 }
    let place = tap.row * width + column
    return codes[(filter * window.channels + channel) * window.kernelCount + place]
  }

  /// Bytes that the codes of eight images take.
  package var codeCount: Int {
    let plane = IntegerConvolution.plane(window)
    return groups * plane.quads * plane.bytes
  }

  /// Floats of eight images' inputs and outputs.
  package var inputCount: Int { groups * window.channels * window.planeCount * Lanes.count }
  package var outputCount: Int { filters * planeOut * Lanes.count }

  private var planeOut: Int {
    pools ? window.outHeight / 2 * (window.outWidth / 2) : window.outCount
  }

  /// y = f(w * x) for images in lanes.
  /// - Parameters:
  ///   - greatest: each lane's greatest magnitude in x, which sets its scale; that of y afterwards.
  ///   - codes: working memory of `codeCount`, zero at first; only this layer may write to it.
  package func forward(
    _ x: Floats, greatest: Floats, codes: Codes, _ finish: IntegerFinish, to y: Floats
  ) {
    precondition(x.count == inputCount && y.count == outputCount, "eight images in lanes")
    precondition(codes.count == codeCount && greatest.count == Lanes.count, "as planned")
    precondition(finish.scales.count == filters, "a scale for each filter")
    withUnsafeTemporaryAllocation(of: Float.self, capacity: 2 * Lanes.count) { buffer in
      guard let scales = buffer.baseAddress else { return }
      let inverses = scales + Lanes.count
      for lane in 0..<Lanes.count {
        let scale = CodeScale(greatest: greatest[lane])
        scales[lane] = scale.scale
        inverses[lane] = scale.inverse
      }
      greatest.fill(0)
      let negative = withUnsafePointer(to: window.raw) {
        ck_int8_lane_codes(x.base, $0, groups, inverses, codes.base) != 0
      }
      for group in 0..<groups {
        convolve(group, negative, codes, scales, finish, y, greatest)
      }
    }
  }

  private func convolve(
    _ group: Int, _ negative: Bool, _ codes: Codes, _ scales: UnsafePointer<Float>,
    _ finish: IntegerFinish, _ y: Floats, _ greatest: Floats
  ) {
    let rows = filters / groups
    let plane = IntegerConvolution.plane(window)
    let raw = window.raw
    let layer = ck_int8_filters(
      weights: weights.base + group * rows * offsets.count * 4, sums: sums.base + group * rows,
      filters: rows, offsets: offsets.base, taps: offsets.count,
      row_step: Int(raw.stride_height) * plane.width * 32,
      column_step: Int(raw.stride_width) * 32, height: window.outHeight, width: window.outWidth,
      pool: pools ? 1 : 0)
    finish.with(from: group * rows) { finish in
      withUnsafePointer(to: finish) { finish in
        withUnsafePointer(to: layer) { layer in
          ck_int8_convolve(
            integerRange(negative: negative, hasLowest: hasLowest),
            codes.base + group * plane.quads * plane.bytes, scales, layer, finish,
            y.base + group * rows * planeOut * Lanes.count, greatest.base)
        }
      }
    }
  }
}
