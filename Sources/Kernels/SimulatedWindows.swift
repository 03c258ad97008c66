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
    input = CodePlane(
      height: Int(window.raw.height), width: Int(window.raw.width), channels: depth * groups)
    output = CodePlane(height: window.outHeight, width: window.outWidth, channels: filters)
    weights = Memory(codes.count)
    let base = weights.floats.base
    for filter in 0..<filters {
      for channel in 0..<depth {
        for tap in 0..<taps {
          base[(filter * taps + tap) * depth + channel] =
            Float(codes[(filter * depth + channel) * taps + tap])
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
    let places = examples * window.outCount
    let block = max(1, min(places, SimulatedWindows.most / depth))
    withUnsafeTemporaryAllocation(of: Float.self, capacity: block * (depth + units)) { floats in
      withUnsafeTemporaryAllocation(of: Int32.self, capacity: block * units) { sums in
        guard let patches = floats.baseAddress, let sums = sums.baseAddress else { return }
        for start in stride(from: 0, to: places, by: block) {
          let part = start..<min(places, start + block)
          for group in 0..<groups {
            for (row, place) in part.enumerated() {
              lay(x.base, place, group, patches + row * depth)
            }
            add(patches, rows: part.count, group, parts: patches + block * depth, sums)
            for row in 0..<part.count {
              let target = y.base + (start + row) * output.channels + group * units
              for unit in 0..<units {
                target[unit] = rescale.code(sums[row * units + unit], of: group * units + unit)
              }
            }
          }
        }
      }
    }
  }

  /// One window of one group's channels; outside lies the code of 0.
  private func lay(
    _ x: UnsafePointer<Int8>, _ place: Int, _ group: Int, _ target: UnsafeMutablePointer<Float>
  ) {
    let (example, position) = place.quotientAndRemainder(dividingBy: window.outCount)
    let (line, column) = position.quotientAndRemainder(dividingBy: window.outWidth)
    let raw = window.raw
    let depth = window.channels
    let top = line * Int(raw.stride_height) - Int(raw.padding_height)
    let left = column * Int(raw.stride_width) - Int(raw.padding_width)
    let plane = x + example * input.count + group * depth
    let width = Int(raw.kernel_width)
    // Neighbors of all channels lie side by side.
    let isRun = groups == 1 && left >= 0 && left + width <= input.width
    var next = target
    for y in top..<top + Int(raw.kernel_height) {
      let row = plane + (y * input.width + left) * input.channels
      if y < 0 || y >= input.height {
        next.update(repeating: Float(zero), count: width * depth)
      } else if isRun {
        for i in 0..<width * depth { next[i] = Float(row[i]) }
      } else {
        for x in 0..<width {
          let isInside = left + x >= 0 && left + x < input.width
          for i in 0..<depth {
            next[x * depth + i] = Float(isInside ? row[x * input.channels + i] : zero)
          }
        }
      }
      next += width * depth
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
      for i in 0..<rows * units { sums[i] &+= Int32(parts[i]) }
    }
  }
}
