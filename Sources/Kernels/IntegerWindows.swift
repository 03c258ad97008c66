// Layers on codes of eight bits from end to end: images as planes with channels side by side, sums
// exact in 32 bits, and codes again in fixed point. Floats come in and go out at the ends only.
import CKernels

/// Codes of one example: `[height, width, channels]`.
package struct CodePlane: Sendable, Equatable {
  package let height: Int
  package let width: Int
  package let channels: Int

  package init(height: Int, width: Int, channels: Int) {
    self.height = height
    self.width = width
    self.channels = channels
  }

  package var count: Int { height * width * channels }

  /// What a window slides over.
  init(under window: Window, channels: Int) {
    self.init(height: Int(window.raw.height), width: Int(window.raw.width), channels: channels)
  }

  /// What comes of it.
  init(from window: Window, channels: Int) {
    self.init(height: window.outHeight, width: window.outWidth, channels: channels)
  }
}

/// A dense layer or a convolution on codes.
package struct IntegerWindows: Sendable {
  package let input: CodePlane
  package let output: CodePlane
  /// Codes of working memory: the input with its border, and one group's channels of it.
  package let scratchCount: Int
  /// The greatest of each 2 x 2 of its outputs is what leaves it.
  package let pools: Bool
  private let window: Window
  private let groups: Int
  private let zero: Int8
  private let rescale: Rescale
  private let isDepthwise: Bool
  /// By group [tiles of 16][kernel rows][k / 4][16][4]; by depth [taps][channels].
  private let weights: IntegerStore<Int8>
  private let sums: IntegerStore<Int32>
  private let offsets: IntegerStore<Int32>
  private let range: Int32

  /// Bytes that may be read, and are not used, past the end of a plane.
  package static let slack = 128

  /// - Parameters:
  ///   - codes: `[filters, channels of a group, kernel height, kernel width]`.
  ///   - window: over one group's channels; for a dense layer 1 × 1 on a plane of one place.
  ///   - zero: the code of 0 in the input, which pads it; `lowest` the lowest that occurs.
  ///   - rescale: its bias holds what the input's zero adds to each sum.
  package init(
    _ codes: [Int8], window: Window, groups: Int, filters: Int, zero: Int, lowest: Int,
    rescale: Rescale, pools: Bool = false
  ) {
    let raw = window.raw
    let depth = window.channels
    precondition(codes.count == filters * depth * window.kernelCount, "a code for each weight")
    precondition(rescale.count == filters, "one for each filter")
    self.window = window
    self.groups = groups
    self.zero = Int8(zero)
    self.rescale = rescale
    input = CodePlane(under: window, channels: depth * groups)
    self.pools = pools
    let half = pools ? 2 : 1
    output = CodePlane(
      height: window.outHeight / half, width: window.outWidth / half, channels: filters)
    precondition(!pools || groups == 1, "pooling is for whole planes")
    isDepthwise = depth == 1 && filters == groups && groups > 1
    let padded = IntegerWindows.padded(window)
    let isBordered = padded.count != window.planeCount
    scratchCount =
      (isBordered ? padded.count * depth * groups + IntegerWindows.slack : 0)
      + (groups > 1 && !isDepthwise ? padded.count * depth + IntegerWindows.slack : 0)
    sums = IntegerStore((filters + 15) / 16 * 16 * groups)
    range = integerRange(negative: lowest < 0, hasLowest: codes.contains(-128))
    let taps = window.kernelCount
    offsets = IntegerStore(taps)
    guard !isDepthwise else {
      weights = IntegerStore(taps * filters)
      for filter in 0..<filters {
        for tap in 0..<taps { weights.base[tap * filters + filter] = codes[filter * taps + tap] }
      }
      let columns = Int(raw.kernel_width)
      for tap in 0..<taps {
        offsets.base[tap] = Int32((tap / columns * padded.width + tap % columns) * groups)
      }
      return
    }
    let run = IntegerWindows.runLength(window)
    let perGroup = filters / groups
    let tiles = (perGroup + 15) / 16
    weights = IntegerStore(groups * tiles * Int(raw.kernel_height) * run * 16)
    pack(codes, run, perGroup, tiles)
  }

  private struct Size {
    let width: Int
    let count: Int
  }

  /// Places of the input with its border.
  private static func padded(_ window: Window) -> Size {
    let raw = window.raw
    let width = Int(raw.width + 2 * raw.padding_width)
    return Size(width: width, count: width * Int(raw.height + 2 * raw.padding_height))
  }

  /// Codes of a row of the kernel, in whole fours.
  private static func runLength(_ window: Window) -> Int {
    (Int(window.raw.kernel_width) * window.channels + 3) / 4 * 4
  }

  private func pack(_ codes: [Int8], _ run: Int, _ perGroup: Int, _ tiles: Int) {
    let depth = window.channels
    let (rows, columns) = (Int(window.raw.kernel_height), Int(window.raw.kernel_width))
    // Where the weights of the first filter of a tile lie, in their order.
    let places = (0..<depth).flatMap { channel in
      (0..<rows * columns).map { tap in
        let k = tap % columns * depth + channel
        return (tap / columns * run + k / 4 * 4) * 16 + k % 4
      }
    }
    codes.withUnsafeBufferPointer { codes in
      for filter in 0..<groups * perGroup {
        let (group, unit) = (filter / perGroup, filter % perGroup)
        let tile = (group * tiles + unit / 16) * rows * run * 16 + unit % 16 * 4
        var sum: Int32 = 0
        for (i, place) in places.enumerated() {
          let code = codes[filter * places.count + i]
          weights.base[tile + place] = code
          sum += Int32(code)
        }
        sums.base[group * tiles * 16 + unit] = sum
      }
    }
  }

  /// - Parameters:
  ///   - examples: one after the other in `x` and `y`; `x` may be read `slack` codes past its end.
  ///   - scratch: `scratchCount` codes.
  package func forward(_ x: Codes, examples: Int, scratch: Codes, to y: Codes) {
    precondition(x.count >= examples * input.count + IntegerWindows.slack, "inputs and slack")
    precondition(y.count >= examples * output.count && scratch.count >= scratchCount, "room")
    if window.kernelCount == 1, window.outCount == 1, window.planeCount == 1, groups == 1 {
      return product(x.base, stride: input.count, rows: examples, 0, y.base)
    }
    for example in 0..<examples {
      let plane = bordered(x.base + example * input.count, scratch)
      let out = y.base + example * output.count
      if isDepthwise {
        depthwise(plane, out)
      } else if pools {
        convolveAndPool(plane, out)
      } else {
        for group in 0..<groups { convolve(group, plane, scratch, out) }
      }
    }
  }

  /// Two lines of sums at a time, of which the greatest become codes.
  private func convolveAndPool(
    _ x: UnsafePointer<Int8>, _ y: UnsafeMutablePointer<Int8>
  ) {
    let raw = window.raw
    let filters = output.channels
    let ld = (filters + 15) / 16 * 16
    let row = IntegerWindows.padded(window).width * window.channels
    let width = window.outWidth
    withUnsafeTemporaryAllocation(of: Int32.self, capacity: 2 * width * ld + 16) { sums in
      guard let sums = sums.baseAddress else { return }
      sums.initialize(repeating: 0, count: 2 * width * ld + 16)
      var finish = rescale.raw()
      for line in 0..<output.height {
        for half in 0..<2 {
          var job = rows(
            x + (2 * line + half) * Int(raw.stride_height) * row,
            stride: Int(raw.stride_width) * window.channels, rows: width)
          ck_int8_sums(
            range, &job, weights.base, self.sums.base, filters, sums + half * width * ld, ld)
        }
        ck_int8_pooled(
          sums, width, ld, &finish, filters, y + line * output.width * filters, filters)
      }
    }
  }

  /// Windows side by side, as the kernels read them.
  private func rows(_ x: UnsafePointer<Int8>, stride: Int, rows: Int) -> ck_int8_rows {
    ck_int8_rows(
      x: x, ld: stride, rows: rows, k: IntegerWindows.runLength(window),
      segments: Int(window.raw.kernel_height),
      segment_step: IntegerWindows.padded(window).width * window.channels)
  }

  /// The input with its border, where it has one.
  private func bordered(_ x: UnsafePointer<Int8>, _ scratch: Codes) -> UnsafePointer<Int8> {
    let raw = window.raw
    let size = IntegerWindows.padded(window)
    guard size.count != window.planeCount else { return x }
    let row = input.width * input.channels
    scratch.base.update(repeating: zero, count: size.count * input.channels)
    let start = Int(raw.padding_height) * size.width + Int(raw.padding_width)
    for y in 0..<input.height {
      (scratch.base + (start + y * size.width) * input.channels)
        .update(from: x + y * row, count: row)
    }
    return UnsafePointer(scratch.base)
  }

  private func convolve(
    _ group: Int, _ plane: UnsafePointer<Int8>, _ scratch: Codes, _ y: UnsafeMutablePointer<Int8>
  ) {
    let raw = window.raw
    let size = IntegerWindows.padded(window)
    var x = plane
    let depth = window.channels
    if groups > 1 {
      let part = scratch.base + scratchCount - (size.count * depth + IntegerWindows.slack)
      for place in 0..<size.count {
        (part + place * depth).update(
          from: plane + place * input.channels + group * depth, count: depth)
      }
      x = UnsafePointer(part)
    }
    let step = Int(raw.stride_width) * depth
    let row = size.width * depth
    // Windows of one place that follow each other without a gap are one long row.
    let isRow = window.kernelCount == 1 && raw.stride_height == 1 && raw.stride_width == 1
    let lines = isRow ? 1 : window.outHeight
    for line in 0..<lines {
      product(
        x + line * Int(raw.stride_height) * row, stride: step,
        rows: isRow ? window.outCount : window.outWidth, group,
        y + line * window.outWidth * output.channels)
    }
  }

  private func product(
    _ x: UnsafePointer<Int8>, stride: Int, rows: Int, _ group: Int,
    _ y: UnsafeMutablePointer<Int8>
  ) {
    let perGroup = output.channels / groups
    let tiles = (perGroup + 15) / 16
    var job = self.rows(x, stride: stride, rows: rows)
    var finish = rescale.raw(from: group * perGroup)
    ck_int8_fixed(
      range, &job, weights.base + group * tiles * job.segments * job.k * 16,
      sums.base + group * tiles * 16, &finish, perGroup, y + group * perGroup, output.channels)
  }

  private func depthwise(_ x: UnsafePointer<Int8>, _ y: UnsafeMutablePointer<Int8>) {
    let raw = window.raw
    let row = IntegerWindows.padded(window).width * groups
    var finish = rescale.raw()
    for line in 0..<window.outHeight {
      ck_int8_depthwise(
        x + line * Int(raw.stride_height) * row, Int(raw.stride_width) * groups, window.outWidth,
        offsets.base, offsets.count, weights.base, &finish, groups,
        y + line * window.outWidth * groups, groups)
    }
  }
}

/// The greatest or the mean of windows of codes, channel by channel; places outside do not count.
package struct IntegerPool: Sendable {
  package let input: CodePlane
  package let output: CodePlane
  /// For each place of the output, where the places of its window are.
  private let taps: [[Int32]]
  private let mean: IntegerMean?

  /// - Parameter mean: nil for the greatest.
  package init(_ window: Window, channels: Int, mean: IntegerMean?) {
    let raw = window.raw
    input = CodePlane(under: window, channels: channels)
    output = CodePlane(from: window, channels: channels)
    var taps: [[Int32]] = []
    for y in 0..<window.outHeight {
      for x in 0..<window.outWidth {
        let top = y * Int(raw.stride_height) - Int(raw.padding_height)
        let left = x * Int(raw.stride_width) - Int(raw.padding_width)
        let rows = max(0, top)..<min(Int(raw.height), top + Int(raw.kernel_height))
        let columns = max(0, left)..<min(Int(raw.width), left + Int(raw.kernel_width))
        taps.append(
          rows.flatMap { row in
            columns.map { Int32((row * Int(raw.width) + $0) * channels) }
          })
      }
    }
    self.taps = taps
    self.mean = mean
  }

  package func forward(_ x: Codes, examples: Int, to y: Codes) {
    precondition(x.count >= examples * input.count && y.count >= examples * output.count, "room")
    let channels = input.channels
    withUnsafeTemporaryAllocation(of: Int32.self, capacity: channels + 15) { sums in
      sums.initialize(repeating: 0)
      guard let sums = sums.baseAddress else { return }
      for example in 0..<examples {
        let plane = x.base + example * input.count
        for (place, offsets) in taps.enumerated() {
          let target = y.base + example * output.count + place * channels
          offsets.withUnsafeBufferPointer { offsets in
            guard let first = offsets.baseAddress else { return }
            if let mean {
              ck_int8_sum_of(plane, first, offsets.count, channels, sums)
              for i in 0..<channels { target[i] = mean.code(sums[i], of: offsets.count) }
            } else {
              ck_int8_greatest_of(plane, first, offsets.count, channels, target)
            }
          }
        }
      }
    }
  }
}
