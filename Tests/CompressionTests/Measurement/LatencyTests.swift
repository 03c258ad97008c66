// Medians and quartiles as NumPy's, and work that is run as often as asked. Nothing here is timed.
import Compression
import Testing

@Suite struct LatencyTests {
  /// numpy.quantile(x, [0.25, 0.5, 0.75]) of NumPy 2.4.6
  @Test(arguments: [
    ([5, 1, 4, 2, 3, 9.5, 7], 2.5, 4.0, 6.0), ([4, 1, 3, 2], 1.75, 2.5, 3.25), ([2], 2, 2, 2),
  ])
  func equalsNumPy(_ seconds: [Double], _ low: Double, _ median: Double, _ high: Double) throws {
    let latency = try Latency(seconds: seconds, warmups: 0)
    #expect(latency.lowerQuartileSeconds == low)
    #expect(latency.medianSeconds == median)
    #expect(latency.upperQuartileSeconds == high)
    #expect(latency.spreadSeconds == high - low)
  }

  @Test func runsWarmUpsAndRepetitions() {
    var runs = 0
    let seconds = Latency.measure(warmups: 3, repetitions: 4) { runs += 1 }
    #expect(runs == 7)
    #expect(seconds.count == 4 && seconds.allSatisfy { $0 >= 0 })
  }

  @Test func wantsARepetition() {
    #expect(throws: CompressionError.self) { try Latency(seconds: [], warmups: 1) }
  }
}
