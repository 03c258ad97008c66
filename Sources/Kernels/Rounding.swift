// Numbers to whole-number codes on uniform grids, and back. It refuses to choose a grid.
import CKernels

/// value = scale × (code − zero): which codes there are, and how many of their bits are stored.
package struct UniformGrid: Sendable, Equatable {
  /// Above 0 and finite.
  package let scale: Float
  package let zero: Int
  package let codes: ClosedRange<Int>
  /// 2...8; the codes fit.
  package let bits: Int

  package init(scale: Float, zero: Int, codes: ClosedRange<Int>, bits: Int) {
    precondition((2...8).contains(bits), "codes of a byte at most")
    precondition(abs(zero) <= 256 && codes.lowerBound >= -128 && codes.upperBound <= 255)
    self.scale = scale
    self.zero = zero
    self.codes = codes
    self.bits = bits
  }

  fileprivate var plain: ck_grid {
    ck_grid(
      scale: scale, zero: Int32(zero), low: Int32(codes.lowerBound),
      high: Int32(codes.upperBound), bits: Int32(bits))
  }

  /// Σ (w − ŵ)² of a part of an array on this grid, in order, in double precision.
  package func squaredError(of values: [Float], _ range: Range<Int>) -> Double {
    precondition(values.indices.contains(range), "a part of the array")
    var grid = plain
    return values.withUnsafeBufferPointer { values in
      guard let start = values.baseAddress else { return 0 }
      return ck_grid_error(start + range.lowerBound, range.count, &grid)
    }
  }
}

package enum Rounding {
  /// The codes of finite numbers: clamp(round(x / scale) + zero), halves to even, as bits of which the
  /// lowest are stored. Each run of elements has a grid of its own, which follows from what the run
  /// spans; a run is rounded while it still lies in the cache from looking at it.
  /// - Parameters:
  ///   - runs: that follow each other and together are the array.
  ///   - fit: is called once for each run, from several threads.
  package static func codes(
    of values: [Float], runs: [Range<Int>], on workers: Workers = .shared,
    fit: (Range<Int>, Extremes) -> UniformGrid
  ) -> (codes: [UInt8], grids: [UniformGrid]) {
    check(runs, values.count)
    var grids: [UniformGrid] = []
    let codes = [UInt8](filling: values.count) { codes in
      grids = fill(codes, from: values, runs, workers, fit)
    }
    return (codes, grids)
  }

  /// The same into an array of as many codes: fresh memory for them costs as much time as they do.
  package static func codes(
    of values: [Float], runs: [Range<Int>], into codes: inout [UInt8],
    on workers: Workers = .shared, fit: (Range<Int>, Extremes) -> UniformGrid
  ) -> [UniformGrid] {
    check(runs, values.count)
    precondition(codes.count == values.count, "a code for each number")
    return codes.withUnsafeMutableBufferPointer { codes in
      guard let start = codes.baseAddress else { return [] }
      return fill(start, from: values, runs, workers, fit)
    }
  }

  private static func fill(
    _ codes: UnsafeMutablePointer<UInt8>, from values: [Float], _ runs: [Range<Int>],
    _ workers: Workers, _ fit: (Range<Int>, Extremes) -> UniformGrid
  ) -> [UniformGrid] {
    let none = UniformGrid(scale: 1, zero: 0, codes: 0...1, bits: 2)
    var grids = [UniformGrid](repeating: none, count: runs.count)
    values.withUnsafeBufferPointer { values in
      grids.withUnsafeMutableBufferPointer { grids in
        nonisolated(unsafe) let (codes, grids) = (codes, grids)
        guard let start = values.baseAddress else { return }
        share(runs, on: workers) { run in
          let (first, count) = (runs[run].lowerBound, runs[run].count)
          grids[run] = fit(runs[run], Extremes(of: start + first, count, on: workers))
          let grid = grids[run].plain
          Pass.run(count, on: workers) { _, part, _ in
            let at = first + part.lowerBound
            withUnsafePointer(to: grid) { ck_quantize(start + at, part.count, $0, 0, codes + at) }
          }
        } short: { run, next in
          let (first, count) = (runs[run].lowerBound, runs[run].count)
          grids[run] = fit(runs[run], Extremes(of: start + first, count))
          var grid = grids[run].plain
          ck_quantize(start + first, count, &grid, next, codes + first)
        }
      }
    }
    return grids
  }

  /// (code − zero) × scale, rounded once. The codes of each run are on a grid of its own.
  package static func values(
    of codes: [UInt8], runs: [Range<Int>], on workers: Workers = .shared,
    grid: (_ run: Int) -> UniformGrid
  ) -> [Float] {
    check(runs, codes.count)
    return [Float](filling: codes.count) { result in
      nonisolated(unsafe) let result = result
      codes.withUnsafeBufferPointer { codes in
        guard let start = codes.baseAddress else { return }
        share(runs, on: workers) { run in
          let (first, grid) = (runs[run].lowerBound, grid(run).plain)
          Pass.run(runs[run].count, on: workers) { _, part, _ in
            let at = first + part.lowerBound
            withUnsafePointer(to: grid) { ck_dequantize(start + at, part.count, $0, result + at) }
          }
        } short: { run, _ in
          let (first, count) = (runs[run].lowerBound, runs[run].count)
          var grid = grid(run).plain
          ck_dequantize(start + first, count, &grid, result + first)
        }
      }
    }
  }

  /// Shares out runs. A long one, which no cache holds, is handed over alone, to be cut in blocks; the
  /// others in jobs of about a block, run after run, with the length of what the same thread does
  /// next.
  private static func share(
    _ runs: [Range<Int>], on workers: Workers, long: (_ run: Int) -> Void,
    short: (_ run: Int, _ next: Int) -> Void
  ) {
    func isLong(_ run: Int) -> Bool { runs[run].count > 2 * Pass.block }
    for run in runs.indices where isLong(run) { long(run) }
    let jobs = jobs(runs)
    workers.run(blocks: jobs.count) { job, _ in
      for run in jobs[job] where !isLong(run) {
        short(run, run + 1 < jobs[job].upperBound ? runs[run + 1].count : 0)
      }
    }
  }

  private static func jobs(_ runs: [Range<Int>]) -> [Range<Int>] {
    var jobs: [Range<Int>] = []
    var first = 0
    var held = 0
    for (i, run) in runs.enumerated() {
      if held > 0, held + run.count > Pass.block {
        jobs.append(first..<i)
        (first, held) = (i, 0)
      }
      held += run.count
    }
    if first < runs.count { jobs.append(first..<runs.count) }
    return jobs
  }

  private static func check(_ runs: [Range<Int>], _ count: Int) {
    var next = 0
    for run in runs {
      precondition(run.lowerBound == next, "runs that follow each other")
      next = run.upperBound
    }
    precondition(next == count, "runs that are the whole array")
  }
}
