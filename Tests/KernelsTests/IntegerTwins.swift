// What the integer kernels are compared with: plain Swift that follows the definitions.
import Kernels

extension Dice {
  /// Codes, the lowest and the greatest of the range among them.
  mutating func codes(_ count: Int, _ range: ClosedRange<Int> = -128...127) -> [Int8] {
    (0..<count).map { _ in
      switch size(0...7) {
      case 0: Int8(range.lowerBound)
      case 1: Int8(range.upperBound)
      default: Int8(size(range))
      }
    }
  }
}

extension Dice {
  mutating func values(_ count: Int, _ scale: Float = 2) -> [Float] {
    (0..<count).map { _ in float(scale) }
  }
}

/// rint(x * inverse) in -127...127; NaN gives 0.
func twinCode(_ x: Float, _ scale: CodeScale) -> Int8 {
  let product = x * scale.inverse
  guard !product.isNaN else { return 0 }
  return Int8(max(-127, min(127, product)).rounded(.toNearestOrEven))
}

/// The sums of products of rows of x with rows of w.
func twinProduct(_ x: [Int8], _ w: [Int8], depth: Int) -> [Int32] {
  guard depth > 0 else { return [] }
  return stride(from: 0, to: x.count, by: depth).flatMap { row in
    stride(from: 0, to: w.count, by: depth).map { unit in
      var sum: Int32 = 0
      for i in 0..<depth { sum += Int32(x[row + i]) * Int32(w[unit + i]) }
      return sum
    }
  }
}

/// Rounded after every step, in every set.
func twinFinish(_ sum: Int32, _ xScale: Float, _ finish: IntegerFinish, _ output: Int) -> Float {
  let scaled = Float(sum) * (xScale * finish.scales[output])
  let y = scaled + (finish.bias?[output] ?? 0)
  return finish.relu && y < 0 ? 0 : y
}

/// Sizes of a convolution, and its sums by the definition.
struct TwinConvolution {
  let window: Window
  let plane: (Int, Int)
  let kernel: (Int, Int)
  let stride: (Int, Int)
  let padding: (Int, Int)
  let groups: Int
  let filters: Int

  init?(_ dice: inout Dice) {
    groups = dice.size(0...2) == 0 ? dice.size(2...3) : 1
    filters = groups * dice.size(1...9)
    plane = (dice.size(1...9), dice.size(1...9))
    kernel = (dice.size(1...5), dice.size(1...6))
    stride = (dice.size(1...2), dice.size(1...2))
    padding = (dice.size(0...kernel.0 - 1), dice.size(0...kernel.1 - 1))
    let made = Window(
      channels: dice.size(1...6), plane: plane, kernel: kernel, stride: stride, padding: padding)
    guard let made else { return nil }
    window = made
  }

  var imageCount: Int { groups * window.channels * window.planeCount }
  var weightCount: Int { filters * window.channels * window.kernelCount }

  /// The sum of one filter at one place of the output.
  func sum(_ codes: [Int8], _ weights: [Int8], _ filter: Int, _ y: Int, _ x: Int) -> Int32 {
    var sum: Int32 = 0
    let first = filter / (filters / groups) * window.channels
    for channel in 0..<window.channels {
      for place in 0..<window.kernelCount {
        let row = y * stride.0 + place / kernel.1 - padding.0
        let column = x * stride.1 + place % kernel.1 - padding.1
        guard (0..<plane.0).contains(row), (0..<plane.1).contains(column) else { continue }
        let code = codes[(first + channel) * window.planeCount + row * plane.1 + column]
        let weight = weights[(filter * window.channels + channel) * window.kernelCount + place]
        sum += Int32(code) * Int32(weight)
      }
    }
    return sum
  }

  /// The sums of one filter, pooled where asked: plane by plane.
  func sums(_ codes: [Int8], _ weights: [Int8], _ filter: Int, pools: Bool) -> [Int32] {
    let step = pools ? 2 : 1
    var sums: [Int32] = []
    for y in 0..<window.outHeight / step {
      for x in 0..<window.outWidth / step {
        var greatest = Int32.min
        for i in 0..<step * step {
          let found = sum(codes, weights, filter, y * step + i / step, x * step + i % step)
          greatest = max(greatest, found)
        }
        sums.append(greatest)
      }
    }
    return sums
  }
}
