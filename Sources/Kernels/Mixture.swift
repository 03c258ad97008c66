// What several models say of a decision, brought together.

/// Logistic mixing: log odds are weighted and added, and the weights follow the gradient of the
/// coding cost. After Mahoney 2005, "Adaptive weighing of context models for lossless data compression".
struct Mixture {
  /// In 2^-16.
  private var weights: SIMD8<Int32>
  private var inputs = SIMD8<Int32>()
  private var mixed: UInt32 = 32768

  private static let greatest = SIMD8<Int32>(repeating: 4 << 16)

  /// - Parameter tenths: the weights to begin with.
  init(tenths: SIMD8<Int32>) { weights = tenths &* 65536 / 10 }

  /// The probability that the weighted sum of log odds stands for, in 65,536ths: 1...65535.
  @inline(__always)
  mutating func mix(_ inputs: SIMD8<Int32>, _ probabilities: UnsafePointer<UInt16>) -> UInt32 {
    self.inputs = inputs
    let sum = ((weights &>> 4) &* inputs).wrappedSum() >> 12
    let odds = min(max(sum, -Logistic.reach), Logistic.reach)
    mixed = UInt32(probabilities[Int(odds + Logistic.reach)])
    return mixed
  }

  @inline(__always)
  mutating func learn(_ bit: UInt32) {
    let error = Int32(bit << 16) - Int32(mixed)
    weights = weights &+ ((inputs &* error &+ (1 << 15)) &>> 16)
    weights = pointwiseMin(pointwiseMax(weights, 0 &- Mixture.greatest), Mixture.greatest)
  }
}
