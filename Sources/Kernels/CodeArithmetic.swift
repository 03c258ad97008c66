// What is done to codes of eight bits one by one: coding floats, moving, adding, multiplying.
import CKernels

extension Codes {
  /// Codes of floats: clamp(round(x / scale) + zero), halves to even; what is no number is zero.
  /// - Parameter plane: of each example; floats are `[channels, height, width]`.
  package func encode(
    _ x: [Float], at start: Int, examples: Int, plane: CodePlane, scale: Float, zero: Int,
    codes: ClosedRange<Int>, scratch: Codes
  ) {
    let size = plane.count
    precondition(start >= 0 && start + examples * size <= x.count, "floats that exist")
    precondition(count >= examples * size && scratch.count >= size, "room")
    x.withUnsafeBufferPointer { x in
      guard let floats = x.baseAddress else { return }
      let places = plane.height * plane.width
      for example in 0..<examples {
        let target = base + example * size
        let isFlat = plane.channels == 1 || places == 1
        ck_int8_encode(
          floats + start + example * size, size, scale, Int32(zero), Int32(codes.lowerBound),
          Int32(codes.upperBound), isFlat ? target : scratch.base)
        guard !isFlat else { continue }
        for channel in 0..<plane.channels {
          for place in 0..<places {
            target[place * plane.channels + channel] = scratch.base[channel * places + place]
          }
        }
      }
    }
  }

  /// Each code looked up: `table[code + 128]`.
  package func lookUp(_ table: [Int8], to target: Codes) {
    precondition(table.count == 256 && target.count >= count, "a value for each code")
    table.withUnsafeBufferPointer { table in
      for i in 0..<count { target.base[i] = table[Int(base[i]) + 128] }
    }
  }

  /// target[i] = source[places[i]], example by example; `each` codes belong to one here.
  package func pick(_ places: [Int32], examples: Int, each: Int, to target: Codes) {
    precondition(
      count >= examples * each && target.count >= examples * places.count
        && places.allSatisfy { $0 >= 0 && $0 < each }, "places that exist")
    for example in 0..<examples {
      let (from, to) = (base + example * each, target.base + example * places.count)
      for (i, place) in places.enumerated() { to[i] = from[Int(place)] }
    }
  }

  /// Runs of `width` codes, `stride` apart in the target, from one after the other here.
  package func scatter(width: Int, to target: Codes, at start: Int, stride: Int) {
    precondition(width > 0 && count % width == 0, "whole runs")
    let runs = count / width
    precondition(runs == 0 || start + (runs - 1) * stride + width <= target.count, "room")
    for run in 0..<runs {
      (target.base + start + run * stride).update(from: base + run * width, count: width)
    }
  }

  /// target = clamp(round(Σ (code − zero) · factor · 2^−shift) + its zero).
  package static func add(
    _ terms: [(codes: Codes, zero: Int, factor: Int64)], shift: Int, count: Int, zero: Int,
    range: ClosedRange<Int>, to target: Codes
  ) {
    precondition(target.count >= count && terms.allSatisfy { $0.codes.count >= count }, "room")
    let (low, high) = (Int64(range.lowerBound), Int64(range.upperBound))
    for i in 0..<count {
      var sum: Int64 = 0
      for term in terms { sum += (Int64(term.codes.base[i]) - Int64(term.zero)) * term.factor }
      let code = FixedPoint.shifted(sum, by: shift) + Int64(zero)
      target.base[i] = Int8(truncatingIfNeeded: min(high, max(low, code)))
    }
  }

  /// target = clamp(round((x − its zero) (gate − its zero) · factor) + its zero).
  /// - Parameters:
  ///   - plane: of `x` and the target.
  ///   - gates: of each example: as many as `x` has codes, or one for each channel.
  package static func multiply(
    _ x: (codes: Codes, zero: Int), by gate: (codes: Codes, zero: Int), examples: Int,
    plane: CodePlane, gates: Int, factor: FixedPoint, zero: Int, range: ClosedRange<Int>,
    to target: Codes
  ) {
    let size = plane.count
    precondition(gates == size || gates == plane.channels, "a gate for each code or channel")
    precondition(
      x.codes.count >= examples * size && gate.codes.count >= examples * gates
        && target.count >= examples * size, "room")
    let (low, high) = (Int64(range.lowerBound), Int64(range.upperBound))
    for example in 0..<examples {
      let (codes, own) = (x.codes.base + example * size, gate.codes.base + example * gates)
      let y = target.base + example * size
      for start in stride(from: 0, to: size, by: gates) {
        for i in 0..<gates {
          let product =
            (Int64(codes[start + i]) - Int64(x.zero)) * (Int64(own[i]) - Int64(gate.zero))
          let code = factor.times(product) + Int64(zero)
          y[start + i] = Int8(truncatingIfNeeded: min(high, max(low, code)))
        }
      }
    }
  }
}
