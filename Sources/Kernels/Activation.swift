// Elementwise functions between layers, with their derivatives.
import CKernels

/// A function of one number that a layer applies to every element.
package enum ActivationFunction: Int32, Sendable, CaseIterable {
  case identity, relu, relu6, leaky, sigmoid, tanh, gelu, silu

  /// The derivative follows from the output alone, so that the function may work in place.
  package var worksInPlace: Bool { self != .gelu && self != .silu }
}

/// A function with its slope below zero, which only `leaky` reads.
package struct Activator: Sendable, Equatable {
  package let function: ActivationFunction
  package let slope: Float
  package init(_ function: ActivationFunction = .identity, slope: Float = 0) {
    self.function = function
    self.slope = slope
  }

  package static let identity = Activator()

  /// y = f(x).
  package func forward(_ x: Floats, to y: Floats) {
    precondition(x.count == y.count, "one output for each input")
    ck_activate(function.rawValue, slope, x.base, x.count, y.base)
  }

  /// dx = dy f'; `dx` may be `dy`.
  package func backward(_ dy: Floats, x: Floats, y: Floats, to dx: Floats) {
    precondition(
      dy.count == dx.count && x.count == dx.count && y.count == dx.count, "one for each input")
    ck_activate_back(function.rawValue, slope, dy.base, x.base, y.base, dx.count, dx.base)
  }
}
