// Losses with their gradients, and the steps of the optimizers.
import CKernels

/// The outputs of a batch `[rows, classes]`, against labels.
package struct Scores: Sendable {
  package let floats: Floats
  package let rows: Int
  package let classes: Int

  package init(_ floats: Floats, rows: Int, classes: Int) {
    precondition(classes > 0 && rows * classes <= floats.count, "rows that exist")
    self.floats = floats
    self.rows = rows
    self.classes = classes
  }

  private func check(_ labels: Floats, _ losses: Floats, _ gradient: Floats) {
    precondition(labels.count >= rows && losses.count >= rows, "one for each row")
    precondition(gradient.count >= rows * classes, "a gradient for each output")
    for row in 0..<rows {
      let label = labels.base[row]
      precondition(label >= 0 && label < Float(classes), "labels were checked at the door")
    }
  }

  /// -sum q log softmax(z), q the label smoothed; `scale` multiplies the gradient only.
  package func crossEntropy(
    labels: Floats, smoothing: Float, scale: Float, losses: Floats, gradient: Floats
  ) {
    check(labels, losses, gradient)
    ck_cross_entropy(
      floats.base, labels.base, rows, classes, smoothing, scale, losses.base, gradient.base)
  }

  /// mean (z - onehot)^2.
  package func squaredError(labels: Floats, scale: Float, losses: Floats, gradient: Floats) {
    check(labels, losses, gradient)
    ck_squared_error(
      floats.base, labels.base, rows, classes, scale, losses.base, gradient.base)
  }

  /// Adds weight T^2 KL(softmax(teacher / T) || softmax(z / T)) to losses and gradient.
  package func addDistillation(
    teacher: Floats, temperature: Float, weight: Float, scale: Float, losses: Floats,
    gradient: Floats
  ) {
    precondition(losses.count >= rows && gradient.count >= rows * classes, "one for each row")
    precondition(teacher.count >= rows * classes && temperature > 0, "a teacher for each row")
    ck_distillation(
      floats.base, teacher.base, rows, classes, temperature, weight, scale, losses.base,
      gradient.base)
  }

  /// The first greatest entry of each row.
  package func argmax(to out: Floats) {
    precondition(out.count >= rows, "one for each row")
    ck_argmax(floats.base, rows, classes, out.base)
  }
}

/// One step of an optimizer, for a run of weights. `keep` is 1, or 0 where a weight was pruned.
package struct UpdateRule: Sendable {
  package var rate: Float = 0.01
  package var momentum: Float = 0
  package var nesterov = false
  package var decay: Float = 0
  package var beta1: Float = 0.9
  package var beta2: Float = 0.999
  package var epsilon: Float = 1e-8
  /// Decay shrinks the weights themselves (AdamW), not through the gradient.
  package var decoupled = false
  /// Counted from 1: Adam's correction of its first steps.
  package var step = 1

  package init() {}

  var raw: ck_rule {
    var rule = ck_rule()
    rule.rate = rate
    rule.momentum = momentum
    rule.decay = decay
    rule.beta1 = beta1
    rule.beta2 = beta2
    rule.epsilon = epsilon
    rule.nesterov = nesterov ? 1 : 0
    rule.decoupled = decoupled ? 1 : 0
    rule.correction1 = UpdateRule.correction(beta1, step)
    rule.correction2 = UpdateRule.correction(beta2, step)
    return rule
  }

  /// 1 - beta^step, in double precision.
  private static func correction(_ beta: Float, _ step: Int) -> Float {
    var power = 1.0
    var factor = Double(beta)
    var left = step
    while left > 0 {
      if left & 1 == 1 { power *= factor }
      factor *= factor
      left >>= 1
    }
    return Float(1 - power)
  }

  package func sgd(_ w: Floats, gradient g: Floats, velocity: Floats, keep: Floats?) {
    precondition(g.count == w.count && velocity.count == w.count, "one for each weight")
    precondition(keep == nil || keep?.count == w.count, "one for each weight")
    withUnsafePointer(to: raw) {
      ck_sgd($0, g.base, keep?.base, w.count, w.base, velocity.base)
    }
  }

  package func adam(_ w: Floats, gradient g: Floats, first: Floats, second: Floats, keep: Floats?) {
    precondition(g.count == w.count && first.count == w.count, "one for each weight")
    precondition(second.count == w.count, "one for each weight")
    precondition(keep == nil || keep?.count == w.count, "one for each weight")
    withUnsafePointer(to: raw) {
      ck_adam($0, g.base, keep?.base, w.count, w.base, first.base, second.base)
    }
  }
}
