// How long something takes: warmed up, repeated, as a median with its spread. Never implied, never
// stored.
private import Glibc

package struct Latency: Sendable, Equatable {
  package let medianSeconds: Double
  /// The quartiles: half of the runs took between these two.
  package let lowerQuartileSeconds: Double
  package let upperQuartileSeconds: Double
  package let warmups: Int
  package let repetitions: Int

  /// The interquartile range.
  package var spreadSeconds: Double { upperQuartileSeconds - lowerQuartileSeconds }

  /// - Parameter seconds: what each repetition took, in any order.
  /// - Throws: `CompressionError.setting` without any repetition.
  package init(seconds: [Double], warmups: Int) throws(CompressionError) {
    guard !seconds.isEmpty else {
      throw .setting(name: "repetitions", wanted: "at least 1", got: "0")
    }
    self.init(sorted: seconds.sorted(), warmups: warmups)
  }

  /// - Parameter sorted: at least one time, ascending.
  init(sorted: [Double], warmups: Int) {
    medianSeconds = Latency.quantile(0.5, of: sorted)
    lowerQuartileSeconds = Latency.quantile(0.25, of: sorted)
    upperQuartileSeconds = Latency.quantile(0.75, of: sorted)
    self.warmups = warmups
    repetitions = sorted.count
  }

  /// Runs the work `warmups` times unmeasured, then `repetitions` times on the monotonic clock.
  package static func measure<E: Error>(
    warmups: Int = 5, repetitions: Int = 31, _ work: () throws(E) -> Void
  ) throws(E) -> [Double] {
    for _ in 0..<max(0, warmups) { try work() }
    var seconds: [Double] = []
    for _ in 0..<max(0, repetitions) {
      let start = now()
      try work()
      seconds.append(now() - start)
    }
    return seconds
  }

  /// Linear between the two nearest ranks (Hyndman and Fan's type 7, NumPy's default).
  static func quantile(_ fraction: Double, of sorted: [Double]) -> Double {
    let rank = fraction * Double(sorted.count - 1)
    let below = Int(rank)
    let above = min(below + 1, sorted.count - 1)
    return sorted[below] + (rank - Double(below)) * (sorted[above] - sorted[below])
  }

  private static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
