// The passes over long arrays against plain Swift, bit for bit, for one, two and five threads.
import Kernels
import Testing

@Suite struct StreamTests {
  @Test(arguments: Specimen.Kind.allCases) func countsAndSpans(_ kind: Specimen.Kind) {
    for size in Specimen.sizes {
      let values = Specimen.values(kind, size)
      let numbers = values.filter { !$0.isNaN }
      for pool in Specimen.pools {
        let found = Extremes(of: values, on: pool)
        #expect(found.least == numbers.min() ?? .infinity)
        #expect(found.greatest == numbers.max() ?? -.infinity)
        #expect(found.strangers == size - numbers.count)
        #expect(found.areFinite == values.allSatisfy { $0.isFinite })
        #expect(Count.nonZeros(in: values, on: pool) == values.count { $0 != 0 })
        #expect(Count.nonBlank(in: values, on: pool) == values.count { $0.bitPattern != 0 })
        for limit: Float in [0.25, -0.5, .infinity, -.infinity] {
          let tamed = values.map { $0.isNaN ? Float.infinity : $0 }
          let (below, equal) = Count.below(limit, in: values, on: pool)
          #expect(below == tamed.count { $0 < limit })
          #expect(equal == tamed.count { $0 == limit })
        }
      }
      guard size > 3 else { continue }
      let part = Extremes(of: values, 1..<size - 1)
      #expect(part == Extremes(of: Array(values[1..<size - 1])))
    }
  }

  @Test(arguments: Specimen.Kind.allCases) func masksTheLowest(_ kind: Specimen.Kind) {
    for size in [1, 7, 33, 1001, 70_001] {
      let scores = Specimen.values(kind, size, seed: 5)
      for count in [0, 1, size / 2, size * 9 / 10, size] {
        let wanted = StreamTwins.lowest(count, of: scores)
        for pool in Specimen.pools {
          let mask = Masking.lowest(count, of: scores, on: pool)
          #expect(mask == wanted)
          let left = Masking.zeroed(scores, where: mask, on: pool)
          let plain = zip(scores, mask).map { $1 ? 0 : $0 }
          #expect(left.patterns == plain.patterns)
          let (positions, values) = Masking.nonBlanks(of: left, on: pool)
          let kept = left.indices.filter { left[$0].bitPattern != 0 }
          #expect(positions.map { Int($0) } == kept)
          #expect(values.patterns == kept.map { left[$0].bitPattern })
          let spread = Masking.spread(values, to: positions, of: size)
          #expect(spread.patterns == left.patterns)
        }
        let (positions, values) = Masking.kept(of: scores, without: wanted)
        let kept = scores.indices.filter { !wanted[$0] }
        #expect(positions.map { Int($0) } == kept)
        #expect(values.patterns == kept.map { scores[$0].bitPattern })
      }
    }
  }

  @Test(arguments: Specimen.Kind.allCases) func roundsElementwise(_ kind: Specimen.Kind) {
    for size in Specimen.sizes {
      let values = Specimen.values(kind, size, seed: 3)
      for pool in Specimen.pools {
        let magnitudes = Elementwise.magnitudes(of: values, on: pool)
        #expect(magnitudes.patterns == values.map { $0.magnitude }.patterns)
        let halves = Elementwise.roundedToHalves(values, brain: false, on: pool)
        #expect(halves.patterns == values.map { StreamTwins.half($0) }.patterns)
        let brains = Elementwise.roundedToHalves(values, brain: true, on: pool)
        #expect(brains.patterns == values.map { StreamTwins.brain($0) }.patterns)
      }
      let bytes = values.flatMap { value in
        (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) }
      }
      #expect(FloatBytes.floats(in: bytes[...]).patterns == values.patterns)
      let shifted = [1, 2, 3] + bytes
      #expect(FloatBytes.floats(in: shifted[3...]).patterns == values.patterns)
    }
  }

  @Test(arguments: Specimen.Kind.allCases) func countsBins(_ kind: Specimen.Kind) {
    for (bins, low, high) in [(1, -1.0, 1.0), (7, -1, 1), (64, -0.5, 0.25), (1000, 0.1, 0.3)] {
      let width = (high - low) / Double(bins)
      let edges = (0...bins).map { $0 == bins ? high : low + Double($0) * width }
      let values = Specimen.values(kind, 70_001, seed: 9)
      var wanted = [Int](repeating: 0, count: bins)
      for value in values.map(Double.init) where value >= low && value <= high {
        // The last edge that is not above the value; the right end belongs to the last bin.
        var bin = min(Int((value - low) / (high - low) * Double(bins)) + 1, bins)
        while bin > 0, bin == bins || edges[bin] > value { bin -= 1 }
        wanted[bin] += 1
      }
      for pool in Specimen.pools {
        #expect(Binning.counts(of: values, edges: edges, on: pool) == wanted)
      }
    }
  }

  @Test(arguments: [Specimen.Kind.bell, .farApart, .zeros]) func sumsBlocks(_ kind: Specimen.Kind) {
    for size in [0, 511, 512, 513, 5000, 70_001] {
      let values = Specimen.values(kind, size, seed: 4)
      let range = min(3, size)..<size
      for pool in Specimen.pools {
        let sums = BlockSums.of(values, range, on: pool)
        #expect(sums == StreamTwins.blockSums(values[range]) { $0 })
        let squares = BlockSums.of(values, range, .squaredDistance(from: 0.3), on: pool)
        #expect(squares == StreamTwins.blockSums(values[range]) { ($0 - 0.3) * ($0 - 0.3) })
      }
    }
  }
}
