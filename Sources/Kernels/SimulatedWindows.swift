// Layers on codes with their products summed as floats: a simulation of whole-number hardware.
import CKernels

/// What `IntegerWindows` does, by matrix products of floats.
///
/// Whole numbers up to 2^24 are exact as floats, in any order of adding. Sums that might grow beyond
/// are cut, and their parts added as whole numbers: the codes are those of `IntegerWindows`.
package struct SimulatedWindows: Sendable {
  package let input: CodePlane
  package let output: CodePlane
  private let window: Window
  private let groups: Int
  private let zero: Int8
  private let rescale: Rescale
  /// `[filters, kernel height, kernel width, channels of a group]`.
  private let weights: Memory

  /// Products of two codes whose sum is exact, however they add up: 2^24 / 128^2.
  private static let exactDepth = 1024
  /// Floats of windows laid out at a time.
  private static let most = 1 << 18

  /// - Parameters: as those of `IntegerWindows`.
  package init(
    _ codes: [Int8], window: Window, groups: Int, filters: Int, zero: Int, rescale: Rescale
  ) {
    let depth = window.channels
    let taps = window.kernelCount
    precondition(codes.count == filters * depth * taps, "a code for each weight")
    precondition(rescale.count == filters, "one for each filter")
    self.window = window
    self.groups = groups
    self.zero = Int8(zero)
    self.rescale = rescale
    input = CodePlane(under: window, channels: depth * groups)
    output = CodePlane(from: window, channels: filters)
    weights = Memory(codes.count)
    let base = weights.floats.base
    codes.withUnsafeBufferPointer { codes in
      for filter in stride(from: 0, to: codes.count, by: depth * taps) {
        for channel in 0..<depth {
          for tap in 0..<taps {
            base[filter + tap * depth + channel] = Float(codes[filter + channel * taps + tap])
          }
        }
      }
    }
  }

  /// - Parameter examples: one after the other in `x` and `y`.
  package func forward(_ x: Codes, examples: Int, to y: Codes) {
    precondition(
      x.count >= examples * input.count && y.count >= examples * output.count, "room")
    let depth = window.channels * window.kernelCount
    let units = output.channels / groups
    // Images one by one; lists together.
    let together = window.planeCount == 1 ? examples : 1
    let block = max(1, min(together * window.outCount, SimulatedWindows.most / depth))
    let room = together * input.count + block * (depth + units)
    withUnsafeTemporaryAllocation(of: Float.self, capacity: room) { floats in
      withUnsafeTemporaryAllocation(of: Int32.self, capacity: block * units + 15) { sums in
        guard let images = floats.baseAddress, let sums = sums.baseAddress else { return }
        sums.initialize(repeating: 0, count: block * units + 15)
        let patches = images + together * input.count
        for first in stride(from: 0, to: examples, by: together) {
          let codes = x.base + first * input.count
          for i in 0..<together * input.count { images[i] = Float(codes[i]) }
          let places = together * window.outCount
          for start in stride(from: 0, to: places, by: block) {
            let part = start..<min(places, start + block)
            for group in 0..<groups {
              lay(images, part, group, patches)
              add(patches, rows: part.count, group, parts: patches + block * depth, sums)
              var finish = rescale.raw(from: group * units)
              ck_int8_rescaled(
                sums, part.count, &finish, units,
                y.base + first * output.count + start * output.channels + group * units,
                output.channels)
            }
          }
        }
      }
    }
  }

  /// Windows of one group's channels; outside lies the code of 0.
  private func lay(
    _ images: UnsafePointer<Float>, _ places: Range<Int>, _ group: Int,
    _ patches: UnsafeMutablePointer<Float>
  ) {
    let raw = window.raw
    let depth = window.channels
    let width = Int(raw.kernel_width)
    var next = patches
    for place in places {
      let (image, position) = place.quotientAndRemainder(dividingBy: window.outCount)
      let (line, column) = position.quotientAndRemainder(dividingBy: window.outWidth)
      let top = line * Int(raw.stride_height) - Int(raw.padding_height)
      let left = column * Int(raw.stride_width) - Int(raw.padding_width)
      // Neighbors of all channels lie side by side.
      let isRun = groups == 1 && left >= 0 && left + width <= input.width
      for y in top..<top + Int(raw.kernel_height) {
        let row = image * input.count + y * input.width * input.channels + group * depth
        if y < 0 || y >= input.height {
          next.update(repeating: Float(zero), count: width * depth)
        } else if isRun {
          next.update(from: images + row + left * input.channels, count: width * depth)
        } else {
          for x in 0..<width {
            let target = next + x * depth
            if left + x >= 0, left + x < input.width {
              target.update(from: images + row + (left + x) * input.channels, count: depth)
            } else {
              target.update(repeating: Float(zero), count: depth)
            }
          }
        }
        next += width * depth
      }
    }
  }

  /// `[rows, units of the group]` sums of products.
  private func add(
    _ patches: UnsafePointer<Float>, rows: Int, _ group: Int,
    parts: UnsafeMutablePointer<Float>, _ sums: UnsafeMutablePointer<Int32>
  ) {
    let depth = window.channels * window.kernelCount
    let units = output.channels / groups
    let own = weights.floats.base + group * units * depth
    sums.update(repeating: 0, count: rows * units)
    for start in stride(from: 0, to: depth, by: SimulatedWindows.exactDepth) {
      gemm(
        transB: true, m: rows, n: units, k: min(depth - start, SimulatedWindows.exactDepth),
        a: patches + start, lda: depth, b: own + start, ldb: depth, c: parts, ldc: units)
      ck_add_whole(parts, rows * units, sums)
    }
  }
}
