// What training makes small: one entry for each loss.
internal import Kernels

/// How far scores are from what they should be, for each example; training takes the mean.
package struct Loss: Sendable {
  package let name: String
  package let summary: String
  package let formula: String
  package let source: String
  /// It wants a teacher's scores beside the labels.
  package let wantsTeacher: Bool
  /// It softens the labels where asked to.
  var smooths = true
  let evaluate: @Sendable (LossBatch) -> Void

  package static let crossEntropy = Loss(
    name: "crossentropy", summary: "how unlikely the network finds the right class",
    formula: "-sum q log softmax(z), q the label, smoothed",
    source: "label smoothing: Szegedy et al. 2016, arXiv:1512.00567", wantsTeacher: false
  ) { batch in
    batch.scores.crossEntropy(
      labels: batch.labels, smoothing: batch.smoothing, scale: 1 / Float(batch.scores.rows),
      losses: batch.losses, gradient: batch.gradient)
  }

  package static let squaredError = Loss(
    name: "mse", summary: "the mean squared distance from 1 for the right class and 0 for others",
    formula: "mean (z - onehot)^2", source: "Hui and Belkin 2021, arXiv:2006.07322",
    wantsTeacher: false, smooths: false
  ) { batch in
    batch.scores.squaredError(
      labels: batch.labels, scale: 1 / Float(batch.scores.rows), losses: batch.losses,
      gradient: batch.gradient)
  }

  package static let distillation = Loss(
    name: "distillation", summary: "the distance from a teacher's softened shares, and the labels'",
    formula: "mix T^2 KL(softmax(teacher/T) || softmax(z/T)) + (1 - mix) crossentropy",
    source: "Hinton et al. 2015, arXiv:1503.02531", wantsTeacher: true
  ) { batch in
    let share = 1 - batch.mix
    let scale = 1 / Float(batch.scores.rows)
    batch.scores.crossEntropy(
      labels: batch.labels, smoothing: batch.smoothing, scale: scale * share,
      losses: batch.losses, gradient: batch.gradient)
    for row in 0..<batch.scores.rows { batch.losses[row] *= share }
    guard let teacher = batch.teacher else { return }
    batch.scores.addDistillation(
      teacher: teacher, temperature: batch.temperature, weight: batch.mix, scale: scale,
      losses: batch.losses, gradient: batch.gradient)
  }

  package static let all: [Loss] = [crossEntropy, squaredError, distillation]
}

/// One batch's scores, and where its losses and their gradient go.
struct LossBatch {
  let scores: Scores
  let labels: Floats
  let teacher: Floats?
  let smoothing: Float
  let temperature: Float
  let mix: Float
  let losses: Floats
  let gradient: Floats
}
