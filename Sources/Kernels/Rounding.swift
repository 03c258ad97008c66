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
    let past: Int32 = values.count >= Pass.pastCachesBytes ? 1 : 0
    var grids = [UniformGrid](repeating: none, count: runs.count)
    values.withUnsafeBufferPointer { values in
      grids.withUnsafeMutableBufferPointer { grids in
        nonisolated(unsafe) let (codes, grids) = (codes, grids)
        guard let start = values.baseAddress else { return }
        /// - Returns: what the elements after these span.
        func round(_ at: Int, _ count: Int, _ run: Int, followedBy ahead: Int) -> Extremes {
          var grid = grids[run].plain
          return Extremes { ck_quantize(start + at, count, &grid, past, codes + at, ahead, $0) }
        }
        share(runs, on: workers) { run in
          let (first, count) = (runs[run].lowerBound, runs[run].count)
          grids[run] = fit(runs[run], Extremes(of: start + first, count, on: workers))
          Pass.run(count, on: workers) { _, part, _ in
            _ = round(first + part.lowerBound, part.count, run, followedBy: 0)
          }
        } short: { job in
          let first = runs[job.lowerBound]
          var extremes = Extremes(of: start + first.lowerBound, first.count)
          for run in job {
            let elements = runs[run]
            grids[run] = fit(elements, extremes)
            let ahead = run + 1 < job.upperBound ? runs[run + 1].count : 0
            extremes = round(elements.lowerBound, elements.count, run, followedBy: ahead)
          }
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
    let past: Int32 = 4 * codes.count >= Pass.pastCachesBytes ? 1 : 0
    return [Float](filling: codes.count) { result in
      nonisolated(unsafe) let result = result
      codes.withUnsafeBufferPointer { codes in
        guard let start = codes.baseAddress else { return }
        func fill(_ at: Int, _ count: Int, _ grid: UniformGrid) {
          var grid = grid.plain
          ck_dequantize(start + at, count, &grid, past, result + at)
        }
        share(runs, on: workers) { run in
          let (first, grid) = (runs[run].lowerBound, grid(run))
          Pass.run(runs[run].count, on: workers) { _, part, _ in
            fill(first + part.lowerBound, part.count, grid)
          }
        } short: { job in
          for run in job { fill(runs[run].lowerBound, runs[run].count, grid(run)) }
        }
      }
    }
  }

  /// Runs of more elements are cut in blocks. Shorter ones are read twice, the second time from a cache.
  private static let longest = 4 * Pass.block

  /// Shares out runs: the long ones alone, to be cut in blocks; the others in jobs of some that follow
  /// each other, as large as still leaves each thread many.
  private static func share(
    _ runs: [Range<Int>], on workers: Workers, long: (_ run: Int) -> Void,
    short: (_ job: Range<Int>) -> Void
  ) {
    for run in runs.indices where runs[run].count > longest { long(run) }
    let size = max(Pass.block, (runs.last?.upperBound ?? 0) / (64 * workers.threads))
    let jobs = jobs(runs, of: size)
    workers.run(blocks: jobs.count) { job, _ in short(jobs[job]) }
  }

  private static func jobs(_ runs: [Range<Int>], of size: Int) -> [Range<Int>] {
    var jobs: [Range<Int>] = []
    var first = 0
    var held = 0
    for (i, run) in runs.enumerated() {
      let isLong = run.count > longest
      if isLong || held + run.count > size {
        if first < i { jobs.append(first..<i) }
        (first, held) = (isLong ? i + 1 : i, 0)
      }
      if !isLong { held += run.count }
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
