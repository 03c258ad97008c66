// The step of an optimizer as a part of the loop that finds the gradient: the gradient then never
// goes through memory.
import CKernels

/// The step of one parameter: its weights, what the optimizer keeps of them, and the rule.
package struct FusedUpdate: Sendable {
  package enum Method: Sendable { case momentum, adam }

  let rule: UpdateRule
  let method: Method
  let weights: Floats
  let first: Floats
  let second: Floats?
  let keep: Floats?

  /// - Parameters:
  ///   - first: the velocity, or Adam's first moment; `second`: Adam's second.
  ///   - keep: 1 where a weight may live and 0 where it was pruned.
  package init(
    _ rule: UpdateRule, _ method: Method, weights: Floats, first: Floats, second: Floats?,
    keep: Floats?
  ) {
    precondition(first.count == weights.count, "one for each weight")
    precondition(method == .momentum || second?.count == weights.count, "one for each weight")
    precondition(keep == nil || keep?.count == weights.count, "one for each weight")
    self.rule = rule
    self.method = method
    self.weights = weights
    self.first = first
    self.second = second
    self.keep = keep
  }
}

/// What becomes of a parameter's gradient where it is found.
package enum GradientUse: Sendable {
  case store(Floats)
  case step(FusedUpdate)

  /// Calls `body` with what the kernels need for a part of the parameter.
  func with(_ part: Range<Int>, _ body: (UnsafePointer<ck_update>) -> Void) {
    var raw = ck_update()
    switch self {
    case .store(let gradient):
      precondition(part.lowerBound >= 0 && part.upperBound <= gradient.count, "room for it")
      raw.gradient = gradient.base + part.lowerBound
      withUnsafePointer(to: raw, body)
    case .step(let update):
      precondition(part.lowerBound >= 0 && part.upperBound <= update.weights.count, "a part")
      raw.adam = update.method == .adam ? 1 : 0
      raw.weights = update.weights.base + part.lowerBound
      raw.first = update.first.base + part.lowerBound
      raw.second = update.second.map { $0.base + part.lowerBound }
      raw.keep = update.keep.map { UnsafePointer($0.base + part.lowerBound) }
      withUnsafePointer(to: update.rule.raw) { rule in
        raw.rule = rule
        withUnsafePointer(to: raw, body)
      }
    }
  }
}
