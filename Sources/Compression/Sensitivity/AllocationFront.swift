// Bits for each layer under a budget, exactly: all assignments that no other beats, by dynamic
// programming over the layers.
package import Networks

/// One way to store one layer.
package struct AllocationChoice: Sendable, Equatable {
  package let bits: Int
  /// What the layer's parameters take so.
  package let bytes: Int
  package let score: Double

  package init(bits: Int, bytes: Int, score: Double) {
    self.bits = bits
    self.bytes = bytes
    self.score = score
  }
}

/// The assignments of one choice to each layer that no other assignment beats: none takes no more bytes
/// and has a lower score, or the same score in fewer bytes. Of equal ones one is kept.
///
/// Built layer by layer: an assignment on the front of all layers is, without its last layer, on the
/// front of the layers before it, for both bytes and scores add up. Nemhauser and Ullmann 1969,
/// doi:10.1287/mnsc.15.9.494. Law: bytes rise and scores fall strictly along the front.
package struct AllocationFront: Sendable {
  /// The most assignments that are kept, over all layers: 400 MB.
  package static let most = 1 << 24

  /// By rising bytes.
  package let bytes: [Int]
  package let scores: [Double]
  private let stages: [Stage]

  /// The front after one more layer: from which assignment before, and which choice.
  private struct Stage {
    var bytes: [Int] = []
    var scores: [Double] = []
    var origins: [Int32] = []
    var choices: [UInt8] = []

    mutating func add(_ bytes: Int, _ score: Double, _ origin: Int, _ choice: Int) {
      self.bytes.append(bytes)
      scores.append(score)
      origins.append(Int32(truncatingIfNeeded: origin))
      choices.append(UInt8(truncatingIfNeeded: choice))
    }
  }

  /// - Parameter layers: the choices of each, at least one and at most 256; scores are finite.
  /// - Throws: `CompressionError.network`: `.limit` where more assignments than `most` are on the way,
  ///   `.interrupted`.
  package init(_ layers: [[AllocationChoice]], monitor: Monitor = .silent) throws(CompressionError)
  {
    var stages: [Stage] = []
    var last = Stage()
    last.add(0, 0, 0, 0)
    var kept = 0
    for choices in layers {
      if monitor.isInterrupted() { throw .network(.interrupted) }
      last = AllocationFront.extended(last, choices)
      kept += last.bytes.count
      guard kept <= AllocationFront.most else {
        throw .network(
          .limit(what: "the front has over \(kept) assignments", most: AllocationFront.most))
      }
      stages.append(last)
    }
    self.stages = stages
    bytes = last.bytes
    scores = last.scores
  }

  /// The choices of the assignment at a place of the front, by layer.
  package func assignment(_ place: Int) -> [Int] {
    var choices = [Int](repeating: 0, count: stages.count)
    var place = place
    for layer in stages.indices.reversed() {
      choices[layer] = Int(stages[layer].choices[place])
      place = Int(stages[layer].origins[place])
    }
    return choices
  }

  /// Merges the front shifted by each choice, which stays sorted, and drops what is beaten.
  private static func extended(_ front: Stage, _ choices: [AllocationChoice]) -> Stage {
    var heads = [Int](repeating: 0, count: choices.count)
    var next = Stage()
    while true {
      var best: (bytes: Int, score: Double, choice: Int)?
      for (c, choice) in choices.enumerated() where heads[c] < front.bytes.count {
        let candidate = (
          bytes: front.bytes[heads[c]] + choice.bytes,
          score: front.scores[heads[c]] + choice.score, choice: c
        )
        if let now = best, (now.bytes, now.score) <= (candidate.bytes, candidate.score) { continue }
        best = candidate
      }
      guard let best else { return next }
      if next.scores.last.map({ best.score < $0 }) ?? true {
        next.add(best.bytes, best.score, heads[best.choice], best.choice)
      }
      heads[best.choice] += 1
    }
  }
}
