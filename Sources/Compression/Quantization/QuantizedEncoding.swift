// From a tensor to its encoding on a grid, and back: whether an encoding has these settings.
import Encodings
import Kernels
import Tensors

extension Quantizer {
  /// All values of a finite tensor on the grid.
  /// - Parameter name: what the parameter is called, for errors.
  func encoding(
    of value: Tensor, _ name: String, rounding: RoundingRule?, _ random: RandomStream
  ) throws(CompressionError) -> any Encoding {
    switch grid.kind {
    case .float(let format): return Encodings.Dense(value, as: format)
    case .levels(let table, let rule): return levels(value, table, rule)
    case .points: return try points(of: value, name)
    case .uniform:
      if bits <= 8, rounding == nil || rounding?.name == RoundingRule.halfEven.name {
        let (patterns, steps) = patterns(for: value)
        return try affine(of: value.shape, steps, name, .patterns(patterns))
      }
      let steps = steps(for: value)
      let codes = rounded(value, steps, rounding ?? .halfEven, random)
      return try affine(of: value.shape, steps, name, .codes(codes.codes))
    }
  }

  private func rounded(
    _ value: Tensor, _ steps: [Step], _ rule: RoundingRule, _ random: RandomStream
  ) -> Codes {
    if case .rate(let lambda) = rule.way {
      let runs = Affine.slices(of: value.shape, granularity)
      let codes = codes(of: value.elements, steps, runs, lambda: lambda)
      return Codes(codes: codes, steps: steps, runs: runs)
    }
    guard case .each(let round, _) = rule.way else { return codes(for: value) }
    var random = random
    return codes(for: value, steps) { round($0) { random.uniform() } }
  }

  enum Written {
    case patterns([UInt8])
    case codes([Int])
  }

  /// Codes on steps as they are stored.
  /// - Throws: `.setting` where a step is so large that a code's value is not finite.
  func affine(
    of shape: [Int], _ steps: [Step], _ name: String, _ written: Written
  ) throws(CompressionError) -> Affine {
    guard case .uniform(_, let format) = grid.kind else {
      preconditionFailure("a grid with whole-number codes")
    }
    let scales = steps.map(\.scale)
    let zeros = isSigned ? nil : steps.map { Int32($0.zeroPoint) }
    let made: Affine
    do {
      made =
        switch written {
        case .patterns(let patterns):
          try Affine(
            shape: shape, bits: bits, isSigned: isSigned, granularity: granularity,
            patterns: patterns, scales: scales, scaleFormat: format, zeroPoints: zeros)
        case .codes(let codes):
          try Affine(
            shape: shape, bits: bits, isSigned: isSigned, granularity: granularity,
            codes: codes.map { Int32($0) }, scales: scales, scaleFormat: format,
            zeroPoints: zeros)
        }
    } catch {
      preconditionFailure("codes of a quantizer fit their encoding: \(error.message)")
    }
    // Between finite ends all values are finite; else it depends on which codes there are.
    guard steps.allSatisfy({ $0.endsAreFinite }) || made.decoded().isFinite else {
      throw .setting(
        name: name, wanted: "far from the largest number of fp32", got: "larger weights")
    }
    return made
  }

  // MARK: Levels

  /// - Parameter scales: one per slice; nil to find them.
  func levels(
    _ value: Tensor, _ table: LevelSet, _ rule: LevelScale, scales given: [Float]? = nil
  ) -> Levels {
    let values = value.elements
    var codes = [UInt8](repeating: 0, count: values.count)
    var scales: [Float] = []
    for (slice, run) in Affine.slices(of: value.shape, granularity).enumerated() {
      let (scale, threshold) = levelScale(values, run, table, rule, given: given?[slice])
      scales.append(scale)
      for i in run {
        let level = rule == .greatest ? values[i] / scale : values[i] < 0 ? -1 : 1
        codes[i] = table.code(nearest: abs(values[i]) <= threshold ? 0 : level)
      }
    }
    do {
      return try Levels(
        shape: value.shape, table: table, granularity: granularity, codes: codes, scales: scales)
    } catch {
      preconditionFailure("codes of a quantizer fit their encoding: \(error.message)")
    }
  }

  /// Puts numbers where the codes of `levels` would, without codes: what training sees.
  func roundToLevels(
    _ numbers: Floats, _ runs: [Range<Int>], _ table: LevelSet, _ rule: LevelScale,
    scales given: [Float]? = nil
  ) {
    let values = numbers.array
    for (slice, run) in runs.enumerated() {
      let (scale, threshold) = levelScale(values, run, table, rule, given: given?[slice])
      let part = numbers.slice(run.lowerBound, run.count)
      if rule == .greatest {
        for i in 0..<run.count {
          part[i] = table.levels[Int(table.code(nearest: part[i] / scale))] * scale
        }
      } else {
        part.signs(times: scale, zeroUpTo: threshold, to: part)
      }
    }
  }

  /// The scale of a run, and the magnitude up to which its values become 0 (-1 where none do).
  private func levelScale(
    _ values: [Float], _ run: Range<Int>, _ table: LevelSet, _ rule: LevelScale, given: Float?
  ) -> (scale: Float, threshold: Float) {
    var (scale, threshold) = levelScale(values, run, table, rule)
    if let given { scale = given }
    // Of a training that diverges: it is to see so.
    return (scale.isFinite ? scale : .greatestFiniteMagnitude, threshold)
  }

  private func levelScale(
    _ values: [Float], _ run: Range<Int>, _ table: LevelSet, _ rule: LevelScale
  ) -> (scale: Float, threshold: Float) {
    switch rule {
    case .one: return (1, -1)
    case .mean: return (meanMagnitude(of: values, run), -1)
    case .ternary:
      let threshold = 0.7 * meanMagnitude(of: values, run)
      return (meanMagnitude(of: values, run, above: threshold), threshold)
    case .greatest:
      let (low, high) = span(of: values, run, Extremes(of: values, run)) { low, high in
        let scale = Quantizer.divisor(max(high, -low), table)
        return run.reduce(0.0) {
          let code = table.code(nearest: values[$1] / scale)
          let error = Double(values[$1]) - Double(table.levels[Int(code)] * scale)
          return $0 + error * error
        }
      }
      return (Quantizer.divisor(max(high, -low), table), -1)
    }
  }

  /// A scale that divides, of a range without extent too.
  private static func divisor(_ greatest: Float, _ table: LevelSet) -> Float {
    greatest == 0 ? 1 : max(greatest / table.greatest, .leastNormalMagnitude)
  }

  // MARK: Pruned

  /// The codes of all weights as they are, deflated, or of kept ones alone.
  func smallest(_ whole: any Encoding, without pruned: [Bool]) -> any Encoding {
    guard packs || !grid.holdsZero else { return whole }
    let shape = whole.shape
    let values = whole.decoded().elements
    let (positions, kept) = Masking.kept(of: values, without: pruned)
    var candidates = grid.holdsZero ? withZeros(whole) : []
    if let codes = EncodingTable.vector(of: whole, at: positions.map { Int($0) }),
      let sparse = try? Sparse.smallest(shape: shape, positions: positions, values: codes)
    {
      candidates.append(sparse)
    }
    return candidates.min { $0.ledger.bits < $1.ledger.bits }
      ?? (try? Sparse.smallest(
        shape: shape, positions: positions, values: Encodings.Dense(Tensor(vector: kept))))
      ?? Encodings.Dense(Tensor(trusted: shape, Masking.zeroed(values, where: pruned)))
  }

  /// Ways to store all codes, those of pruned weights among them: as they are, and deflated where
  /// channels have scales of their own.
  func withZeros(_ whole: any Encoding) -> [any Encoding] {
    guard granularity == .channel, let coded = try? Coded(whole, by: .deflate) else {
      return [whole]
    }
    return [whole, coded]
  }

  // MARK: Reading

  /// Whether an encoding has these settings, so that its values are on the grid.
  func wrote(_ encoding: any Encoding) -> Bool {
    switch (encoding, grid.kind) {
    case (let stored as Affine, .uniform(_, let format)):
      return stored.bits == bits && stored.isSigned == isSigned
        && stored.isSymmetric == isSigned && stored.granularity == granularity
        && stored.scaleFormat == format
        && !(grid.takesNarrow && settings.narrow && stored.usesLowestCode)
        && !(grid.takesFraction && stored.scales.contains { $0 != fixedScale })
    case (let stored as Levels, .levels(let table, let rule)):
      return stored.table == table && stored.granularity == granularity
        && !(rule == .one && stored.scales.contains { $0 != 1 })
    case (let stored as Scaled, .points):
      return (stored.values as? Codebook)?.bits == bits && stored.granularity == granularity
    default: return encoding.nested.map(wrote) ?? false
    }
  }

  private var fixedScale: Float {
    guard case .uniform(let fit, _) = grid.kind else { return 1 }
    return fit(0, 0, settings).scale
  }
}
