// Exact selection against sorting, and rounding to grids against the formula, bit for bit.
import Kernels
import Testing

@Suite struct SelectionTests {
  @Test(arguments: Specimen.Kind.allCases, [Selection.Order.value, .magnitude])
  func selectsWhatSortingFinds(_ kind: Specimen.Kind, _ order: Selection.Order) {
    // The last size is beyond those whose keys are simply copied.
    for size in [1, 2, 7, 31, 1001, 140_001] {
      let values = Specimen.values(kind, size, seed: 11)
      let sorted = StreamTwins.sorted(values, order)
      for pool in Specimen.pools {
        for rank in Set([0, 1, size / 10, size / 2, size * 9 / 10, size - 2, size - 1])
        where rank >= 0 && rank < size {
          let found = Selection.smallest(rank, of: values, by: order, on: pool)
          #expect(
            found.isNaN ? sorted[rank].isNaN : found.bitPattern == sorted[rank].bitPattern,
            "\(kind) \(size) \(rank)")
        }
      }
    }
  }

  /// What the sample does not see: a few blocks hold all that matters.
  @Test func selectsWhereTheSampleMisleads() {
    let size = 1 << 18
    for period in [16, 4096] {
      let values = (0..<size).map { i in i % period < 16 ? Float(i % 251) : -Float(i % 127) }
      let sorted = StreamTwins.sorted(values, .value)
      for rank in stride(from: 0, to: size, by: size / 5) {
        #expect(Selection.smallest(rank, of: values) == sorted[rank])
      }
    }
    var values = [Float](repeating: 1, count: size)
    for i in 0..<40 { values[size / 2 + i] = Float(i) / 100 }
    let sorted = values.sorted()
    for rank in [0, 1, 20, 39, 40, 41] {
      #expect(Selection.smallest(rank, of: values) == sorted[rank])
    }
  }
}

@Suite struct RoundingTests {
  static let grids = [
    UniformGrid(scale: 0.01, zero: 0, codes: -127...127, bits: 8),
    UniformGrid(scale: 0.02, zero: 99, codes: 0...255, bits: 8),
    UniformGrid(scale: 1, zero: 0, codes: -8...7, bits: 4),
    UniformGrid(scale: 0.5, zero: 2, codes: 0...3, bits: 2),
    UniformGrid(scale: .leastNormalMagnitude, zero: 0, codes: -127...127, bits: 8),
    UniformGrid(scale: 1e38, zero: 0, codes: -1...1, bits: 2),
  ]

  /// Runs of one length, the last one shorter.
  static func runs(_ count: Int, _ length: Int) -> [Range<Int>] {
    stride(from: 0, to: count, by: length).map { $0..<min($0 + length, count) }
  }

  @Test(arguments: [1, 7, 31, 64, 1001, 65_536, 200_000])
  func roundsAsTheFormula(_ length: Int) {
    for size in [0, 1, 31, 1001, length > 65_536 ? 140_003 : 9_999] {
      // Halves are ties of the grid with scale 1; what is not finite has no code.
      let values = Specimen.values(length % 2 == 0 ? .farApart : .bell, size, seed: 21)
        .enumerated().map { $0 % 5 == 0 ? Float($0 % 21) / 2 - 5 : $1 }
      let runs = Self.runs(size, length)
      let grids = runs.indices.map { Self.grids[$0 % Self.grids.count] }
      for pool in Specimen.pools {
        let (codes, found) = Rounding.codes(of: values, runs: runs, on: pool) { run, extremes in
          #expect(extremes.least == values[run].min())
          #expect(extremes.greatest == values[run].max())
          return grids[run.lowerBound / length]
        }
        #expect(found == grids)
        let wanted = zip(runs, grids).flatMap { run, grid in
          values[run].map { StreamTwins.code($0, grid) }
        }
        let stored = zip(runs, grids).flatMap { run, grid in
          wanted[run].map { UInt8(truncatingIfNeeded: $0 & (1 << grid.bits - 1)) }
        }
        #expect(codes == stored)
        let back = Rounding.values(of: codes, runs: runs, on: pool) { grids[$0] }
        let plain = zip(runs, grids).flatMap { run, grid in
          wanted[run].map { StreamTwins.value($0, grid) }
        }
        #expect(back == plain)
        for (run, grid) in zip(runs.prefix(7), grids) {
          let errors = run.map { Double(values[$0] - plain[$0]) }
          #expect(grid.squaredError(of: values, run) == errors.reduce(0) { $0 + $1 * $1 })
        }
      }
    }
  }

  /// Where a quotient lies between two codes, the last bit of it decides.
  @Test func roundsAtTheTiesAsADivision() {
    var dice = Dice(31)
    for exponent in [-125, -101, -100, -99, -20, -7, 0, 5, 99, 100, 110] {
      let runs = Self.runs(40 * 512, 512)
      let scales = runs.map { _ in
        Float(sign: .plus, exponent: exponent, significand: 1.5 + dice.float(0.5))
      }
      let values = scales.flatMap { scale in
        (0..<512).map { i in
          var value = (Float(i) - 255.5) * scale
          for _ in 0..<dice.size(0...3) { value = value.nextUp }
          for _ in 0..<dice.size(0...3) { value = value.nextDown }
          return value
        }
      }
      let grids = scales.map { UniformGrid(scale: $0, zero: 0, codes: -128...127, bits: 8) }
      let (codes, _) = Rounding.codes(of: values, runs: runs) { run, _ in
        grids[run.lowerBound / 512]
      }
      let wanted = zip(runs, grids).flatMap { run, grid in
        values[run].map { UInt8(truncatingIfNeeded: StreamTwins.code($0, grid)) }
      }
      #expect(codes == wanted)
    }
  }

  /// More codes than caches hold are written past them. Three rows take turns; no row begins where a
  /// line of the cache does.
  @Test func roundsPastTheCaches() {
    let length = 40_009
    let rows = (1...3).map { factor in
      Specimen.values(.bell, length, seed: 8).map { $0 * Float(factor) }
    }
    let count = 420 * length
    var values: [Float] = []
    values.reserveCapacity(count)
    for turn in 0..<420 { values += rows[turn % 3] }
    let runs = Self.runs(count, length)
    let (codes, grids) = Rounding.codes(of: values, runs: runs) { _, extremes in
      UniformGrid(scale: extremes.magnitude / 127, zero: 0, codes: -127...127, bits: 8)
    }
    let back = Rounding.values(of: codes, runs: runs) { grids[$0] }
    let wanted = zip(rows, grids).map { row, grid in row.map { StreamTwins.code($0, grid) } }
    for (turn, run) in runs.enumerated() {
      #expect(grids[turn] == grids[turn % 3])
      // Lines of the cache are shared at the ends of a row; the inside of few rows is enough.
      let looked = turn % 100 < 3 ? Array(0..<length) : Array(0..<80) + Array(length - 80..<length)
      let plain = looked.map { wanted[turn % 3][$0] }
      let places = looked.map { run.lowerBound + $0 }
      #expect(places.map { codes[$0] } == plain.map { UInt8(truncatingIfNeeded: $0) })
      #expect(places.map { back[$0] } == plain.map { StreamTwins.value($0, grids[turn]) })
    }
  }
}
