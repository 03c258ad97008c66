// How the learning rate goes from the first step to the last: one entry for each schedule.
internal import Glibc

/// A factor of the learning rate.
package struct Schedule: Sendable {
  package let name: String
  package let summary: String
  package let formula: String
  package let source: String
  /// What it asks of a training besides the rate.
  var takesGamma = false
  var takesEvery = false
  package let factor: @Sendable (Moment) -> Double

  /// Where a training is, and what its schedule was told.
  package struct Moment: Sendable {
    /// From 0 up to 1, not reached: the share of all steps (after warming up) that are done.
    package let share: Double
    /// Epochs done, with the part of the one that runs.
    package let epoch: Double
    /// What the rate is multiplied with, for `step` and `exponential`.
    package let gamma: Double
    /// After how many epochs, for `step`.
    package let every: Int
    package init(share: Double, epoch: Double, gamma: Double = 0.1, every: Int = 1) {
      self.share = share
      self.epoch = epoch
      self.gamma = gamma
      self.every = every
    }
  }

  package static let constant = Schedule(
    name: "constant", summary: "stays as it is", formula: "1", source: ""
  ) { _ in 1 }

  package static let linear = Schedule(
    name: "linear", summary: "falls to nothing in a straight line", formula: "1 - t", source: ""
  ) { 1 - $0.share }

  package static let cosine = Schedule(
    name: "cosine", summary: "falls to nothing along half a wave", formula: "(1 + cos(pi t)) / 2",
    source: "Loshchilov and Hutter 2017, arXiv:1608.03983"
  ) { (1 + cos(Double.pi * $0.share)) / 2 }

  package static let step = Schedule(
    name: "step", summary: "is multiplied by gamma after every so many epochs",
    formula: "gamma^floor(epoch / every)", source: "", takesGamma: true, takesEvery: true
  ) { pow($0.gamma, ($0.epoch / Double(max(1, $0.every))).rounded(.down)) }

  package static let exponential = Schedule(
    name: "exponential", summary: "is multiplied by gamma over every epoch, smoothly",
    formula: "gamma^epoch", source: "", takesGamma: true
  ) { pow($0.gamma, $0.epoch) }

  package static let all: [Schedule] = [constant, linear, cosine, step, exponential]
}
