// Straight pieces and random signs against loops that one can read.
import Kernels
import Testing

@Suite struct PiecesTests {
  private func numbers(_ count: Int, _ seed: Int) -> [Float] {
    (0..<count).map { Float(($0 * 7919 + seed * 104_729) % 2003) / 1000 - 1 }
  }

  private func memory(_ values: [Float]) -> Memory {
    let memory = Memory(values.count)
    memory.floats.copy(from: values)
    return memory
  }

  @Test func linesAreElementByElement() {
    let (a, x, b) = (numbers(37, 1), numbers(37, 2), numbers(37, 3))
    let (slopes, inputs, offsets) = (memory(a), memory(x), memory(b))
    let y = Memory(37)
    y.floats.line(slopes.floats, inputs.floats, plus: offsets.floats)
    for i in 0..<37 { #expect(abs(y.floats[i] - (a[i] * x[i] + b[i])) < 1e-6) }
    y.floats.product(slopes.floats, inputs.floats)
    #expect(y.floats.array == zip(a, x).map { $0 * $1 })
    y.floats.copy(from: b)
    y.floats.subtract(slopes.floats, times: inputs.floats)
    for i in 0..<37 { #expect(abs(y.floats[i] - (b[i] - a[i] * x[i])) < 1e-6) }
  }

  /// What was the greatest is picked again; of other numbers, those at the same places.
  @Test(arguments: [
    (2, 2, 0, 6, 8), (2, 2, 0, 7, 9), (3, 2, 1, 9, 8), (3, 1, 0, 5, 6), (2, 3, 1, 8, 7),
  ])
  func placesArePicked(_ size: Int, _ stride: Int, _ padding: Int, _ height: Int, _ width: Int)
    throws
  {
    let window = try #require(
      Window(
        channels: 3, plane: (height, width), kernel: (size, size), stride: (stride, stride),
        padding: (padding, padding)))
    for lanes in [1, Lanes.count] {
      let (inputs, outputs) = (3 * height * width * lanes, 3 * window.outCount * lanes)
      let x = memory(numbers(inputs, 4))
      let (y, picked) = (Memory(outputs), Memory(outputs))
      let places = Memory(Window.places(outputs))
      let twice = memory(x.floats.array.map { 2 - $0 })
      if lanes == 1 {
        window.maxPool(x.floats, to: y.floats, places: places.floats)
        window.pick(x.floats, at: places.floats, to: picked.floats)
        #expect(picked.floats.array == y.floats.array)
        window.pick(twice.floats, at: places.floats, to: picked.floats)
      } else {
        window.maxPoolLanes(x.floats, to: y.floats, places: places.floats)
        window.pickLanes(x.floats, at: places.floats, to: picked.floats)
        #expect(picked.floats.array == y.floats.array)
        window.pickLanes(twice.floats, at: places.floats, to: picked.floats)
      }
      #expect(picked.floats.array == y.floats.array.map { 2 - $0 })
    }
  }

  @Test(arguments: [1, 63, 64, 65, 200]) func signsAreBits(_ count: Int) {
    let words: [UInt64] = [0x0123_4567_89ab_cdef, .max, 0, 0xf0f0_0f0f_1234_8765]
    var signs = [Float](repeating: 9, count: count)
    RandomSigns.fill(&signs, words)
    for (i, sign) in signs.enumerated() {
      #expect(sign == (words[i / 64] >> UInt64(i % 64) & 1 == 0 ? 1 : -1))
    }
  }

  @Test(arguments: [0, 1, 7, 8, 9, 100]) func productsAreInDoublePrecision(_ count: Int) {
    let (x, y) = (numbers(count, 5), numbers(count, 6))
    let wanted = zip(x, y).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
    #expect(abs(RandomSigns.dot(x, y) - wanted) < 1e-12)
    var moved = [Float](repeating: 0, count: count)
    RandomSigns.move(x, by: 0.5, along: y, to: &moved)
    #expect(moved == zip(x, y).map { $0 + 0.5 * $1 })
  }
}
