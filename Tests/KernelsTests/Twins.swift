// What kernels are compared with: random floats, and distances to plain Swift in double precision.
import Kernels
import Testing

/// Random numbers for tests: the same in every run.
struct Dice {
  private var state: UInt64
  init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state
  }

  /// From -scale to scale.
  mutating func float(_ scale: Float = 2) -> Float {
    (Float(next() >> 40) / 16_777_216 - 0.5) * 2 * scale
  }

  mutating func size(_ range: ClosedRange<Int>) -> Int {
    range.lowerBound + Int(next() % UInt64(range.count))
  }

  mutating func floats(_ count: Int, _ scale: Float = 2) -> Numbers {
    Numbers((0..<count).map { _ in float(scale) })
  }
}

/// Floats in memory of the engine, with their values as doubles.
final class Numbers {
  private let memory: Memory
  var view: Floats { memory.floats }

  init(_ values: [Float]) {
    memory = Memory(values.count)
    memory.floats.copy(from: values)
  }

  convenience init(count: Int) { self.init([Float](repeating: 9, count: count)) }

  var doubles: [Double] { memory.floats.array.map(Double.init) }
}

/// Expects values to agree within a share of the greatest of them.
func expectClose(
  _ found: Numbers, _ wanted: [Double], within tolerance: Double = 2e-6, _ what: String = "",
  _ location: SourceLocation = #_sourceLocation
) {
  let scale = max(1, wanted.map { abs($0) }.max() ?? 0)
  let error = zip(found.doubles, wanted).map { abs($0 - $1) / scale }.max() ?? 0
  #expect(found.doubles.count == wanted.count, sourceLocation: location)
  #expect(error < tolerance, "\(what)", sourceLocation: location)
}
