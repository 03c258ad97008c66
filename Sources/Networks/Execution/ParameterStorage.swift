// How parameters lie in memory while they run: as a layer's loops read them, from the first step to
// the last. What goes over them element by element (an optimizer, a mask) need not know.
package import Kernels

/// The layout of one parameter.
package enum ParameterStorage: Sendable, Equatable {
  /// Row-major, as in its tensor: so many floats.
  case natural(Int)
  /// A weight `[units, inputs]` in panels of units.
  case panels(units: Int, inputs: Int)

  /// Floats that it takes.
  package var count: Int {
    switch self {
    case .natural(let count): count
    case .panels(let units, let inputs): Panels.size(units: units, inputs: inputs)
    }
  }

  /// Takes over a tensor's elements. What no element belongs to is zero, and stays.
  package func load(_ elements: [Float], to floats: Floats) {
    switch self {
    case .natural: floats.copy(from: elements)
    case .panels(let units, let inputs):
      Panels(floats, units: units, inputs: inputs).load(elements)
    }
  }

  /// The elements as the tensor has them.
  package func elements(of floats: Floats) -> [Float] {
    switch self {
    case .natural: floats.array
    case .panels(let units, let inputs): Panels(floats, units: units, inputs: inputs).weights
    }
  }
}
