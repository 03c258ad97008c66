// Layers on planes of codes against their definitions: the same codes exactly, in every set of
// kernels, over odd sizes, strides, borders and groups.
import Kernels
import Testing

@Suite("Integer windows") struct IntegerWindowsTests {
  /// `[channels, places]` as planes have it.
  static func plane(_ codes: [Int8], channels: Int) -> [Int8] {
    let places = codes.count / channels
    return (0..<codes.count).map { codes[$0 % channels * places + $0 / channels] }
  }

  struct Finish {
    let zero: Int
    let ends: ClosedRange<Int>
    let numbers: [Double]
    let bias: [Int32]

    init(_ dice: inout Dice, _ outputs: Int) {
      let bits = dice.size(9...18)
      zero = dice.size(-128...127)
      let low = dice.size(-128...zero)
      ends = low...dice.size(zero...127)
      numbers = (0..<outputs).map { _ in dice.scale(bits: bits) }
      bias = (0..<outputs).map { _ in Int32(dice.size(-3000...3000)) }
    }

    var rescale: Rescale? {
      Rescale(multipliers: numbers, bias: bias, zero: zero, codes: ends)
    }

    func code(_ sum: Int32, _ output: Int) -> Int8? {
      FixedPoint(numbers[output]).map { twinCode(sum, bias[output], $0, zero, ends) }
    }
  }

  /// round(sum · factor / (count · 2^shift)) + zero, exactly.
  func twinMean(_ sum: Int, _ count: Int, _ ratio: FixedPoint, _ finish: Finish) -> Int8 {
    let top = Int128(sum) * Int128(ratio.factor)
    let unit = Int128(count) << Int128(ratio.shift)
    var below = top / unit
    if top < below * unit { below -= 1 }
    let rest = 2 * (top - below * unit)
    let isUp = rest > unit || rest == unit && below & 1 == 1
    let code = Int(below) + (isUp ? 1 : 0) + finish.zero
    return Int8(min(finish.ends.upperBound, max(finish.ends.lowerBound, code)))
  }

  static let seeds = Array(UInt64(1)...60)

  @Test(arguments: seeds) func convolutionsAreExact(_ seed: UInt64) throws {
    var dice = Dice(seed)
    guard let twin = TwinConvolution(&dice) else { return }
    let isPositive = dice.size(0...1) == 0
    let range = isPositive ? 0...127 : -128...127
    let images = dice.size(1...3)
    let zero = dice.size(range)
    // The border holds the code of 0: the twin sees codes less that one, and a bias without it.
    let x = (0..<images).map { _ in dice.codes(twin.imageCount, range) }
    let w = dice.codes(twin.weightCount, dice.size(0...1) == 0 ? -128...127 : -127...127)
    let finish = Finish(&dice, twin.filters)
    let layer = IntegerWindows(
      w, window: twin.window, groups: twin.groups, filters: twin.filters, zero: zero,
      lowest: range.lowerBound, rescale: try #require(finish.rescale))
    let channels = twin.groups * twin.window.channels
    let rows = x.flatMap { Self.plane($0, channels: channels) }
    // What lies behind the codes is read, and must not count.
    let input = CodeMemory(rows + dice.codes(IntegerWindows.slack))
    let output = CodeMemory(images * layer.output.count)
    let scratch = CodeMemory(dice.codes(layer.scratchCount))
    for _ in 0..<2 {
      layer.forward(input.codes, examples: images, scratch: scratch.codes, to: output.codes)
    }
    let simulated = CodeMemory(output.codes.count)
    SimulatedWindows(
      w, window: twin.window, groups: twin.groups, filters: twin.filters, zero: zero,
      rescale: try #require(finish.rescale)
    ).forward(input.codes, examples: images, to: simulated.codes)
    let places = layer.output.height * layer.output.width
    let depth = twin.window.channels * twin.window.kernelCount
    for (image, codes) in x.enumerated() {
      for filter in 0..<twin.filters {
        for place in 0..<places {
          let (y, x) = (place / layer.output.width, place % layer.output.width)
          // Outside, where the plain twin has 0, the border has the code of 0.
          let inside = twin.sum(codes, w, filter, y, x)
          let ones = twin.sum([Int8](repeating: 1, count: codes.count), w, filter, y, x)
          let all = w[filter * depth..<(filter + 1) * depth].reduce(Int32(0)) { $0 + Int32($1) }
          let sum = inside + Int32(zero) * (all - ones)
          #expect(
            output.codes[image * layer.output.count + place * twin.filters + filter]
              == finish.code(sum, filter))
          #expect(
            simulated.codes[image * layer.output.count + place * twin.filters + filter]
              == finish.code(sum, filter))
        }
      }
    }
  }

  /// Sums that leave the whole numbers that floats hold are cut before they do.
  @Test(arguments: [1024, 1025, 5000]) func simulatedSumsAreExact(_ depth: Int) throws {
    let window = try #require(
      Window(channels: depth, plane: (1, 1), kernel: (1, 1), stride: (1, 1), padding: (0, 0)))
    let bias = [Int32](repeating: Int32(-depth * 128 * 127), count: 2)
    let rescale = try #require(
      Rescale(multipliers: [1, 1], bias: bias, zero: 0, codes: -128...127))
    // All at the far end, and one a single step away.
    var x = [Int8](repeating: -128, count: depth)
    var w = [Int8](repeating: -127, count: 2 * depth)
    x[depth - 1] = -127
    w[depth] = -128
    let input = CodeMemory(x)
    let output = CodeMemory(2)
    SimulatedWindows(w, window: window, groups: 1, filters: 2, zero: 0, rescale: rescale)
      .forward(input.codes, examples: 1, to: output.codes)
    #expect(output.codes[0] == -127 && output.codes[1] == 1)
  }

  @Test(arguments: seeds) func depthwiseConvolutionsAreExact(_ seed: UInt64) throws {
    var dice = Dice(seed)
    let channels = dice.size(2...150)
    let plane = (dice.size(1...7), dice.size(1...7))
    let kernel = (dice.size(1...min(5, plane.0)), dice.size(1...min(5, plane.1)))
    let stride = (dice.size(1...3), dice.size(1...3))
    let padding = (dice.size(0...kernel.0 - 1), dice.size(0...kernel.1 - 1))
    let window = try #require(
      Window(channels: 1, plane: plane, kernel: kernel, stride: stride, padding: padding))
    let zero = dice.size(-128...127)
    let w = dice.codes(channels * window.kernelCount)
    let finish = Finish(&dice, channels)
    let layer = IntegerWindows(
      w, window: window, groups: channels, filters: channels, zero: zero, lowest: -128,
      rescale: try #require(finish.rescale))
    let x = dice.codes(channels * window.planeCount)
    let input = CodeMemory(Self.plane(x, channels: channels) + dice.codes(IntegerWindows.slack))
    let output = CodeMemory(layer.output.count)
    let scratch = CodeMemory(dice.codes(layer.scratchCount))
    layer.forward(input.codes, examples: 1, scratch: scratch.codes, to: output.codes)
    for place in 0..<window.outCount {
      let (row, column) = (place / window.outWidth, place % window.outWidth)
      for channel in 0..<channels {
        var sum: Int32 = 0
        for tap in 0..<window.kernelCount {
          let y = row * stride.0 + tap / kernel.1 - padding.0
          let x0 = column * stride.1 + tap % kernel.1 - padding.1
          let isInside = (0..<plane.0).contains(y) && (0..<plane.1).contains(x0)
          let code = isInside ? x[channel * window.planeCount + y * plane.1 + x0] : Int8(zero)
          sum += Int32(code) * Int32(w[channel * window.kernelCount + tap])
        }
        #expect(output.codes[place * channels + channel] == finish.code(sum, channel))
      }
    }
  }

  @Test(arguments: seeds) func poolsAreExact(_ seed: UInt64) throws {
    var dice = Dice(seed)
    let channels = dice.size(1...80)
    let plane = (dice.size(2...7), dice.size(2...7))
    let kernel = (dice.size(1...plane.0), dice.size(1...plane.1))
    let padding = (dice.size(0...kernel.0 / 2), dice.size(0...kernel.1 / 2))
    let stride = (dice.size(1...3), dice.size(1...3))
    let window = try #require(
      Window(channels: 1, plane: plane, kernel: kernel, stride: stride, padding: padding))
    let isMean = dice.size(0...1) == 0
    // Powers of two have ties that only an exact division sees.
    let number = [0.5, 1, 2, 0.7, 1.9][dice.size(0...4)]
    let ratio = try #require(FixedPoint(number))
    let finish = Finish(&dice, 1)
    let inputZero = dice.size(-128...127)
    let mean = IntegerMean(
      ratio: ratio, inputZero: inputZero, zero: finish.zero, codes: finish.ends)
    let pool = IntegerPool(window, channels: channels, mean: isMean ? mean : nil)
    let images = dice.size(1...3)
    let x = (0..<images).map { _ in dice.codes(channels * window.planeCount) }
    let input = CodeMemory(x.flatMap { Self.plane($0, channels: channels) })
    let output = CodeMemory(images * pool.output.count)
    pool.forward(input.codes, examples: images, to: output.codes)
    for (image, codes) in x.enumerated() {
      for place in 0..<window.outCount {
        let top = place / window.outWidth * stride.0 - padding.0
        let left = place % window.outWidth * stride.1 - padding.1
        for channel in 0..<channels {
          var found: [Int8] = []
          for y in max(0, top)..<min(plane.0, top + kernel.0) {
            for x in max(0, left)..<min(plane.1, left + kernel.1) {
              found.append(codes[channel * window.planeCount + y * plane.1 + x])
            }
          }
          let sum = found.reduce(0) { $0 + Int($1) - inputZero }
          let wanted = isMean ? twinMean(sum, found.count, ratio, finish) : found.max()
          #expect(
            output.codes[image * pool.output.count + place * channels + channel] == wanted)
        }
      }
    }
  }

  @Test(arguments: seeds) func floatsBecomeCodesAsTheGridSays(_ seed: UInt64) throws {
    var dice = Dice(seed)
    let channels = dice.size(1...9)
    let plane = CodePlane(height: dice.size(1...5), width: dice.size(1...5), channels: channels)
    let zero = dice.size(-128...127)
    let low = dice.size(-128...zero)
    let ends = low...dice.size(zero...127)
    let scale = dice.size(0...1) == 0 ? Float(0.25) : abs(dice.float(0.1)) + 1e-6
    // Halves, ends, and what is no number.
    var x = (0..<2 * plane.count).map { _ in Float(dice.size(-600...600)) / 2 * scale }
    x[0] = [.nan, .infinity, -.infinity, 1e38, -0.0][dice.size(0...4)]
    let target = CodeMemory(2 * plane.count)
    let scratch = CodeMemory(plane.count)
    target.codes.encode(
      x, at: 0, examples: 2, plane: plane, scale: scale, zero: zero, codes: ends,
      scratch: scratch.codes)
    let wanted = x.map { value -> Int8 in
      let steps = value / scale
      guard !steps.isNaN else { return Int8(zero) }
      let code = Double(steps.rounded(.toNearestOrEven)) + Double(zero)
      return Int8(min(Double(ends.upperBound), max(Double(ends.lowerBound), code)))
    }
    for example in 0..<2 {
      let part = Array(wanted[example * plane.count..<(example + 1) * plane.count])
      #expect(
        target.codes.slice(example * plane.count, plane.count).array
          == Self.plane(part, channels: channels))
    }
  }

  @Test(arguments: seeds) func codesArePickedFromTheirPlaces(_ seed: UInt64) {
    var dice = Dice(seed)
    let (each, examples) = (dice.size(1...40), dice.size(1...3))
    let places = (0..<dice.size(1...60)).map { _ in Int32(dice.size(0...each - 1)) }
    let x = dice.codes(examples * each)
    let (source, target) = (CodeMemory(x), CodeMemory(examples * places.count))
    source.codes.pick(places, examples: examples, each: each, to: target.codes)
    #expect(
      target.codes.array
        == (0..<examples).flatMap { e in places.map { x[e * each + Int($0)] } })
  }

  /// Against the definition in doubles, which hold all these products exactly.
  @Test(arguments: seeds) func gatesMultiply(_ seed: UInt64) throws {
    var dice = Dice(seed)
    let plane = CodePlane(
      height: dice.size(1...4), width: dice.size(1...4), channels: dice.size(1...9))
    let gates = dice.size(0...1) == 0 ? plane.count : plane.channels
    let (x, gate) = (dice.codes(2 * plane.count), dice.codes(2 * gates))
    let zeros = (0..<3).map { _ in dice.size(-128...127) }
    let factor = try #require(FixedPoint(Double(abs(dice.float(0.05))) + 1e-4))
    let low = dice.size(-128...zeros[2])
    let range = low...dice.size(zeros[2]...127)
    let memory = [CodeMemory(x), CodeMemory(gate)]
    let target = CodeMemory(2 * plane.count)
    Codes.multiply(
      (memory[0].codes, zero: zeros[0]), by: (memory[1].codes, zero: zeros[1]),
      examples: 2, plane: plane, gates: gates, factor: factor, zero: zeros[2], range: range,
      to: target.codes)
    for i in 0..<2 * plane.count {
      let (example, place) = i.quotientAndRemainder(dividingBy: plane.count)
      let product = (Int(x[i]) - zeros[0]) * (Int(gate[example * gates + place % gates]) - zeros[1])
      let steps = (Double(product) * factor.value).rounded(.toNearestOrEven)
      let code = min(Double(range.upperBound), max(Double(low), steps + Double(zeros[2])))
      #expect(target.codes[i] == Int8(code))
    }
  }
}
