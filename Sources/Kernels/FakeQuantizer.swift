// Numbers rounded to a uniform grid and back to floats (fake quantization), with the straight-through
// gradient; and what a run of them spans.

/// y = (clamp(round(x / scale) + zero) − zero) scale, halves to even.
package struct FakeQuantizer: Sendable, Equatable {
  /// Above 0 and finite.
  package let scale: Float
  package let zero: Int
  package let codes: ClosedRange<Int>
  /// What a number is multiplied with before it is rounded; nil to divide by the scale.
  package let inverse: Float?

  package init(scale: Float, zero: Int, codes: ClosedRange<Int>, inverse: Float? = nil) {
    precondition(codes.contains(zero), "zero has a code")
    self.scale = scale
    self.zero = zero
    self.codes = codes
    self.inverse = inverse
  }

  /// The symmetric grid on which the greatest magnitude becomes the last code: as `CodeScale`.
  package static func around(greatest: Float, codes: ClosedRange<Int>) -> FakeQuantizer {
    let top = Float(codes.upperBound)
    let inverse = greatest > 0 ? top / greatest : 0
    // Numbers too small to have an inverse all become 0.
    return FakeQuantizer(
      scale: greatest / top, zero: 0, codes: codes, inverse: inverse < .infinity ? inverse : 0)
  }

  /// The grid from 0 or the least to 0 or the greatest, codes from 0. ONNX DynamicQuantizeLinear.
  package static func over(least: Float, greatest: Float, codes: ClosedRange<Int>) -> FakeQuantizer
  {
    let (low, high) = (min(0, least), max(0, greatest))
    let top = Float(codes.upperBound)
    let scale = (high - low) / top
    guard scale > 0, scale.isFinite else { return FakeQuantizer(scale: 1, zero: 0, codes: codes) }
    let zero = (-low / scale).rounded(.toNearestOrEven)
    return FakeQuantizer(scale: scale, zero: Int(min(top, max(0, zero))), codes: codes)
  }

  private var ends: (low: Float, high: Float) {
    (Float(codes.lowerBound - zero), Float(codes.upperBound - zero))
  }

  /// In steps from zero, before rounding.
  @inline(__always) private func steps(_ x: Float) -> Float {
    if let inverse { x * inverse } else { x / scale }
  }

  /// A number within ±2^22 to the nearest whole one, halves to even: what is no number stays so.
  @inline(__always) private static func rounded(_ x: Float) -> Float {
    let shift: Float = 12_582_912
    return (x + shift) - shift
  }

  /// Rounds `x` to `y`, which may be the same.
  package func round(_ x: Floats, to y: Floats) {
    precondition(x.count == y.count, "as many numbers")
    let (low, high) = ends
    let scale = scale
    for i in 0..<x.count {
      let v = steps(x.base[i])
      let inside = v < low ? low : v > high ? high : v
      y.base[i] = FakeQuantizer.rounded(inside) * scale
    }
  }

  /// The straight-through gradient: dx = dy where the code is none that clipping chose.
  /// - Returns: the gradient by the scale: Σ dy (round(x/s) − x/s) inside, Σ dy · (the end's steps)
  ///   outside. Esser et al. 2020, arXiv:1902.08153.
  package func roundBack(_ dy: Floats, x: Floats, to dx: Floats?) -> Double {
    precondition(dy.count == x.count && (dx == nil || dx?.count == x.count), "as many numbers")
    let (low, high) = ends
    var slope = 0.0
    for i in 0..<x.count {
      let v = steps(x.base[i])
      let code = FakeQuantizer.rounded(v < low - 1 ? low - 1 : v > high + 1 ? high + 1 : v)
      let d = dy.base[i]
      if code < low {
        slope += Double(d * low)
        dx?.base[i] = 0
      } else if code > high {
        slope += Double(d * high)
        dx?.base[i] = 0
      } else {
        slope += Double(d * (code - v))
        dx?.base[i] = d
      }
    }
    return slope
  }
}

extension Floats {
  /// What the numbers span; (0, 0) of none.
  package var span: (least: Float, greatest: Float) {
    guard count > 0 else { return (0, 0) }
    let extremes = Extremes(of: UnsafePointer(base), count)
    return extremes.least <= extremes.greatest ? (extremes.least, extremes.greatest) : (0, 0)
  }

  /// Every `stride`-th number from `start` on, and back.
  package func gathered(from start: Int, stride: Int, to target: Floats) {
    precondition(start + (target.count - 1) * stride < count || target.count == 0, "inside")
    for i in 0..<target.count { target.base[i] = base[start + i * stride] }
  }

  package func scattered(_ source: Floats, from start: Int, stride: Int) {
    precondition(start + (source.count - 1) * stride < count || source.count == 0, "inside")
    for i in 0..<source.count { base[start + i * stride] = source.base[i] }
  }

  /// The signs times a scale (0 counts as positive), and 0 for magnitudes up to a threshold.
  package func signs(times scale: Float, zeroUpTo threshold: Float = -1, to y: Floats) {
    precondition(y.count == count, "as many numbers")
    for i in 0..<count {
      let value = base[i]
      y.base[i] = abs(value) <= threshold ? 0 : value < 0 ? -scale : scale
    }
  }

  /// The straight-through gradient of the sign: dx = dy where |x| ≤ 1. Hubara et al. 2016,
  /// arXiv:1602.02830.
  package func signsBack(x: Floats, to dx: Floats) {
    precondition(x.count == count && dx.count == count, "as many numbers")
    for i in 0..<count { dx.base[i] = abs(x.base[i]) <= 1 ? base[i] : 0 }
  }

  /// The same for signs times the mean magnitude of x: through the signs straight, dy times the mean
  /// where |x| ≤ 1, and through the mean by its slope, sign(x) / n.
  package func scaledSignsBack(x: Floats, to dx: Floats) {
    precondition(x.count == count && dx.count == count, "as many numbers")
    let mean = x.meanMagnitude
    var slope = 0.0
    for i in 0..<count { slope += Double(x.base[i] < 0 ? -base[i] : base[i]) }
    let each = Float(slope / Double(max(1, count)))
    for i in 0..<count {
      dx.base[i] =
        (abs(x.base[i]) <= 1 ? mean * base[i] : 0) + (x.base[i] < 0 ? -each : each)
    }
  }

  /// The gradient by weights whose signs were taken times their mean magnitude, in place: by the mean
  /// and by the sign, each by itself. Rastegari et al. 2016, arXiv:1603.05279, section 3.1.
  package func meanSignsBack(weights: Floats) {
    precondition(weights.count == count, "as many numbers")
    let (mean, share) = (weights.meanMagnitude, 1 / Float(max(1, count)))
    for i in 0..<count { base[i] *= share + (abs(weights.base[i]) <= 1 ? mean : 0) }
  }

  /// Brings what lies outside -1...1 to its end.
  package func clampToOne() {
    for i in 0..<count { base[i] = min(1, max(-1, base[i])) }
  }
}
